"""Asking for a language in words: "en italiano por favor", "je parle français", "no entiendo inglés".

A message asks for a language when every one of its words is either the name of a language or one of the few words that
people put around it (``words.language`` in the catalogues). Any other word makes it a sentence that only mentions a
language: "my French teacher hits us". The names come from CLDR, in each of the city's languages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from babel import Locale

from bot.conversation.cleaning import fold
from bot.conversation.texts import Catalogue
from bot.messages import Language

_MOST_WORDS = 9
_OTHERS = ("ar", "de", "nl", "pl", "pt", "ro", "ru", "tr", "uk", "zh")
"""Languages often asked for that a city may not have: then the person is shown which there are."""
_ASK = "lang:open"


class AskedLanguage:
    """Finds the button that stands for a language asked for in words."""

    def __init__(self, catalogue: Catalogue, languages: Sequence[Language]) -> None:
        self._catalogue = catalogue
        self._languages = tuple(languages)
        self._names = dict(self._named())
        self._around = {language: self._words("asking", language) | self._words("not", language) for language in languages}
        self._anywhere = frozenset[str]().union(*self._around.values())
        self._nots = self._of_all("not")
        self._requests = self._of_all("request")

    def payload_of(self, text: str, *, aloud: bool = False) -> str | None:
        """``lang:set:<language>``, ``lang:open`` where it is not clear which, None: no language is asked for.

        Args:
            aloud: only with a word that asks ("please", "switch"), as inside a flow, where "I speak French" may be told as a fact.
        """
        words = _apart(text)
        named = [self._names[word] for word in words if word in self._names]
        if not named or len(words) > _MOST_WORDS or not all(word in self._names or word in self._anywhere for word in words):
            return None
        if aloud and self._requests.isdisjoint(words):
            return None
        refused = self._refused(words)
        wanted = set(named) - refused or self._written_in(words, refused)
        return f"lang:set:{wanted.pop()}" if len(wanted) == 1 and wanted <= set(self._languages) else _ASK

    def _refused(self, words: Sequence[str]) -> set[str]:
        """The languages that a "not" stands before, or beside when it is the only one named."""
        refused, after_not = set[str](), False
        for word in words:
            if word in self._names:
                refused |= {self._names[word]} if after_not else set()
            after_not = word in self._nots or (after_not and word not in self._names)
        named = {self._names[word] for word in words if word in self._names}
        return named if len(named) == 1 and not self._nots.isdisjoint(words) else refused

    def _written_in(self, words: Sequence[str], refused: set[str]) -> set[str]:
        """Whoever only says which language is not theirs is answered in the one they say it in."""
        rest = {word for word in words if word not in self._names}
        return {language for language, around in self._around.items() if rest <= around and language not in refused}

    def _named(self) -> Iterator[tuple[str, str]]:
        """Each name of a language, in all the city's languages, with its code."""
        for spoken in self._languages:
            names = Locale.parse(spoken).languages
            for code in (*_OTHERS, *self._languages):
                yield from ((word, code) for word in _apart(names.get(code, "")))
        for code in self._languages:
            yield from ((word, code) for word in self._words("names", code))

    def _of_all(self, kind: str) -> frozenset[str]:
        return frozenset[str]().union(*(self._words(kind, language) for language in self._languages))

    def _words(self, kind: str, language: Language) -> frozenset[str]:
        return frozenset(_each(self._catalogue.words(f"words.language.{kind}", language)))


def _each(texts: Iterable[str]) -> Iterator[str]:
    return (word for text in texts for word in _apart(text))


def _apart(text: str) -> list[str]:
    """The words of a text, set apart at apostrophes too: ``l'anglais`` is ``l anglais``."""
    return fold(text).replace("'", " ").split()
