"""Hiding words in a tip, and taking them out. Pure.

A mask names words, not places: it hides them wherever they stand in the tip, also in a note that quotes them or in a message
that comes later. Case, accents and white space make no difference; only whole words count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from bot.tips.identity import STRUCK

BLOCK = "█████"
"""Stands where words are hidden: always as long, so that it does not tell how many."""

Span = tuple[int, int]
"""Where hidden words begin and end in a text."""


class Veil:
    """Hides words of a tip.

    Args:
        phrases: the words of each mask. One without a letter or digit hides nothing.
    """

    def __init__(self, phrases: Iterable[str] = ()) -> None:
        self._patterns = [re.compile(pattern) for pattern in map(_pattern, phrases) if pattern]

    def spans(self, text: str) -> list[Span]:
        """What is hidden, in order; spans do not overlap."""
        folded, places = _folded(text)
        found = (span for pattern in self._patterns for span in _matches(pattern, folded))
        return _merged(sorted((places[start], places[end]) for start, end in found))

    def hide(self, text: str) -> str:
        """The text with :data:`BLOCK` in place of hidden words."""
        return self._replaced(text, BLOCK)

    def strike(self, text: str) -> tuple[str, int]:
        """The text with "[…]" in place of hidden words, and how many words are gone."""
        gone = sum(len(text[start:end].split()) for start, end in self.spans(text))
        return self._replaced(text, STRUCK), gone

    def _replaced(self, text: str, sign: str) -> str:
        for start, end in reversed(self.spans(text)):
            text = text[:start] + sign + text[end:]
        return text


def _pattern(phrase: str) -> str:
    """Matches the folded words with any white space between, and no part of a longer word; empty: matches nothing."""
    words = _folded(phrase)[0].split()
    if not any(character.isalnum() for word in words for character in word):
        return ""
    before = r"(?<!\w)" if re.match(r"\w", words[0]) else ""
    after = r"(?!\w)" if re.search(r"\w$", words[-1]) else ""
    return before + r"\s+".join(map(re.escape, words)) + after


def _folded(text: str) -> tuple[str, list[int]]:
    """The text without case and accents, and where each of its characters stands in the text (with the end)."""
    folded, places = [], []
    for place, character in enumerate(text):
        plain = "".join(one for one in unicodedata.normalize("NFKD", character).casefold() if not unicodedata.combining(one))
        unseen = unicodedata.category(character) == "Cf"  # soft hyphens and joiners, which nobody sees and nobody types
        straight = "" if unseen else "'" if character in "’ʼ" else plain
        folded.append(straight)
        places += [place] * len(straight)
    return "".join(folded), [*places, len(text)]


def _matches(pattern: re.Pattern[str], folded: str) -> Iterator[Span]:
    """Every place, also where two overlap."""
    match = pattern.search(folded)
    while match:
        yield match.span()
        match = pattern.search(folded, match.start() + 1)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
