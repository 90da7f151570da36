"""The messages that both sides are asked, and the project that stock Rasa is trained on, made of Faro's own files."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.conversation.safety import SafetyNet
from bot.evaluation import Example
from bot.messages import Language

SEED = 7

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times as fast where libyaml is there."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something a person writes. ``intent`` is what it is labelled with in the training data."""

    language: str
    intent: str
    text: str = field(repr=False)


def examples(root: Path) -> Iterator[Message]:
    """Every example of the training data, in the order of the files."""
    for file in sorted((root / "nlu").glob("*/*.yml")):
        for block in _loaded(file)["nlu"]:
            if "intent" in block:
                yield from (Message(file.parent.name, block["intent"], line) for line in _lines(block["examples"]))


def plain_intents(root: Path) -> list[str]:
    """The intents that a rule answers with one fixed text, so that both sides have the same to do."""
    return sorted(intent for intent, action in _rules(root).items() if action == f"utter_{intent}")


def messages(root: Path, count: int, seed: int = SEED) -> list[Message]:
    """``count`` different messages, the same for one seed, spread evenly over the languages in turn.

    Left out is what would not be the same work for both sides: what opens a flow (the words that follow never reach
    Faro's model) and what the safety net answers in addition.
    """
    plain = set(plain_intents(root))
    languages: dict[str, list[Message]] = {}
    for message in examples(root):
        if message.intent in plain:
            languages.setdefault(message.language, []).append(message)
    net = _net(root, languages)
    dice = random.Random(seed)
    drawn = [_drawn(dice, found, -(-count // len(languages)), net) for found in languages.values()]
    return [message for together in zip(*drawn, strict=True) for message in together][:count]


def unseen(root: Path, examples: Sequence[Example]) -> list[Message]:
    """Of messages that nobody trained on those that :func:`messages` would take, by their labels, in the order given.

    Both sides misread some of them. Where Faro so opens a flow, the person's next words do not reach its model.
    """
    plain = set(plain_intents(root))
    net = _net(root, {example.language for example in examples})
    fitting = (example for example in examples if example.label in plain and net.check(example.text) is None)
    return [Message(example.language, example.label, example.text) for example in fitting]


def write_stock_project(root: Path, folder: Path, share: int = 1, epochs: int | None = None) -> None:
    """Write config, domain, rules, stories and examples for stock Rasa.

    Everything is Faro's own, with one change: what Faro answers by a custom action (``action_…``), stock Rasa answers
    by a text of its domain (``utter_…``). That spares it the way to an action server.

    Args:
        share: take every ``share``-th example of an intent only.
        epochs: train DIET, the understanding, for so many instead of the recipe's. It takes hours otherwise, and
            neither the time for a message nor the memory depends on it. The policies keep theirs.
    """
    config = _loaded(Path(__file__).parent / "stock_project" / "config.yml")
    for component in config["pipeline"]:
        if epochs is not None and component["name"] == "DIETClassifier":
            component["epochs"] = epochs
    _write(folder / "config.yml", config)
    _write(folder / "domain.yml", _domain(_loaded(root / "domain.yml")))
    for name in ("rules.yml", "stories.yml"):
        _write(folder / "data" / name, _speaking(_loaded(root / "stories" / name)))
    _write(folder / "data" / "nlu.yml", {"version": "3.1", "nlu": list(_nlu(root, share))})


def _net(root: Path, languages: Iterable[str]) -> SafetyNet:
    return SafetyNet.load(root / "locales" / "safety", [Language(language) for language in languages])


def _drawn(dice: random.Random, found: Sequence[Message], count: int, net: SafetyNet) -> list[Message]:
    calm = (message for message in dice.sample(found, len(found)) if net.check(message.text) is None)
    drawn = [message for message, _ in zip(calm, range(count), strict=False)]
    if len(drawn) < count:
        raise ValueError(f"the training data holds only {len(drawn)} fitting messages, not {count}")
    return drawn


def _nlu(root: Path, share: int) -> Iterator[dict[str, str]]:
    intents: dict[str, list[str]] = {}
    for message in examples(root):
        intents.setdefault(message.intent, []).append(message.text)
    for intent, texts in intents.items():
        yield {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts[::share])}


def _rules(root: Path) -> Mapping[str, str]:
    rules = _loaded(root / "stories" / "rules.yml")["rules"]
    return {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in rules if len(rule["steps"]) == 2}


def _domain(domain: dict[str, Any]) -> dict[str, Any]:
    spoken = {name.replace("action_", "utter_", 1): [{"text": "Here is what you can do now."}] for name in domain.get("actions", [])}
    return {**domain, "actions": [], "responses": {**spoken, **domain["responses"]}}


def _speaking(stories: dict[str, Any]) -> dict[str, Any]:
    for story in (*stories.get("rules", []), *stories.get("stories", [])):
        for step in story["steps"]:
            if step.get("action", "").startswith("action_"):
                step["action"] = step["action"].replace("action_", "utter_", 1)
    return stories


def _lines(block: str) -> list[str]:
    return [match[1].strip() for match in re.finditer(r"^\s*- (.+)$", block, re.MULTILINE)]


def _loaded(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(file.read_text(), _Loader)
    return loaded


def _write(file: Path, content: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000))
