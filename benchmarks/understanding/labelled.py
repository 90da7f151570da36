"""Labelled messages: what ``faro evaluate`` finds, as tables with targets and the mistakes that matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.figures import Target
from benchmarks.report import Sheet, verdict
from bot.evaluation import DANGERS, read_examples, report
from bot.understanding import predictions

_OVERALL = Target(0.90, at_least=True)
_LANGUAGE = Target(0.86, at_least=True)
_AT_RISK = Target(0.98, at_least=True)
_OUTSIDE = Target(0.88, at_least=True)
_FALSE_ALARMS = Target(0.05)
_REST = "out_of_scope"
_PAIRS = 20
_SMALL_TALK = frozenset({"greet", "thanks", "goodbye", "bot_identity"})


async def measure_labelled(file: Path, say: Callable[[str], None]) -> list[Sheet]:
    """Ask Faro every message of the file.

    Raises:
        EvaluationError, ModelMissing.
    """
    say("reading labelled messages")
    return sheets(report(await predictions(read_examples(file))))


def sheets(figures: Mapping[str, Any]) -> list[Sheet]:
    """The tables of :func:`bot.evaluation.report`: totals, labels, mistakes."""
    return [_totals(figures), _labels(figures), _mistakes(figures)]


def _totals(figures: Mapping[str, Any]) -> Sheet:
    alarms, context = figures["false_alarms"], figures["context"]
    labels, languages = figures["messages_by_label"], figures["messages_by_language"]
    hard = alarms["full_crisis_text"] / alarms["hard_negatives"] if alarms["hard_negatives"] else None
    rows = [
        _row("understood", figures["messages"] - context["messages"], figures["accuracy"], _OVERALL),
        *(_row(f"  {name}", languages[name], share, _LANGUAGE) for name, share in figures["accuracy_by_language"].items()),
        _row("suicide risk, found by net or model", labels.get("suicide_risk", 0), figures["suicide_risk_recall"], _AT_RISK),
        *(_row(f"  {note or 'without a note'}", None, share) for note, share in figures["suicide_risk_recall_by_note"].items()),
        _row("out of scope, recognised", labels.get(_REST, 0), figures["out_of_scope_recall"], _OUTSIDE),
        _row("harmless words of dying with the full crisis text", alarms["hard_negatives"], hard, _FALSE_ALARMS),
        _row("cannot be told without context (not counted above)", context["messages"], context["accuracy"]),
    ]
    times = figures["milliseconds"]
    notes = [
        f"The full crisis text came {alarms['elsewhere']} more times where nobody was in danger.",
        f"Time per message, with the dialogue and the way there and back: p50 {times['p50']} ms, p95 {times['p95']} ms.",
    ]
    return Sheet("Labelled messages, as `faro evaluate` counts", ("", "messages", "share", "wanted", ""), rows, notes, dict(figures))


def _row(name: str, count: int | None, share: float | None, target: Target | None = None) -> tuple[str, str, str, str, str]:
    wanted = "" if target is None else f"{'≥' if target.at_least else '≤'} {target.bound:.0%}"
    met = None if target is None or share is None else target.is_met(share)
    return name, "" if count is None else str(count), "" if share is None else f"{share:.1%}", wanted, verdict(met)


def _labels(figures: Mapping[str, Any]) -> Sheet:
    rows = []
    for label, share in sorted(figures["accuracy_by_label"].items(), key=lambda item: item[1]):
        taken = [f"{pair['predicted']} {pair['count']}" for pair in figures["confusions"] if pair["label"] == label]
        rows.append((label, str(figures["messages_by_label"][label]), f"{share:.0%}", ", ".join(taken[:4])))
    return Sheet("The same by label, weakest first", ("", "messages", "understood", "otherwise taken for"), rows)


def _mistakes(figures: Mapping[str, Any]) -> Sheet:
    weighed = [(_weight(pair["label"], pair["predicted"]), pair) for pair in figures["confusions"]]
    matter = sorted((each for each in weighed if each[0] < len(_KINDS)), key=lambda each: (each[0], -each[1]["count"]))
    rows = [(_KINDS[weight], pair["label"], pair["predicted"], str(pair["count"])) for weight, pair in matter[:_PAIRS]]
    return Sheet("Mistakes that matter, gravest first", ("", "meant", "taken for", "times"), rows)


_KINDS = ("danger not seen", "help for something else", "a question back instead of help", "alarm without need", "help without need")


def _weight(label: str, predicted: str) -> int:
    """The kind of a mistake, as an index of ``_KINDS``; one more for those that hardly matter, such as small talk."""
    if label in DANGERS and predicted not in DANGERS:
        return 0
    if {label, predicted} & _SMALL_TALK:
        return len(_KINDS)
    if predicted in DANGERS:
        return 1 if label in DANGERS else 3
    if label == _REST:
        return 4
    return 2 if predicted == _REST else 1
