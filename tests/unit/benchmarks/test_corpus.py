"""What both sides are asked, and what stock Rasa is trained on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.messages.corpus import Message, examples, messages, plain_intents, unseen, write_stock_project
from bot.evaluation import Example

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("stock"))
    write_stock_project(ROOT, folder, share=8, epochs=3)
    return folder


def test_one_seed_draws_the_same_messages_and_another_one_others() -> None:
    assert messages(ROOT, 24) == messages(ROOT, 24)
    assert messages(ROOT, 24) != messages(ROOT, 24, seed=8)


def test_messages_are_spread_evenly_over_the_four_languages() -> None:
    assert Counter(message.language for message in messages(ROOT, 24)) == {"en": 6, "fr": 6, "es": 6, "it": 6}


def test_only_intents_with_one_fixed_answer_are_asked() -> None:
    plain = plain_intents(ROOT)
    assert {"scam", "greet", "stolen_bike"} <= set(plain)
    assert not {"give_tip", "tip_status", "suicide_risk", "emergency", "subscribe", "nlu_fallback"} & set(plain)
    assert {message.intent for message in messages(ROOT, 48)} <= set(plain)


def test_of_labelled_messages_those_are_asked_that_are_the_same_work_for_both() -> None:
    texts = {"scam": "They want a deposit for the flat", "give_tip": "I saw who did it", "trolling": "I want to kill myself"}
    given = [Example(label, "en", text, label, frozenset({label})) for label, text in texts.items()]
    assert unseen(ROOT, given) == [Message("en", "scam", texts["scam"])]


def test_the_stock_project_says_everything_itself_and_needs_no_custom_action(project: Path) -> None:
    domain = _read(project / "domain.yml")
    steps = [step for name in ("rules", "stories") for story in _read(project / "data" / f"{name}.yml")[name] for step in story["steps"]]
    assert {step["action"] for step in steps if "action" in step} <= set(domain["responses"])
    assert domain["actions"] == []


def test_a_quick_stock_project_has_a_share_of_every_intent_and_fewer_epochs(project: Path) -> None:
    count = Counter(message.intent for message in examples(ROOT))
    trained_on = {block["intent"]: len(block["examples"].splitlines()) for block in _read(project / "data" / "nlu.yml")["nlu"]}
    assert trained_on == {intent: -(-number // 8) for intent, number in count.items()}
    config = _read(project / "config.yml")
    epochs = {part["name"]: part.get("epochs") for part in (*config["pipeline"], *config["policies"])}
    assert (epochs["DIETClassifier"], epochs["TEDPolicy"]) == (3, 100)


def _read(file: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.load(file.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return read
