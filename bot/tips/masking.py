"""Hiding words in a tip, and taking them out. Pure.

A mask names words, not places: it hides them wherever they stand in the tip, also in a note that quotes them or in a message
that comes later. Case, accents and white space make no difference; only whole words count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.tips.folding import Span, folded, matches, merged
from bot.tips.identity import STRUCK

BLOCK = "█████"
"""Stands where words are hidden: always as long, so that it does not tell how many."""


class Veil:
    """Hides words of a tip.

    Args:
        phrases: the words of each mask. One without a letter or digit hides nothing.
    """

    def __init__(self, phrases: Iterable[str] = ()) -> None:
        self._patterns = [re.compile(pattern) for pattern in map(_pattern, phrases) if pattern]

    def spans(self, text: str) -> list[Span]:
        """What is hidden, in order; spans do not overlap."""
        plain, places = folded(text)
        found = (span for pattern in self._patterns for span in matches(pattern, plain))
        return merged(sorted((places[start], places[end]) for start, end in found))

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
    words = folded(phrase)[0].split()
    if not any(character.isalnum() for word in words for character in word):
        return ""
    before = r"(?<!\w)" if re.match(r"\w", words[0]) else ""
    after = r"(?!\w)" if re.search(r"\w$", words[-1]) else ""
    return before + r"\s+".join(map(re.escape, words)) + after
