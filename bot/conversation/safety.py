"""The safety net: rules that a person can read, tried on every message before anything else, Rasa or not.

The rules of a language stand in ``locales/safety/<language>.yml``. All languages are tried on every message, because a
frightened person does not first choose a language. Each rule carries messages it must catch and messages it must leave
alone; the tests run them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from bot.conversation.cleaning import fold
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


_ORDER = tuple(Danger)


@dataclass(frozen=True, slots=True)
class Rule:
    """One readable reason to act. ``patterns`` and ``unless`` are matched on folded text, at word borders."""

    name: str
    danger: Danger
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    examples: tuple[str, ...]
    near: tuple[str, ...]

    def matches(self, folded: str) -> bool:
        """Whether a pattern stands in the text outside of every expression of ``unless``."""
        left = folded
        for idiom in self.unless:
            left = idiom.sub(" ", left)
        return any(pattern.search(left) for pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found and by which rule (its name is safe to log, the message is not)."""

    danger: Danger
    rule: str
    language: Language


class SafetyNet:
    """All rules of all languages.

    Args:
        rules: for each language its rules, in the order of their file.
    """

    def __init__(self, rules: Mapping[Language, Iterable[Rule]]) -> None:
        self.rules = {language: tuple(own) for language, own in rules.items()}

    @classmethod
    def load(cls, folder: Path, languages: Iterable[Language]) -> SafetyNet:
        """Read ``<folder>/<language>.yml`` of each language.

        Raises:
            SettingsError: a file is missing or a rule is not complete; the message names file and rule.
        """
        return cls({language: read_rules(folder / f"{language}.yml") for language in languages})

    def check(self, text: str) -> Finding | None:
        """The most pressing finding, or None. ``text`` as typed; it is folded here."""
        folded = fold(text)
        found = [
            Finding(rule.danger, f"{language}.{rule.name}", language)
            for language, rules in self.rules.items()
            for rule in rules
            if rule.matches(folded)
        ]
        return min(found, key=lambda finding: _ORDER.index(finding.danger), default=None)


def read_rules(path: Path) -> tuple[Rule, ...]:
    """The rules of one file.

    ``words`` are named fragments that patterns use as ``<name>``; ``idioms`` are left out of the text before every rule
    of danger ``suicide`` and ``soft``.

    Raises:
        SettingsError: the file or a rule in it is wrong.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        words = {name: _fragment(value) for name, value in (content.get("words") or {}).items()}
        idioms = tuple(_pattern(idiom, words) for idiom in content.get("idioms") or ())
        return tuple(_rule(raw, words, idioms) for raw in content["rules"])
    except (OSError, yaml.YAMLError, KeyError, AttributeError, TypeError, ValueError, re.error) as error:
        raise SettingsError(f"{path}: {type(error).__name__}: {error}") from error


def _rule(raw: Mapping[str, Any], words: Mapping[str, str], idioms: tuple[re.Pattern[str], ...]) -> Rule:
    danger = Danger(raw["danger"])
    if not raw.get("examples"):
        raise ValueError(f"rule {raw['name']} has no examples")
    return Rule(
        name=raw["name"],
        danger=danger,
        patterns=tuple(_pattern(pattern, words) for pattern in raw["patterns"]),
        unless=(() if danger is Danger.EMERGENCY else idioms) + tuple(_pattern(pattern, words) for pattern in raw.get("unless") or ()),
        examples=tuple(raw["examples"]),
        near=tuple(raw.get("near") or ()),
    )


def _fragment(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "(?:" + "|".join(value) + ")"


def _pattern(source: str, words: Mapping[str, str]) -> re.Pattern[str]:
    """Compile a pattern: ``<name>`` becomes the fragment, ``…`` up to four words between, borders are words'."""
    expanded = re.sub(r"<(\w+)>", lambda match: words[match[1]], source)
    expanded = re.sub(r" ?… ?", r" (?:[\\w']+ ){0,4}?", expanded)
    return re.compile(rf"(?<![\w'])(?:{expanded})(?![\w'])")
