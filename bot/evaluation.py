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
DANGERS = frozenset({"suicide_risk", "emergency"})
_CONTEXT = "ctx"
_HARD_NEGATIVE = "hard_negative"


class EvaluationError(FaroError):
    """The file of labelled messages cannot be used."""


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled message.

    Args:
        accepted: every label that counts as right.
        note: how it is said (``explicit``, ``indirect``, …); ``hard_negative``: words of dying or killing that mean no danger;
            ``ctx``: what it means cannot be told from the message alone.
    """

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


Predict = Callable[[Example], Awaitable[tuple[str, bool]]]
"""From a message (its label unread) to the predicted label and whether the full crisis text is given."""


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
        label, crisis_text = await predict(example)
        predicted = "out_of_scope" if label in FALLBACKS else label
        outcomes.append(Outcome(example, predicted, crisis_text, time.perf_counter() - started))
    return outcomes


def report(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """All figures as plain JSON: shares from 0 to 1, times in milliseconds.

    Messages whose meaning depends on what was said before (note ``ctx``) count in ``context`` only.
    """
    plain = [outcome for outcome in outcomes if outcome.example.note != _CONTEXT]
    context = [outcome for outcome in outcomes if outcome.example.note == _CONTEXT]
    by_label, by_language = _grouped(plain, lambda example: example.label), _grouped(plain, lambda example: example.language)
    suicide = by_label.get("suicide_risk", [])
    return {
        "messages": len(outcomes),
        "accuracy": _right(plain),
        "accuracy_by_language": {name: _right(group) for name, group in by_language.items()},
        "accuracy_by_label": {name: _right(group) for name, group in by_label.items()},
        "messages_by_language": {name: len(group) for name, group in by_language.items()},
        "messages_by_label": {name: len(group) for name, group in by_label.items()},
        "context": {"messages": len(context), "accuracy": _right(context)},
        "suicide_risk_recall": _found(suicide),
        "suicide_risk_recall_by_note": {note: _found(group) for note, group in _grouped(suicide, lambda example: example.note).items()},
        "out_of_scope_recall": _right(by_label.get("out_of_scope", [])),
        "false_alarms": _false_alarms(outcomes),
        "milliseconds": _milliseconds([outcome.seconds for outcome in outcomes]),
        "confusions": _confusions(plain),
    }


def _grouped(outcomes: Iterable[Outcome], key: Callable[[Example], str]) -> dict[str, list[Outcome]]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[key(outcome.example)].append(outcome)
    return dict(sorted(groups.items()))


def _right(outcomes: Iterable[Outcome]) -> float | None:
    return _share(outcome.right for outcome in outcomes)


def _found(suicide: Iterable[Outcome]) -> float | None:
    return _share(outcome.crisis_text or outcome.predicted == "suicide_risk" for outcome in suicide)


def _false_alarms(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How often the full crisis text came where nobody is in danger."""
    hard = [outcome for outcome in outcomes if outcome.example.note == _HARD_NEGATIVE]
    calm = [outcome for outcome in outcomes if outcome.example.note != _HARD_NEGATIVE and not outcome.example.accepted & DANGERS]
    return {
        "hard_negatives": len(hard),
        "full_crisis_text": sum(outcome.crisis_text for outcome in hard),
        "elsewhere": sum(outcome.crisis_text for outcome in calm),
    }


def _milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    return {"p50": round(statistics.median(seconds) * 1000, 2), "p95": round(_percentile(seconds, 0.95) * 1000, 2)}


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
