"""The dialogue model: data without contradictions, rules without conflicts, Rasa's own stories."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.dialogue.conftest import ROOT, rasa

DEFAULTS = {"nlu_fallback"}


def test_data_and_domain_are_valid_without_a_warning() -> None:
    outcome = rasa("data", "validate", "--fail-on-warnings", "--max-history", "5")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "conflict found" not in outcome.stderr + outcome.stdout


def test_every_intent_has_exactly_one_rule_and_one_answer() -> None:
    intents = yaml.safe_load((ROOT / "domain.yml").read_text())["intents"]
    rules = yaml.safe_load((ROOT / "stories" / "rules.yml").read_text())["rules"]
    first = [rule["steps"][0]["intent"] for rule in rules]
    assert sorted(first) == sorted([*intents, *DEFAULTS])
    assert all(len(rule["steps"]) == 2 for rule in rules)


def test_every_intent_has_examples_in_every_language() -> None:
    intents = set(yaml.safe_load((ROOT / "domain.yml").read_text())["intents"])
    for language in sorted(path for path in (ROOT / "nlu").iterdir() if path.is_dir()):
        taught = {entry["intent"] for file in language.glob("*.yml") for entry in yaml.safe_load(file.read_text())["nlu"]}
        assert taught == intents, f"{language.name}: {sorted(taught ^ intents)}"


def test_rasas_own_stories_are_predicted_without_a_mistake(model: Path, tmp_path: Path) -> None:
    stories = "tests/dialogue/test_stories.yml"
    options = ["--fail-on-prediction-errors", "--no-plot", "--out", str(tmp_path)]
    outcome = rasa("test", "core", "--e2e", "--stories", stories, "--model", str(model), *options)
    assert outcome.returncode == 0, outcome.stdout[-3000:] + outcome.stderr[-3000:]
