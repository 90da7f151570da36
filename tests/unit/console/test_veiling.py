"""Masked words on a page."""

from __future__ import annotations

from bot.console.veiling import parts
from bot.tips.masking import BLOCK, Veil


def test_hidden_words_become_a_block_and_shown_ones_are_marked() -> None:
    assert parts(f"{BLOCK} saw Mario.", Veil(["Mario"])) == [("masked", ""), ("plain", " saw "), ("shown", "Mario"), ("plain", ".")]


def test_a_text_without_masks_is_one_piece() -> None:
    assert parts("Two\nlines", Veil()) == [("plain", "Two\nlines")]
    assert parts("", Veil()) == []
