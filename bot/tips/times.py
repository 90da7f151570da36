"""Understands when something was: "last night", "lundi soir", "14/3", "hace dos días, sobre las 22". Pure.

Only what can mean one day is understood, and the person is asked whether it is right; everything else stays in their
words. The words of a language stand in ``locales/times/<language>.yml``. A library was tried first: dateparser 1.5 read
22 of 42 such phrases, in Spanish and Italian one in four.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

import yaml

from bot.errors import SettingsError
from bot.messages import Language
from bot.tips.clocks import Clocks
from bot.tips.dates import Dates
from bot.tips.moments import Moment, Part
from bot.tips.words import fold

_T = TypeVar("_T")
_UNITS = ("days", "hours", "minutes")
_EVENING = 18


class Times:
    """Understands times in several languages.

    Args:
        vocabularies: how each language says it.
    """

    def __init__(self, vocabularies: Mapping[Language, Vocabulary]) -> None:
        self._vocabularies = vocabularies

    @classmethod
    def load(cls, folder: Path, languages: Iterable[Language]) -> Times:
        """Read ``<folder>/<language>.yml`` where there is one. Raises SettingsError for a file that cannot be used."""
        paths = {language: folder / f"{language}.yml" for language in languages}
        return cls({language: _read(path) for language, path in paths.items() if path.exists()})

    def understand(self, text: str, language: Language, now: datetime) -> Moment | None:
        """What moment the words mean; None when that is not sure.

        Args:
            language: tried first; people mix languages, so the others follow.
            now: the city's wall-clock time.
        """
        try:
            for each in sorted(self._vocabularies, key=lambda one: one != language):
                if (moment := self._vocabularies[each].understand(text, now)) is not None:
                    return None if moment.is_after(now) else moment
        except _Unsure:
            pass
        return None


class _Unsure(Exception):
    """The words say when it was, but it may be more than one day: another language must not make it sure."""


@dataclass(slots=True)
class _Said:
    """What was found in a text so far, and the rest of it."""

    rest: str
    days: set[date] = field(default_factory=set)
    parts: set[Part] = field(default_factory=set)
    clocks: set[time] = field(default_factory=set)

    def take(self, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        """What matches, taken out of the rest."""
        found = list(pattern.finditer(self.rest))
        self.rest = pattern.sub(" ", self.rest)
        return found


class Vocabulary:
    """How one language says when something was."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._open = _any_of(raw["open"])
        self._phrases = _phrases(raw)
        self._this_night = _any_of(raw["this_night"]) if raw["this_night"] else None
        self._numbers = _numbered(raw["numbers"], first=1)
        self._ago = {unit: _counted(raw["ago"][unit], self._numbers) for unit in _UNITS}
        self._weekdays = _numbered(raw["weekdays"], first=0)
        self._weekday, self._last = _any_of(self._weekdays), _any_of(raw["last"])
        self._dates = Dates(_numbered(raw["months"], first=1), bool(raw["month_first"]))
        self._parts = {Part(part): _any_of(words) for part, words in raw["parts"].items()}
        self._clocks = Clocks(raw["clock"])

    def understand(self, text: str, now: datetime) -> Moment | None:
        """What moment the words mean; None: they name no day of this language. Raises _Unsure."""
        said = _Said(fold(text.replace("’", "'")))
        self._take_phrases(said, now)
        self._take_ago(said, now)
        found, said.rest = self._dates.find(said.rest, now.date())
        said.days |= found | self._weekday_days(said.rest, now.date())
        if not said.days:
            return None
        if len(said.days) > 1 or self._open.search(said.rest):
            raise _Unsure
        said.parts |= {part for part, pattern in self._parts.items() if pattern.search(said.rest)}
        part = _only(said.parts)
        return Moment(said.days.pop(), part, _only(said.clocks | self._clocks.find(said.rest, part)))

    def _take_phrases(self, said: _Said, now: datetime) -> None:
        for pattern, back, part in self._phrases:
            if said.take(pattern):
                said.days.add(now.date() - timedelta(days=back))
                said.parts |= {part} if part else set()
        if self._this_night and now.hour < _EVENING and said.take(self._this_night):
            said.days.add(now.date() - timedelta(days=1))
            said.parts.add(Part.NIGHT)

    def _take_ago(self, said: _Said, now: datetime) -> None:
        for unit, pattern in self._ago.items():
            for match in said.take(pattern):
                then = now - timedelta(**{unit: self._number(match)})
                said.days.add(then.date())
                said.clocks |= {time(then.hour, then.minute // 30 * 30)} if unit != "days" else set()

    def _number(self, match: re.Match[str]) -> int:
        word = next((group for group in match.groups() if group), "1")
        return self._numbers.get(word) or int(word)

    def _weekday_days(self, text: str, today: date) -> set[date]:
        found = {self._weekdays[match.group()] for match in self._weekday.finditer(text)}
        back = {(today.weekday() - day) % 7 for day in found}
        if 0 in back and not self._last.search(text):
            return {today, today - timedelta(days=7)}  # The weekday that is today: this one or the last? Not sure.
        return {today - timedelta(days=days or 7) for days in back}


def _only(found: set[_T]) -> _T | None:
    return next(iter(found)) if len(found) == 1 else None


def _phrases(raw: Mapping[str, Any]) -> list[tuple[re.Pattern[str], int, Part | None]]:
    """What names a day by itself, with how many days back it is; the longest first, as "yesterday" stands in others."""
    named: list[tuple[Sequence[str], int, Part | None]] = [(words, int(days), None) for days, words in raw["days"].items()]
    named += [(words, 0, Part(part)) for part, words in raw["today"].items()]
    named.append((raw["last_night"], 1, Part.NIGHT))
    single = [(word, back, part) for words, back, part in named for word in words]
    return [(_any_of([word]), back, part) for word, back, part in sorted(single, key=lambda each: -len(each[0]))]


def _numbered(rows: Sequence[Sequence[str]], first: int) -> dict[str, int]:
    return {fold(word): number for number, words in enumerate(rows, first) for word in words}


def _counted(phrases: Sequence[str], numbers: Iterable[str]) -> re.Pattern[str]:
    number = r"(\d{1,2}|" + _longest_first(numbers) + ")"
    return re.compile("|".join(r"\b" + re.escape(fold(words)).replace(r"\{n\}", number) + r"\b" for words in phrases))


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + _longest_first(map(fold, words)) + r")\b")


def _longest_first(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def _read(path: Path) -> Vocabulary:
    try:
        return Vocabulary(yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader))
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise SettingsError(f"{path}: {type(error).__name__}: {error}") from error
