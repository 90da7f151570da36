"""Comparing words as people mean them: without case, accents, and what nobody sees. Pure.

Masks and search read texts in the same way: what a mask hides cannot be found by another spelling of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

Span = tuple[int, int]
"""Where something begins and ends in a text."""

_APOSTROPHES = "’ʼ"
_STRAIGHT = str.maketrans(_APOSTROPHES, "''")
_COMMON = re.compile("[\\0-\\xac\\xae-\\u02ff\\u2010-\\u2027\\u2030-\\u205e\\u20ac]*")
"""Latin letters and punctuation: nothing unseen among them, and taken apart, no accents but :data:`_ACCENTS`."""
_ACCENTS = re.compile("[\\u0300-\\u036f]+")


def folded(text: str) -> tuple[str, list[int]]:
    """The text without case and accents, and where each of its characters stands in the text (with the end)."""
    whole, places = [], []
    for place, character in enumerate(text):
        plain = "".join(one for one in unicodedata.normalize("NFKD", character).casefold() if not unicodedata.combining(one))
        unseen = unicodedata.category(character) == "Cf"  # soft hyphens and joiners, which nobody sees and nobody types
        straight = "" if unseen else "'" if character in _APOSTROPHES else plain
        whole.append(straight)
        places += [place] * len(straight)
    return "".join(whole), [*places, len(text)]


def fold(text: str) -> str:
    """The same without the places, and many times as quick for the letters of most European languages."""
    if text.isascii():
        return text.lower()
    if _COMMON.fullmatch(text) is None:
        return folded(text)[0]
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text.translate(_STRAIGHT)).casefold())


def matches(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    """Every place, also where two overlap."""
    match = pattern.search(text)
    while match:
        yield match.span()
        match = pattern.search(text, match.start() + 1)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Ordered spans, with overlapping ones made one."""
    whole: list[Span] = []
    for start, end in spans:
        if whole and start < whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole
