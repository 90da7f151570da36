"""Sealing fails closed: every other key, context or byte opens nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.crypto import Keyring, PasswordCost, PrivateKey, SymmetricKey, open_sealed, seal_to, unwrap, wrap
from bot.errors import SealBroken, SettingsError

CHEAP = PasswordCost(opslimit=1, memlimit=8192)


@given(st.binary(max_size=2000), st.text(max_size=40).filter(lambda t: t.isprintable()))
def test_what_is_sealed_opens_under_the_same_context(data: bytes, context: str) -> None:
    key = SymmetricKey.generate()
    assert key.open(key.seal(data, context), context) == data


@given(st.binary(min_size=1, max_size=200), st.integers(0, 10_000))
def test_one_changed_byte_opens_nothing(data: bytes, position: int) -> None:
    key = SymmetricKey.generate()
    sealed = bytearray(key.seal(data, "row:1"))
    sealed[position % len(sealed)] ^= 1
    with pytest.raises(SealBroken):
        key.open(bytes(sealed), "row:1")


def test_a_value_moved_to_another_row_does_not_open() -> None:
    key = SymmetricKey.generate()
    with pytest.raises(SealBroken):
        key.open(key.seal(b"words", "row:1"), "row:2")


@pytest.mark.parametrize("length", [0, 1, 23, 24, 39])
def test_a_truncated_value_does_not_open(length: int) -> None:
    key = SymmetricKey.generate()
    with pytest.raises(SealBroken):
        key.open(key.seal(b"words", "row:1")[:length], "row:1")


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_json_survives_sealing(value: object) -> None:
    key = SymmetricKey.generate()
    assert key.open_json(key.seal_json(value, "c"), "c") == value


def test_short_and_less_short_values_have_one_length() -> None:
    key = SymmetricKey.generate()
    assert len({len(key.seal_json("x" * n, "c")) for n in (1, 50, 200)}) == 1


def test_a_sealed_box_opens_only_for_its_key_and_place() -> None:
    private = PrivateKey.generate()
    sealed = seal_to(private.public_key, b"words", "tip:1")
    assert open_sealed(private, sealed, "tip:1") == b"words"
    for key, context in ((PrivateKey.generate(), "tip:1"), (private, "tip:2"), (private, "tip:11")):
        with pytest.raises(SealBroken):
            open_sealed(key, sealed, context)
    with pytest.raises(SealBroken):
        open_sealed(private, sealed[:10], "tip:1")


def test_a_password_opens_what_it_wrapped_and_no_other_does() -> None:
    wrapped = wrap(b"k" * 32, "correct horse", "member:1", CHEAP)
    assert unwrap(wrapped, "correct horse", "member:1") == b"k" * 32
    for password, context in (("correct hors", "member:1"), ("correct horse", "member:2")):
        with pytest.raises(SealBroken):
            unwrap(wrapped, password, context)


@pytest.mark.parametrize("head", [b"", b"\x00" * 12, b"\xff" * 40, (3).to_bytes(4, "big") + (1 << 40).to_bytes(8, "big") + b"s" * 80])
def test_a_wrapped_key_cannot_ask_for_absurd_memory(head: bytes) -> None:
    with pytest.raises(SealBroken):
        unwrap(head, "any", "member:1")


def test_the_keyring_is_made_once_for_its_user_only(tmp_path: Path) -> None:
    first = Keyring.open(tmp_path / "keys")
    again = Keyring.open(tmp_path / "keys")
    assert first.pseudonym == again.pseudonym
    assert again.state.open(first.state.seal(b"x", "c"), "c") == b"x"
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}


def test_a_damaged_key_file_is_named(tmp_path: Path) -> None:
    Keyring.open(tmp_path)
    (tmp_path / "state.key").write_bytes(b"short")
    with pytest.raises(SettingsError, match=r"state\.key has 5 bytes"):
        Keyring.open(tmp_path)
