"""The safety net: every rule catches its examples and leaves its near misses alone, in every language."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversation.safety import Danger, Rule, SafetyNet, read_rules
from bot.errors import SettingsError
from bot.messages import Language

FOLDER = Path(__file__).parents[3] / "locales" / "safety"
LANGUAGES = tuple(Language(path.stem) for path in sorted(FOLDER.glob("*.yml")))
NET = SafetyNet.load(FOLDER, LANGUAGES)
RULES = [(language, rule) for language, rules in NET.rules.items() for rule in rules]
_ORDER = tuple(Danger)


def _named(value: object) -> str:
    return value.name if isinstance(value, Rule) else str(value)


@pytest.mark.parametrize(("language", "rule"), RULES, ids=_named)
def test_a_rule_catches_its_examples(language: Language, rule: Rule) -> None:
    for example in rule.examples:
        finding = NET.check(example)
        assert finding is not None, example
        assert _ORDER.index(finding.danger) <= _ORDER.index(rule.danger), example


@pytest.mark.parametrize(("language", "rule"), RULES, ids=_named)
def test_a_rule_leaves_near_misses_alone(language: Language, rule: Rule) -> None:
    for near in rule.near:
        finding = NET.check(near)
        assert finding is None or finding.danger is Danger.SOFT, (near, finding)


def test_all_languages_are_tried_on_every_message() -> None:
    assert {finding.language for language, rule in RULES if (finding := NET.check(rule.examples[0]))} == set(LANGUAGES)


def test_danger_now_comes_before_everything() -> None:
    finding = NET.check("i want to die and there is a fire in my building")
    assert finding is not None and finding.danger is Danger.EMERGENCY


def test_a_long_message_does_not_hold_the_net_up() -> None:
    # Would not end within the test's time limit if a pattern backtracked exponentially.
    assert NET.check("i want to " * 4000) is None or True
    assert NET.check("i really " * 4000 + "want to die") is not None


def test_a_rule_without_examples_is_refused(tmp_path: Path) -> None:
    (tmp_path / "xx.yml").write_text("rules: [{name: a, danger: suicide, patterns: [b]}]")
    with pytest.raises(SettingsError, match="rule a has no examples"):
        read_rules(tmp_path / "xx.yml")
