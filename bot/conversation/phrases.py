"""The small language in which the safety net's rules are written, and how it is matched.

A phrase is a row of words as people type them: ``(i|we) (just)? want to die``.

=============  =======================================================
``word?``      the word may be missing; so may a group: ``(just|only)?``
``(a|b c)``    one of these
``kill*``      any word that begins so
``*``          any one word
``...``        up to four words of any kind; so is ``…``
``<name>``     one of the named words of the file
``^``, ``$``   the beginning and the end of the message
=============  =======================================================

Nothing else exists, so nothing repeats inside a repetition: the work per place in a message is bounded, and a message made
to hold the matching up cannot.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from bot.conversation.cleaning import fold, plain_letters

_GAP = r"(?:\S+ ){0,4}?"
_ENDING = r"\w{0,12}"
_SIGN = re.compile(r"[()|^$]\??|\.{3}|\*|<\w+>\??|[\w']+\*?\??|\S")
_DOUBLED = re.compile(r"([^\W\d])\1+")
_SHORTEST_STEM = 3
"""Shorter beginnings, after doubled letters are one, would be those of half the words there are."""
_STEM = 10
"""Longest beginning of a word, in letters, that ``kill*`` may ask for."""

Needs = tuple[frozenset[str], ...]
"""Of each set, at least one word has to stand in a message before it is worth looking closer."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as one language's rules see it: ``text`` has one space before, between and after its words."""

    text: str
    words: Set[str]
    """Its words, and their beginnings as stems (``kil*``)."""

    def without(self, phrases: Phrases) -> Reading:
        """The reading with every place of these phrases left out. Its ``words`` stay: they only save work."""
        text = self.text
        for phrase in phrases.possible_in(self):
            text = phrase.pattern.sub("_ ", text)
        return self if text is self.text else Reading(text, self.words)


@dataclass(frozen=True)
class Phrase:
    """A phrase, ready to be looked for."""

    regex: str
    needs: Needs

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The regular expression, compiled when first needed: for most phrases that is never, and all take a second."""
        return re.compile(self.regex)

    def is_possible(self, words: Set[str]) -> bool:
        """Whether a message with these words could hold the phrase: quick, and never wrongly no."""
        return not any(need.isdisjoint(words) for need in self.needs)

    def stands_in(self, reading: Reading) -> bool:
        """Whether the phrase stands somewhere in the message."""
        return self.is_possible(reading.words) and self.pattern.search(reading.text) is not None


class Phrases:
    """Phrases that are looked for together, in their order.

    A message is compared with hundreds of phrases and has words of hardly any: for each phrase its rarest needed words are
    kept, and the words of a message lead to the few phrases that are worth looking for.
    """

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._phrases = tuple(phrases)
        self._places: dict[str, list[int]] = {}
        for place, phrase in enumerate(self._phrases):
            for word in rarest(phrase.needs):
                self._places.setdefault(word, []).append(place)

    @property
    def words(self) -> Set[str]:
        """A message without any of these holds none of the phrases."""
        return self._places.keys()

    def possible_in(self, reading: Reading) -> list[Phrase]:
        """The phrases that the message could hold."""
        places = {place for word in self._places.keys() & reading.words for place in self._places[word]}
        return [phrase for place in sorted(places) if (phrase := self._phrases[place]).is_possible(reading.words)]

    def stand_in(self, reading: Reading) -> bool:
        """Whether one of them stands somewhere in the message."""
        return any(phrase.pattern.search(reading.text) for phrase in self.possible_in(reading))


class Spelling:
    """How one language's short and careless writing is read.

    Args:
        apostrophe: what an apostrophe becomes, nothing (``don't`` is ``dont``) or a space (``j'ai`` is ``j ai``).
        forms: for a written word the words it stands for (``jpp``: ``j'en peux plus``).
    """

    def __init__(self, apostrophe: str = "", forms: Mapping[str, str] | None = None) -> None:
        self._apostrophe = apostrophe
        self._forms = {_single_letters(fold(form)): fold(words) for form, words in (forms or {}).items()}

    def read(self, folded: str) -> Reading:
        """A message after :func:`bot.conversation.cleaning.fold`."""
        words = self.words(folded)
        stems = {f"{word[:size]}*" for word in words for size in range(1, min(len(word), _STEM) + 1)}
        return Reading(f" {' '.join(words)} ", stems.union(words))

    def words(self, folded: str) -> list[str]:
        """The words a text stands for: letters never doubled (``kil`` is ``kill``), no word twice in a row."""
        spoken = " ".join(self._spoken(word) for word in _single_letters(folded).split())
        words = _single_letters(spoken.replace("'", self._apostrophe)).split()
        return [word for place, word in enumerate(words) if place == 0 or word != words[place - 1]]

    def words_of_phrase(self, word: str) -> list[str]:
        """The words that one word of a phrase stands for. ``c`` is short for ``c'est`` in messages, but in a phrase itself."""
        return self.words(word) if len(word) > 1 else [word]

    def _spoken(self, word: str) -> str:
        return self._forms.get(word) or self._forms.get(word.replace("'", self._apostrophe), word)


def _single_letters(text: str) -> str:
    return _DOUBLED.sub(r"\1", text.replace("_", " "))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a phrase as a regular expression that eats its trailing space, and what it needs."""

    regex: str
    needs: Needs = ()


class PhraseReader:
    """Reads phrases of one language.

    Args:
        spelling: applied to the phrases' words too, so that they may be written as one would.
        named: for ``<name>`` its phrases; a name may use names before it.
    """

    def __init__(self, spelling: Spelling, named: Mapping[str, Collection[str]] | None = None) -> None:
        self._spelling = spelling
        self._singles: dict[str, _Piece] = {}
        self._named: dict[str, _Piece] = {}
        for name, phrases in (named or {}).items():
            self._named[plain_letters(name)] = _either([self._whole(phrase) for phrase in phrases])

    def read(self, source: str) -> Phrase:
        """Raises ValueError with the phrase in it when it is not well formed or would stand in any message."""
        piece = self._whole(source)
        if not piece.needs:
            raise ValueError(f"{source!r} needs no word at all")
        return Phrase(f"(?<= ){piece.regex}", piece.needs)

    def _whole(self, source: str) -> _Piece:
        signs = _SIGN.findall(plain_letters(source))[::-1]
        try:
            piece = self._alternatives(signs)
        except (IndexError, KeyError) as error:
            raise ValueError(f"{source!r} is not well formed") from error
        if signs:
            raise ValueError(f"{source!r} has {signs[-1]!r} where nothing should be")
        return piece

    def _alternatives(self, signs: list[str]) -> _Piece:
        rows = [self._row(signs)]
        while signs and signs[-1] == "|":
            signs.pop()
            rows.append(self._row(signs))
        return _either(rows)

    def _row(self, signs: list[str]) -> _Piece:
        pieces = []
        while signs and signs[-1][0] not in "|)":
            pieces.append(self._piece(signs))
        if not pieces:
            raise IndexError
        return _Piece("".join(piece.regex for piece in pieces), tuple(need for piece in pieces for need in piece.needs))

    def _piece(self, signs: list[str]) -> _Piece:
        sign = signs.pop()
        if sign == "(":
            piece = self._alternatives(signs)
            sign = signs.pop()
        else:
            piece = self._known(sign.rstrip("?"))
        return _Piece(f"(?:{piece.regex})?") if sign.endswith("?") else piece

    def _known(self, sign: str) -> _Piece:
        """Each word is read once: the same few hundred stand in all the phrases."""
        if sign not in self._singles:
            self._singles[sign] = self._single(sign)
        return self._singles[sign]

    def _single(self, sign: str) -> _Piece:
        if sign in ("...", "*", "^", "$"):
            return _Piece({"...": _GAP, "*": r"\S+ ", "^": "(?<=^ )", "$": "$"}[sign])
        if sign.startswith("<"):
            return self._named[sign[1:-1]]
        if sign.endswith("*"):
            [stem] = self._spelling.words_of_phrase(sign[:-1])
            if len(stem) < _SHORTEST_STEM:
                raise KeyError(stem)
            return _Piece(f"{re.escape(stem)}{_ENDING} ", (frozenset({f"{stem[:_STEM]}*"}),))
        if not (words := self._spelling.words_of_phrase(sign)) or not sign.replace("'", "").isalnum():
            raise IndexError
        return _Piece("".join(f"{re.escape(word)} " for word in words), tuple(frozenset({word}) for word in words))


def rarest(needs: Needs) -> frozenset[str]:
    """The set of words that is least likely to be in a message: whose shortest word is the longest."""
    return max(needs, key=lambda need: min(map(len, need)))


def _either(rows: Sequence[_Piece]) -> _Piece:
    """One of the rows. It needs, of each row, the rarest words."""
    if len(rows) == 1:
        return rows[0]
    needs: Needs = ()
    if all(row.needs for row in rows):
        needs = (frozenset().union(*(rarest(row.needs) for row in rows)),)
    return _Piece(f"(?:{'|'.join(row.regex for row in rows)})", needs)
