"""Typed words that press a button: a label just shown, yes and no, what it is about, and the few words that always work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.conversation.asked_language import AskedLanguage
from bot.conversation.cleaning import fold
from bot.conversation.texts import Catalogue
from bot.messages import Language

_YES_AND_NO = {"yes": "words.affirm", "no": "words.deny"}
_SHORT = 8
"""Words, at most, of an answer to "What is it about?". More tell a story, and that is for the model to understand."""


class TypedButtons:
    """Finds the button that words stand for."""

    def __init__(self, catalogue: Catalogue, languages: Sequence[Language]) -> None:
        self._catalogue = catalogue
        self._languages = languages
        self._asked = AskedLanguage(catalogue, languages)
        self._words: dict[tuple[str, Language], frozenset[str]] = {}

    def payload_of(self, text: str, shown: Mapping[str, str], language: Language, flow: str | None) -> str | None:
        """The button's payload; None: these are words.

        Args:
            shown: what the buttons shown last mean (:attr:`bot.conversation.people.Memory.keyboard`).
            flow: the one under way. Only its end, and asking for a language, are always at hand then.
        """
        folded = fold(text)
        if folded in shown:
            return shown[folded]
        for answer, key in _YES_AND_NO.items():
            if f"={answer}" in shown and self._is(folded, key, language):
                return shown[f"={answer}"]
        if (need := self._need(folded, shown)) is not None:
            return need
        if flow is not None:
            # A bare "stop" is no part of a story, and must not become one.
            ends = self._stops(folded) or self._is(folded, "words.cancel", language)
            return f"{flow}:cancel" if ends else self._asked.payload_of(text, aloud=True)
        return self._always(folded, language)

    def _need(self, folded: str, shown: Mapping[str, str]) -> str | None:
        """The button whose need the words name, where buttons stand for needs."""
        if len(folded.split()) > _SHORT:
            return None
        for sign, payload in shown.items():
            answer = sign.removeprefix("=")
            if answer != sign and answer not in _YES_AND_NO and self._holds(folded, f"words.need.{answer}"):
                return payload
        return None

    def _holds(self, folded: str, key: str) -> bool:
        words = frozenset[str]().union(*(self._folded(key, language) for language in self._languages))
        return any(f" {word} " in f" {folded} " for word in words)

    def _always(self, folded: str, language: Language) -> str | None:
        if (asked := self._asked.payload_of(folded)) is not None:
            return asked
        if self._stops(folded):
            return "topics:drop:all"
        if self._is(folded, "words.help", *self._languages):
            return "menu:help"
        return "menu:open" if self._is(folded, "words.menu", language) else None

    def _stops(self, folded: str) -> bool:
        return self._is(folded, "words.stop", *self._languages)

    def _is(self, folded: str, key: str, *languages: Language) -> bool:
        return any(folded in self._folded(key, language) for language in languages)

    def _folded(self, key: str, language: Language) -> frozenset[str]:
        """The words of a key as they are compared; asked for with every message, so folded once."""
        if (key, language) not in self._words:
            self._words[key, language] = frozenset(fold(word) for word in self._catalogue.words(key, language))
        return self._words[key, language]
