"""What changed between two texts, word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORDS = re.compile(r"\S+\s*|\s+")
"""A word with the space after it: spaces alone would look alike everywhere, and cut every change into pieces."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words that stayed, went, or came."""

    kind: Literal["same", "gone", "new"]
    words: str


def stretches(before: str, after: str) -> list[Stretch]:
    """Both texts as one, in reading order: without the new words it is ``before``, without those that are gone ``after``."""
    return list(_stretches(_WORDS.findall(before), _WORDS.findall(after)))


def _stretches(old: list[str], new: list[str]) -> Iterator[Stretch]:
    for kind, i, j, m, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Stretch("same", "".join(old[i:j]))
            continue
        if i < j:
            yield Stretch("gone", "".join(old[i:j]))
        if m < n:
            yield Stretch("new", "".join(new[m:n]))
