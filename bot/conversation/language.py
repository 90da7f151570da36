"""Which of the city's languages a message is written in."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder
from lingua import Language as LinguaLanguage

from bot.messages import Language

_MARGIN = 0.2
"""Least lead (0 to 1) of the first language over the second for following a message; below it the person's stays."""


class LanguageGuesser:
    """Lingua limited to the city's languages. Its models load in the background; until then nothing is guessed."""

    def __init__(self, languages: Sequence[Language]) -> None:
        codes = {code.name.lower(): LinguaLanguage.from_iso_code_639_1(code) for code in _codes() if code.name.lower() in languages}
        self._languages = {value: Language(key) for key, value in codes.items()}
        self._detector: LanguageDetector | None = None

    def load(self) -> None:
        """Load the models, about a second: call it in a thread."""
        if len(self._languages) > 1:
            self._detector = LanguageDetectorBuilder.from_languages(*self._languages).with_preloaded_language_models().build()
            self._detector.detect_language_of("hello")

    def load_in_background(self) -> None:
        """Load the models without keeping anybody waiting."""
        threading.Thread(target=self.load, name="language-models", daemon=True).start()

    def guess(self, text: str) -> Language | None:
        """The language of ``text`` when it is fairly sure, else None."""
        if self._detector is None or sum(c.isalpha() for c in text) < 4:
            return None
        first, second = self._detector.compute_language_confidence_values(text[:400])[:2]
        return self._languages[first.language] if first.value - second.value >= _MARGIN else None


def _codes() -> list[IsoCode639_1]:
    return [value for name in dir(IsoCode639_1) if isinstance(value := getattr(IsoCode639_1, name), IsoCode639_1)]
