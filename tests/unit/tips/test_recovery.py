"""The recovery key on paper: what is written down reads back, and no slip of the pen passes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.crypto import PrivateKey
from bot.errors import Invalid
from bot.tips.recovery import read_back, written

KEY = PrivateKey(bytes(range(32)))
PAPER = "AAAQ EAYE AUDA OCAJ BIFQ YDIO B4IB CEQT CQKR MFYY DENB WHA5 DYPR D7MF"


def test_what_was_written_down_before_still_reads() -> None:
    assert written(KEY) == PAPER
    assert bytes(read_back(PAPER)) == bytes(KEY)


@pytest.mark.parametrize("typed", [PAPER.lower(), PAPER.replace(" ", ""), PAPER.replace(" ", "-"), f"\n{PAPER}  ", PAPER.replace("O", "0")])
def test_spacing_case_and_look_alikes_do_not_matter(typed: str) -> None:
    assert bytes(read_back(typed)) == bytes(KEY)


@pytest.mark.parametrize("typed", ["", "no key", PAPER[:-5], PAPER + " AAAA", PAPER.replace("AAAQ", "AAAR", 1), "é" * 56])
def test_a_mistyped_key_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as raised:
        read_back(typed)
    assert raised.value.code == "mistyped"


@given(place=st.integers(0, 55), other=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_every_single_slip_is_noticed(place: int, other: str) -> None:
    text = PAPER.replace(" ", "")
    typed = text[:place] + other + text[place + 1 :]
    if typed != text:
        with pytest.raises(Invalid):
            read_back(typed)
