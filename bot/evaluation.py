"""How well Faro understands: predictions against labelled messages, as ``faro evaluate`` prints them."""

from __future__ import annotations

import csv
import statistics
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import FaroError

_COLUMNS = ("id", "language", "text", "label", "also_ok")
FALLBACKS = frozenset({"nlu_fallback", "out_of_scope"})


class EvaluationError(FaroError):
    """The file of labelled messages cannot be used."""


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled message. ``accepted``: every label that counts as right."""

    id: str
    language: str
    text: str
    label: str
    accepted: frozenset[str]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What Faro made of an example. ``crisis_text``: the full crisis answer would have been given."""

    example: Example
    predicted: str
    crisis_text: bool
    seconds: float

    @property
    def right(self) -> bool:
        """Whether the prediction is the label or another accepted one."""
        return self.predicted in self.example.accepted


Predict = Callable[[str], Awaitable[tuple[str, bool]]]
"""From a text to the predicted label and whether the crisis text is given."""


def read_examples(path: Path) -> list[Example]:
    """Read a tab-separated file with the columns id, language, text, label, also_ok (and perhaps note).

    Raises:
        EvaluationError: it cannot be read, a column is missing, or there is no message in it.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise EvaluationError(f"{path}: missing column {', '.join(missing)}")
            examples = [_example(row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise EvaluationError(f"{path}: {error}") from error
    if not examples:
        raise EvaluationError(f"{path}: no messages")
    return examples


def _example(row: dict[str, str | None]) -> Example:
    also = (row["also_ok"] or "").replace(",", " ").replace("|", " ").replace(";", " ").split()
    label = row["label"] or ""
    accepted = frozenset({label, *also})
    return Example(row["id"] or "", row["language"] or "", row["text"] or "", label, accepted, row.get("note") or "")


async def evaluate(examples: Iterable[Example], predict: Predict) -> list[Outcome]:
    """Predict every example, one after the other, timing each."""
    outcomes = []
    for example in examples:
        started = time.perf_counter()
        label, crisis_text = await predict(example.text)
        predicted = "out_of_scope" if label in FALLBACKS else label
        outcomes.append(Outcome(example, predicted, crisis_text, time.perf_counter() - started))
    return outcomes


def report(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """All figures as plain JSON: shares from 0 to 1, times in milliseconds."""
    by_label: dict[str, list[Outcome]] = defaultdict(list)
    by_language: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_label[outcome.example.label].append(outcome)
        by_language[outcome.example.language].append(outcome)
    suicide = by_label.get("suicide_risk", [])
    hard = [o for o in outcomes if o.example.note == "hard_negative"]
    milliseconds = [outcome.seconds * 1000 for outcome in outcomes]
    return {
        "messages": len(outcomes),
        "accuracy": _share(o.right for o in outcomes),
        "accuracy_by_language": {name: _share(o.right for o in group) for name, group in sorted(by_language.items())},
        "accuracy_by_label": {name: _share(o.right for o in group) for name, group in sorted(by_label.items())},
        "suicide_risk_recall": _share(o.crisis_text or o.predicted == "suicide_risk" for o in suicide),
        "out_of_scope_recall": _share(o.right for o in by_label.get("out_of_scope", [])),
        "false_alarms": {
            "hard_negatives": len(hard),
            "full_crisis_text": sum(o.crisis_text for o in hard),
            "elsewhere": sum(o.crisis_text for o in outcomes if not o.example.accepted & {"suicide_risk", "emergency"} and o not in hard),
        },
        "milliseconds": {"p50": round(statistics.median(milliseconds), 2), "p95": round(_percentile(milliseconds, 0.95), 2)},
        "confusions": _confusions(outcomes),
    }


def _share(hits: Iterable[bool]) -> float | None:
    values = list(hits)
    return round(sum(values) / len(values), 4) if values else None


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _confusions(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """The pairs that were mixed up most, with the ids of their messages (never their words)."""
    pairs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for outcome in outcomes:
        if not outcome.right:
            pairs[outcome.example.label, outcome.predicted].append(outcome.example.id)
    ranked = sorted(pairs.items(), key=lambda item: (-len(item[1]), item[0]))
    return [{"label": label, "predicted": predicted, "count": len(ids), "ids": ids} for (label, predicted), ids in ranked]
