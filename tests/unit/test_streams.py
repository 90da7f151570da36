"""Sealed streams open whole, in their place, or not at all."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.crypto import SymmetricKey
from bot.errors import SealBroken
from bot.streams import PIECE, open_stream, seal_stream

KEY = SymmetricKey(bytes(range(32)))
SEALED_PIECE = PIECE + 17


def sealed(data: bytes, context: str = "here") -> bytes:
    return b"".join(seal_stream(KEY, data, context))


def opened(data: bytes, context: str = "here", key: SymmetricKey = KEY) -> bytes:
    return b"".join(open_stream(key, io.BytesIO(data), context))


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_was_sealed_opens_whatever_its_length(size: int) -> None:
    data = bytes(size)

    assert opened(sealed(data)) == data and b"\0" * 64 not in sealed(data)


def test_it_opens_under_its_key_and_context_only() -> None:
    with pytest.raises(SealBroken):
        opened(sealed(b"words"), "there")
    with pytest.raises(SealBroken):
        opened(sealed(b"words"), key=SymmetricKey(bytes(32)))


@pytest.mark.parametrize("left", [0, 10, 24, 24 + SEALED_PIECE, -1])
def test_a_file_cut_anywhere_also_between_pieces_does_not_open(left: int) -> None:
    with pytest.raises(SealBroken):
        opened(sealed(bytes(2 * PIECE + 5))[:left])


def test_pieces_that_were_swapped_doubled_or_added_do_not_open() -> None:
    whole = sealed(bytes(3 * PIECE))
    head, pieces = whole[:24], [whole[24 + at * SEALED_PIECE :][:SEALED_PIECE] for at in range(3)]
    for order in ([1, 0, 2], [0, 0, 1, 2], [0, 2]):
        with pytest.raises(SealBroken):
            opened(head + b"".join(pieces[at] for at in order))
    with pytest.raises(SealBroken):
        opened(whole + b"x")


@settings(max_examples=60)
@given(at=st.integers(0, 10_000), to=st.integers(1, 255))
def test_no_changed_byte_goes_unnoticed(at: int, to: int) -> None:
    whole = bytearray(sealed(b"some words"))
    whole[at % len(whole)] ^= to

    with pytest.raises(SealBroken):
        opened(bytes(whole))
