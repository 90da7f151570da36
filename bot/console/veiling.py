"""Masked words on a page: a block for most, marked words for the custodian who asked to see them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from bot.tips.masking import BLOCK, Veil

Kind = Literal["plain", "masked", "shown"]


def parts(text: str, veil: Veil) -> list[tuple[Kind, str]]:
    """The text in pieces: ``plain`` words, ``masked`` ones (always empty here), and ``shown`` ones, which the veil names."""
    found: list[tuple[Kind, str]] = []
    place = 0
    for start, end in veil.spans(text):
        found += [*_blocks(text[place:start]), ("shown", text[start:end])]
        place = end
    return [*found, *_blocks(text[place:])]


def _blocks(text: str) -> Iterator[tuple[Kind, str]]:
    for number, piece in enumerate(text.split(BLOCK)):
        if number:
            yield "masked", ""
        if piece:
            yield "plain", piece
