"""Which topic does a typed text name? Looks for the city's names of the topics and for a few other words. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from bot.campaigns.city import CityFacts

_LONGEST_TEXT = 500
_WORD = re.compile(r"[^\W_]+")


class TopicWords:
    """Finds a topic in a text.

    Args:
        names: for each topic, its names and other words for it, in all languages.
    """

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        phrases = [(tuple(_words(name)), topic) for topic, alike in names.items() for name in alike]
        self._phrases = sorted({phrase for phrase in phrases if phrase[0]}, key=lambda phrase: (-len(phrase[0]), phrase))

    @classmethod
    def of(cls, city: CityFacts) -> TopicWords:
        """The city's topics: their names in all its languages, and the words of ``topic_words.yml`` for known codes."""
        others: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "topic_words.yml").read_text(encoding="utf-8"))
        labels = {topic: [city.label("topic", topic, language) for language in city.languages] for topic in city.topics}
        return cls({topic: [topic, *names, *others.get(topic, ())] for topic, names in labels.items()})

    def topic_of(self, text: str) -> str | None:
        """The topic that the text names, None when it names none or several. Longer names win over shorter ones."""
        words = _words(text[:_LONGEST_TEXT])
        found = [(len(phrase), topic) for phrase, topic in self._phrases if _contains(words, phrase)]
        longest = {topic for length, topic in found if length == found[0][0]}
        return longest.pop() if len(longest) == 1 else None


def _words(text: str) -> list[str]:
    """Lower case, without accents."""
    bare = "".join(character for character in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(character))
    return _WORD.findall(bare)


def _contains(words: list[str], phrase: tuple[str, ...]) -> bool:
    length = len(phrase)
    return any(tuple(words[start : start + length]) == phrase for start in range(len(words) - length + 1))
