"""Receipts: a locator and six words that find a tip and open it. Nobody can look them up again, not even the city.

The words come from the lists of the ``diceware`` package (read as data), less those that could hurt or frighten
(``locales/words/<language>.txt``). Every list keeps more than 7,500 words, so six words are over 77 bits, and the key
is derived from them with Argon2id under a salt of its own.
"""

from __future__ import annotations

import math
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import resources
from pathlib import Path

from bot.messages import Language
from bot.tips.locators import find_locator, looks_like_locator, new_locator

WORDS_IN_RECEIPT = 6
_LISTS = {"en": "en_eff", "es": "es", "fr": "fr", "it": "it", "de": "de_8k", "pt": "pt-br", "ca": "ca"}
_FALLBACK = Language("en")
_SHORTEST, _LONGEST = 4, 9
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a person needs to come back. ``words`` is a secret: it stays out of ``repr``."""

    locator: str
    words: tuple[str, ...] = field(repr=False)

    @property
    def passphrase(self) -> str:
        """The words as the key derivation reads them: folded, in order, one space between."""
        return " ".join(fold(word) for word in self.words)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was understood of a typed receipt.

    ``mistyped``: there is a locator in it, but its check symbol does not fit. ``unknown``: words that stand in no
    list, each with the nearest word that does, or an empty text.
    """

    locator: str | None = None
    mistyped: bool = False
    words: tuple[str, ...] = field(default=(), repr=False)
    unknown: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def fold(word: str) -> str:
    """Lower case without accents: what must be equal for two spellings to count as the same word."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


class WordLists:
    """The words receipts are made of, for each language."""

    def __init__(self, lists: Mapping[Language, Sequence[str]]) -> None:
        self._lists = {language: tuple(words) for language, words in lists.items()}
        self._known = frozenset(word for words in self._lists.values() for word in words)

    @classmethod
    def load(cls, left_out: Path, languages: Sequence[Language]) -> WordLists:
        """Read the lists of these languages, and English, without the words named in ``left_out/<language>.txt``."""
        wanted = [Language(code) for code in _LISTS if code in languages or code == _FALLBACK]
        return cls({language: _usable(language, left_out / f"{language}.txt") for language in wanted})

    def bits(self, language: Language) -> float:
        """Entropy of a receipt's words in this language."""
        return WORDS_IN_RECEIPT * math.log2(len(self._of(language)))

    def new_receipt(self, language: Language) -> Receipt:
        """A new receipt, its words in the person's language (English where there is no list)."""
        words = self._of(language)
        return Receipt(new_locator(), tuple(secrets.choice(words) for _ in range(WORDS_IN_RECEIPT)))

    def read(self, typed: str) -> Typed:
        """Understand a typed receipt or a part of one, in any layout and any of the languages."""
        locator, rest = find_locator(typed)
        mistyped = locator is None and looks_like_locator(typed)
        words = _WORD.findall(fold(rest)) if not mistyped else []
        unknown = [word for word in words if word not in self._known]
        return Typed(locator, mistyped, tuple(words), tuple((word, self._nearest(word)) for word in unknown[:WORDS_IN_RECEIPT]))

    def _of(self, language: Language) -> tuple[str, ...]:
        return self._lists.get(language) or self._lists[_FALLBACK]

    def _nearest(self, word: str) -> str:
        # The sum over all lists is 30,000 words: compare only those that begin alike.
        alike = [known for known in self._known if known[:1] == word[:1] and abs(len(known) - len(word)) <= 2]
        return next(iter(get_close_matches(word[:20], alike, n=1, cutoff=0.75)), "")


def _usable(language: Language, left_out: Path) -> tuple[str, ...]:
    text = resources.files("diceware").joinpath("wordlists", f"wordlist_{_LISTS[language]}.txt").read_text("utf-8")
    words = {fold(line.split()[-1]) for line in text.splitlines() if line.strip()}
    exact, stems = _read_left_out(left_out)
    return tuple(sorted(word for word in words if _is_easy(word) and word not in exact and not word.startswith(stems)))


def _is_easy(word: str) -> bool:
    return word.isascii() and word.isalpha() and _SHORTEST <= len(word) <= _LONGEST


def _read_left_out(path: Path) -> tuple[frozenset[str], tuple[str, ...]]:
    if not path.exists():
        return frozenset(), ()
    lines = [fold(line.strip()) for line in path.read_text("utf-8").splitlines()]
    entries = [line for line in lines if line and not line.startswith("#")]
    return (
        frozenset(entry for entry in entries if not entry.endswith("*")),
        tuple(entry.removesuffix("*") for entry in entries if entry.endswith("*")),
    )
