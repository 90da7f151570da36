"""Telling keys hit at random ("asdfgh jkl", "xxxxxxxx") from words, in any language that is written in Latin letters.

Real words, misspelt ones too, are made of letters that often stand together. Which ones do is read off everything that Faro
itself says in the city's languages: a new language brings its own. When in doubt it is no nonsense: short words,
abbreviations, laughter, numbers and other scripts never are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.conversation.cleaning import plain_letters

_WORD = re.compile(r"[^\W\d_]+")
_HELD_KEY = re.compile(r"(\w)\1{5,}")
"""One letter, six times or more: as a whole word."""
_LAUGHTER = re.compile(r"[hjxk]*(?:[aeiou]+[hjxk]+)+[aeiou]*")
_SHORT = 5
"""Letters up to which a word may be an abbreviation or slang ("wdym", "jpp", "doxeo"). It says nothing either way."""
_ODD_FROM = 0.6
"""Share of rows of three letters that stand in no known word, from which on a word is odd."""
_LATIN = re.compile(r"[a-z]+")


class NonsenseEar:
    """Knows how words look.

    Args:
        texts: what Faro says, in all its languages.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        words = {word for text in texts for word in _WORD.findall(plain_letters(text))}
        self._known = {row for word in words for row in _threes(word)}

    def hears(self, text: str) -> bool:
        """Whether all that is long enough to judge in a message was typed at random. False without any letter."""
        words = _WORD.findall(plain_letters(text))
        judged = [word for word in words if len(word) > _SHORT]
        return bool(judged) and all(self._is_odd(word) for word in judged) and not any(self._looks_known(word) for word in words)

    def _is_odd(self, word: str) -> bool:
        if _HELD_KEY.fullmatch(word):
            return True
        return _LATIN.fullmatch(word) is not None and not _LAUGHTER.fullmatch(word) and self._strangeness(word) >= _ODD_FROM

    def _looks_known(self, word: str) -> bool:
        """Whether a short word beside the odd ones looks like a word: then somebody may be saying something."""
        return 1 < len(word) <= _SHORT and len(set(word)) > 1 and self._strangeness(word) < _ODD_FROM

    def _strangeness(self, word: str) -> float:
        rows = list(_threes(word))
        return sum(row not in self._known for row in rows) / len(rows)


def _threes(word: str) -> Iterator[str]:
    """Every three neighbouring letters of a word, its beginning and end among them."""
    framed = f"^{word}$"
    return (framed[start : start + 3] for start in range(len(framed) - 2))
