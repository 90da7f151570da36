"""CLINC150's full split: the data, and the project that Faro's pipeline is trained on.

Source of the data (which are not part of Faro), of its parts and of how it is scored: Larson et al., An Evaluation Dataset for Intent
Classification and Out-of-Scope Prediction, EMNLP 2019.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import FaroError

REST = "out_of_scope"
"""What examples that belong to no intent are called: ``config.yml`` prefers this name where a message resembles nothing."""

_THEIR_REST = "oos"
_DECIDES = "FallbackClassifier"
"""Has a threshold of its own; here it is the benchmark's."""

Example = tuple[str, str]
"""Text and intent."""


class BadData(FaroError):
    """The file is not CLINC150 as clinc/oos-eval publishes it; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Clinc:
    """The three parts, each with its examples out of scope."""

    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    test: tuple[Example, ...]


def read(file: Path, share: int = 1) -> Clinc:
    """Read ``data_full.json``.

    Args:
        share: take every ``share``-th example of an intent only.

    Raises:
        BadData: the file cannot be read, or a part is missing.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        parts = [_part((*content[name], *content[f"oos_{name}"]), share) for name in ("train", "val", "test")]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadData(f"{file}: {error!r}") from error
    return Clinc(*parts)


def write_project(root: Path, folder: Path, train: Sequence[Example]) -> None:
    """Write ``config.yml`` with Faro's own pipeline, and ``nlu.yml``; share what Faro's encoders keep on disk."""
    recipe = yaml.safe_load((root / "config.yml").read_text(encoding="utf-8"))
    pipeline = [component for component in recipe["pipeline"] if component["name"] != _DECIDES]
    _write(folder / "config.yml", {name: recipe[name] for name in ("recipe", "assistant_id", "language")} | {"pipeline": pipeline})
    blocks = [{"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in _by_intent(train).items()]
    _write(folder / "nlu.yml", {"version": "3.1", "nlu": blocks})
    kept = root / ".rasa" / "encoders"
    kept.mkdir(parents=True, exist_ok=True)
    (folder / ".rasa").mkdir()
    (folder / ".rasa" / "encoders").symlink_to(kept.resolve())


def _part(examples: Iterable[Sequence[str]], share: int) -> tuple[Example, ...]:
    renamed = ((text, REST if intent == _THEIR_REST else intent) for text, intent in examples)
    return tuple((text, intent) for intent, texts in _by_intent(renamed).items() for text in texts[::share])


def _by_intent(examples: Iterable[Example]) -> dict[str, list[str]]:
    intents: dict[str, list[str]] = {}
    for text, intent in examples:
        intents.setdefault(intent, []).append(text)
    return intents


def _write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000), encoding="utf-8")
