"""Which of the city's languages a message is written in."""

from __future__ import annotations

from collections.abc import Sequence

import eldc

from bot.messages import Language

_LEAD = 0.1
"""Least lead (0 to 1) of a language over the city's next one for following a message; below it the person's stays.

Why 0.1, and how often it is right: ``docs/adr/0017-telling-languages-apart.md``.
"""
_LEAST_LETTERS = 4
_MOST_CHARACTERS = 400


class LanguageGuesser:
    """Tells the city's languages apart, among all sixty that the tables know: a message in none of them is nobody's guess."""

    def __init__(self, languages: Sequence[Language]) -> None:
        eldc.init()
        self._detector = eldc.instance()
        self._detector.set_scores(eldc.MAX_SCORES)
        self._languages = frozenset(languages)

    def guess(self, text: str) -> Language | None:
        """The language of ``text`` when it is fairly sure, else None. Expects cleaned text: unpaired surrogates are refused.

        Raises:
            UnicodeEncodeError: an unpaired surrogate.
        """
        if sum(c.isalpha() for c in text) < _LEAST_LETTERS:
            return None
        ranked = [(Language(code), score) for code, score in self._detector.detect_details(text[:_MOST_CHARACTERS]).scores.items()]
        if not ranked or ranked[0][0] not in self._languages:
            return None
        first, second, *_ = [*(score for language, score in ranked if language in self._languages), 0.0]
        return ranked[0][0] if first - second >= _LEAD else None
