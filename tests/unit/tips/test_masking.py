"""Hiding words and taking them out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tips.masking import BLOCK, Veil


@pytest.mark.parametrize(
    ("phrase", "text", "hidden"),
    [
        ("Mario", "I saw Mario.", f"I saw {BLOCK}."),
        ("mario rossi", "MARIO\n  Rossi did it", f"{BLOCK} did it"),
        ("José", "Jose and JOSÉ and José", f"{BLOCK} and {BLOCK} and {BLOCK}"),
        ("Mario", "Marion and Mario-Luca, Mario's", f"Marion and {BLOCK}-Luca, {BLOCK}'s"),
        ("Mario", "Ma\u00adrio", BLOCK),
        ("l'école", "devant l’école", f"devant {BLOCK}"),
        ("+39 333 1234567", "call +39 333  1234567!", f"call {BLOCK}!"),
        ("a.b", "a.b but not aXb", f"{BLOCK} but not aXb"),
        ("…", "nothing … here", "nothing … here"),
        ("", "nothing", "nothing"),
    ],
)
def test_words_are_hidden_wherever_they_stand_as_whole_words(phrase: str, text: str, hidden: str) -> None:
    assert Veil([phrase]).hide(text) == hidden


def test_masks_that_overlap_leave_nothing_between() -> None:
    assert Veil(["Mario Rossi", "Rossi of the bakery"]).hide("It was Mario Rossi of the bakery.") == f"It was {BLOCK}."


def test_a_block_does_not_tell_how_long_the_words_are() -> None:
    assert len(Veil(["Al"]).hide("Al")) == len(Veil(["Maximiliana"]).hide("Maximiliana"))


def test_striking_counts_the_words_that_are_gone() -> None:
    assert Veil(["Mario Rossi"]).strike("Mario Rossi, yes: mario rossi.") == ("[…], yes: […].", 4)
    assert Veil(["Luca"]).strike("Mario") == ("Mario", 0)


@given(st.text(min_size=1, max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_words_of_a_text_never_show_through_their_own_mask(words: str, before: str, after: str) -> None:
    """Whatever is in them: where a mask finds words at all, it hides all of them, and what stands around them stays."""
    text = f"{before} {words} {after}"
    veil = Veil([words])
    for start, end in veil.spans(text):
        assert 0 <= start < end <= len(text)
    assert veil.spans(veil.strike(text)[0]) == [] or "…" in words
