"""The words that somebody looks for. Pure.

All of them have to occur in a tip, in any of its texts and order. A word is found at the beginning of a longer one ("bicy" finds
"bicycles"), words in quotation marks only as they stand. Case and accents make no difference (``bot/tips/folding.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from bot.errors import Invalid
from bot.tips.folding import Span, fold, folded, matches, merged

MAX_LENGTH = 200
"""Characters of a search."""
MAX_PARTS = 10
_SHORTEST = 2
_BEFORE, _AFTER = 60, 120
"""Characters of an excerpt around its first hit, as far as there are so many."""
_QUOTES = str.maketrans("“”„«»", '"""""')
_PART = re.compile(r'"([^"]*)"?|([^\s"]+)')

Piece = tuple[Literal["plain", "hit"], str]


class Wanted:
    """What to look for.

    Args:
        text: as typed.

    Raises:
        Invalid: ``empty``, ``too_short`` (a word of one letter would be found everywhere), ``too_long`` or ``too_many`` words.
    """

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise Invalid("words", "too_long")
        self._patterns = [_pattern(words, exact=exact) for words, exact in _parts(text)]
        if not self._patterns:
            raise Invalid("words", "empty")
        if len(self._patterns) > MAX_PARTS:
            raise Invalid("words", "too_many")

    def __repr__(self) -> str:
        return f"Wanted({len(self._patterns)} parts, hidden)"

    def is_in(self, texts: Iterable[str]) -> bool:
        """Whether each part occurs in one of the texts."""
        plain = [fold(text) for text in texts]
        return all(any(pattern.search(text) for text in plain) for pattern in self._patterns)

    def excerpt(self, text: str) -> list[Piece]:
        """The text around the first hit, hits apart; empty when there is none."""
        spans = self._spans(text)
        if not spans:
            return []
        start, end = _cut(text, spans[0])
        pieces = _pieces(text, [span for span in spans if span[1] <= end], start, end)
        return [*_dots(start > 0), *pieces, *_dots(end < len(text))]

    def _spans(self, text: str) -> list[Span]:
        plain, places = folded(text)
        found = (span for pattern in self._patterns for span in matches(pattern, plain))
        return merged(sorted((places[start], places[end]) for start, end in found))


def _parts(text: str) -> list[tuple[str, bool]]:
    found = [(quoted, True) if quoted else (word, False) for quoted, word in _PART.findall(fold(text.translate(_QUOTES)))]
    return [(words, exact) for words, exact in found if any(character.isalnum() for character in words)]


def _pattern(part: str, *, exact: bool) -> re.Pattern[str]:
    words = part.split()
    if sum(character.isalnum() for character in part) < _SHORTEST:
        raise Invalid("words", "too_short")
    before = r"(?<!\w)" if re.match(r"\w", words[0]) else ""
    after = r"(?!\w)" if exact and re.search(r"\w$", words[-1]) else ""
    return re.compile(before + r"\s+".join(map(re.escape, words)) + after)


def _cut(text: str, first: Span) -> Span:
    """Where the excerpt begins and ends: between words."""
    start, end = max(0, first[0] - _BEFORE), min(len(text), first[1] + _AFTER)
    if start > 0:
        start = next((place + 1 for place in range(start, first[0]) if text[place].isspace()), start)
    if end < len(text):
        end = next((place for place in range(end, first[1], -1) if text[place].isspace()), end)
    return start, end


def _pieces(text: str, spans: Sequence[Span], start: int, end: int) -> list[Piece]:
    pieces: list[Piece] = []
    for hit_start, hit_end in spans:
        pieces += [("plain", text[start:hit_start]), ("hit", text[hit_start:hit_end])]
        start = hit_end
    return [piece for piece in (*pieces, ("plain", text[start:end])) if piece[1]]


def _dots(cut: bool) -> list[Piece]:
    return [("plain", "…")] if cut else []
