"""The safety net: rules that a person can read, tried on every message before anything else, Rasa or not.

The rules of a language stand in ``locales/safety/<language>.yml``, written in the language of
:mod:`bot.conversation.phrases`. All languages are tried on every message, because a frightened person does not first
choose a language. Each rule carries messages it must catch and messages it must leave alone; the tests run them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from bot.conversation.cleaning import fold, unmask
from bot.conversation.phrases import PhraseReader, Phrases, Reading, Spelling
from bot.errors import SettingsError
from bot.messages import Language


class Danger(StrEnum):
    """What the net found, most pressing first."""

    EMERGENCY = "emergency"
    """Danger to a body right now: the emergency number, in the same turn."""
    SUICIDE = "suicide"
    """Somebody may kill or hurt themselves: the crisis text."""
    SOFT = "soft"
    """Perhaps: the question "Are you safe right now?", beside the ordinary answer."""


_ORDER = {danger: place for place, danger in enumerate(Danger)}
_LAUGHING = str.maketrans(dict.fromkeys("😂🤣😆😹💀", " haha "))
"""Folding drops all pictures; whether somebody laughs is worth keeping."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One readable reason to act.

    ``unless``: expressions left out of the message before the patterns are looked for ("dying of laughter").
    ``not_with``: expressions that rule the rule out wherever they stand ("last week").
    ``jokes``: whether laughter in the message makes the danger soft.
    """

    name: str
    danger: Danger
    patterns: Phrases
    unless: Phrases
    not_with: Phrases
    jokes: bool
    examples: tuple[str, ...]
    near: tuple[str, ...]

    def matches(self, reading: Reading) -> bool:
        """Whether a pattern stands in the message outside of every expression of ``unless``, and nothing of ``not_with``."""
        possible = self.patterns.possible_in(reading)
        if not possible or self.not_with.stand_in(reading):
            return False
        left = reading.without(self.unless)
        return any(pattern.pattern.search(left.text) for pattern in possible)


@dataclass(frozen=True)
class Rulebook:
    """The rules of one language, and how its messages are read for them.

    ``earnest`` ("not joking") is left out before ``laughter`` is looked for.
    ``explained``: what words of death may belong to beside laughter and idioms, such as a film; see :meth:`SafetyNet.explains`.
    ``idioms`` are left out before the rules about one's own life, ``everyday`` before those of danger now.
    ``perhaps``: expressions of habit or of days gone by; they make danger now a question, unless one of ``pressing`` stands there too.
    ``subjects``: death as homework, news or a word to look up; they make a risk of suicide a question, unless one of ``own`` is there.
    """

    spelling: Spelling
    laughter: Phrases
    earnest: Phrases
    idioms: Phrases
    explained: Phrases
    everyday: Phrases
    perhaps: Phrases
    pressing: Phrases
    subjects: Phrases
    own: Phrases
    rules: tuple[Rule, ...]

    def dangers(self, folded: str) -> Iterable[tuple[Danger, Rule]]:
        """Every rule that finds something in a folded message, with the danger it finds."""
        as_typed = self.spelling.read(folded)
        plain, meant = as_typed.without(self.idioms), as_typed.without(self.everyday)
        laughs = self.laughter.stand_in(as_typed.without(self.earnest))
        for rule in self._possible(as_typed):
            if rule.matches(meant if rule.danger is Danger.EMERGENCY else plain):
                yield (Danger.SOFT if rule.jokes and laughs else rule.danger), rule

    def _possible(self, reading: Reading) -> list[Rule]:
        """The rules that the message has a word for, in their order: to ask every rule would take most of the time."""
        places = {place for word in self._places.keys() & reading.words for place in self._places[word]}
        return [self.rules[place] for place in sorted(places)]

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for place, rule in enumerate(self.rules):
            for word in rule.patterns.words:
                places.setdefault(word, []).append(place)
        return places

    def explains(self, folded: str) -> bool:
        """Whether somebody laughs, or words of death may belong to an idiom, a story, a game, cooking, homework."""
        as_typed = self.spelling.read(folded)
        return any(phrases.stand_in(as_typed) for phrases in (self.laughter, self.idioms, self.explained, self.subjects))

    def leaves_time(self, folded: str) -> bool:
        """Whether the message tells of a habit, or of another day, and of nothing that presses."""
        as_typed = self.spelling.read(folded)
        return self.perhaps.stand_in(as_typed) and not self.pressing.stand_in(as_typed)

    def studies(self, folded: str) -> bool:
        """Whether the message asks about suicide as a subject, and tells of nobody who is at risk."""
        as_typed = self.spelling.read(folded)
        return self.subjects.stand_in(as_typed) and not self.own.stand_in(as_typed)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found and by which rule (its name is safe to log, the message is not)."""

    danger: Danger
    rule: str
    language: Language


class SafetyNet:
    """All rules of all languages.

    Args:
        books: for each language its rules, tried in this order.
    """

    def __init__(self, books: Mapping[Language, Rulebook]) -> None:
        self.books = dict(books)

    @classmethod
    def load(cls, folder: Path, languages: Iterable[Language]) -> SafetyNet:
        """Read ``<folder>/<language>.yml`` of each language.

        Raises:
            SettingsError: a file is missing or a rule is not complete; the message names file and rule.
        """
        return cls({language: read_rulebook(folder / f"{language}.yml") for language in languages})

    def check(self, text: str) -> Finding | None:
        """The most pressing finding, or None. ``text`` as typed; it is folded here."""
        return min(self.findings(text), key=lambda finding: _ORDER[finding.danger], default=None)

    def findings(self, text: str) -> list[Finding]:
        """What every single rule found, to see why a message was taken as it was."""
        return [finding for folded in _foldings(text) for finding in self._findings(folded)]

    def explains(self, text: str) -> bool:
        """Whether there is a harmless reason for words of death in the message, in any language. It says nothing against a finding."""
        return any(book.explains(folded) for folded in _foldings(text) for book in self.books.values())

    def _findings(self, folded: str) -> list[Finding]:
        found = [
            Finding(danger, f"{language}.{rule.name}", language)
            for language, book in self.books.items()
            for danger, rule in book.dangers(folded)
        ]
        if any(each.danger is Danger.EMERGENCY for each in found) and any(book.leaves_time(folded) for book in self.books.values()):
            found = _asked_about(found, Danger.EMERGENCY)
        if any(each.danger is Danger.SUICIDE for each in found) and any(book.studies(folded) for book in self.books.values()):
            # In any language: "suicidio" means the same in two, and only the one that is written knows that it is homework.
            found = _asked_about(found, Danger.SUICIDE)
        return found


def _asked_about(found: Iterable[Finding], danger: Danger) -> list[Finding]:
    return [replace(each, danger=Danger.SOFT) if each.danger is danger else each for each in found]


def _foldings(text: str) -> Iterable[str]:
    """The message folded as typed, and once more without the tricks that hide words, if there are any."""
    spoken = text.translate(_LAUGHING)
    plain, unmasked = fold(spoken), fold(unmask(spoken))
    return (plain,) if unmasked == plain else (plain, unmasked)


def read_rulebook(path: Path) -> Rulebook:
    """The rules of one file; its head explains its keys.

    Raises:
        SettingsError: the file or a rule in it is wrong.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        spelling = Spelling(content.get("apostrophe", ""), content.get("spellings"))
        reader = PhraseReader(spelling, content.get("words"))
        return Rulebook(
            spelling=spelling,
            laughter=_phrases(reader, content.get("laughter")),
            earnest=_phrases(reader, content.get("earnest")),
            idioms=_phrases(reader, content.get("idioms")),
            explained=_phrases(reader, content.get("explained")),
            everyday=_phrases(reader, content.get("everyday")),
            perhaps=_phrases(reader, content.get("perhaps")),
            pressing=_phrases(reader, content.get("pressing")),
            subjects=_phrases(reader, content.get("subjects")),
            own=_phrases(reader, content.get("own")),
            rules=tuple(_rule(raw, reader) for raw in content["rules"]),
        )
    except (OSError, yaml.YAMLError, KeyError, AttributeError, TypeError, ValueError) as error:
        raise SettingsError(f"{path}: {type(error).__name__}: {error}") from error


def _rule(raw: Mapping[str, Any], reader: PhraseReader) -> Rule:
    name = raw["name"]
    for part in ("patterns", "examples", "near"):
        if not raw.get(part):
            raise ValueError(f"rule {name} has no {part}")
    if unknown := raw.keys() - {"name", "danger", "jokes", "patterns", "unless", "not_with", "examples", "near"}:
        raise ValueError(f"rule {name} has {sorted(unknown)}, which mean nothing")
    return Rule(
        name=name,
        danger=Danger(raw["danger"]),
        patterns=_phrases(reader, raw["patterns"]),
        unless=_phrases(reader, raw.get("unless")),
        not_with=_phrases(reader, raw.get("not_with")),
        jokes=bool(raw.get("jokes", False)),
        examples=tuple(raw["examples"]),
        near=tuple(raw["near"]),
    )


def _phrases(reader: PhraseReader, sources: Iterable[str] | None) -> Phrases:
    return Phrases(reader.read(source) for source in sources or ())
