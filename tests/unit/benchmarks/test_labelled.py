"""The tables of labelled messages, made of what ``faro evaluate`` counts."""

from __future__ import annotations

from benchmarks.understanding.labelled import sheets
from bot.evaluation import Example, Outcome, report


def outcome(predicted: str, label: str, note: str = "", language: str = "en") -> Outcome:
    return Outcome(Example("x", language, "…", label, frozenset({label}), note), predicted, predicted == "suicide_risk", 0.01)


OUTCOMES = [
    *[outcome("scam", "scam")] * 9,
    outcome("greet", "thanks"),
    outcome("hate", "trolling", language="fr"),
    outcome("out_of_scope", "hate"),
    outcome("scam", "out_of_scope"),
    outcome("suicide_risk", "scam"),
    outcome("helpline", "suicide_risk", "indirect"),
    outcome("emergency", "suicide_risk", "indirect"),
    outcome("hate", "scam", "ctx"),
]


def test_totals_have_their_targets_and_leave_out_what_needs_context() -> None:
    totals = {row[0].strip(): row[1:] for row in sheets(report(OUTCOMES))[0].rows}
    assert totals["understood"] == ("16", "56.2%", "≥ 90%", "[red]missed[/red]")
    assert totals["fr"] == ("1", "0.0%", "≥ 86%", "[red]missed[/red]")
    assert totals["suicide risk, found by net or model"][:2] == ("2", "0.0%")
    assert totals["indirect"] == ("", "0.0%", "", "")
    assert totals["harmless words of dying with the full crisis text"] == ("0", "", "≤ 5%", "")
    assert totals["cannot be told without context (not counted above)"][:2] == ("1", "0.0%")


def test_labels_stand_weakest_first_with_what_they_were_taken_for() -> None:
    labels = list(sheets(report(OUTCOMES))[1].rows)
    assert labels[0][2] == "0%" and labels[-1] == ("scam", "10", "90%", "suicide_risk 1")


def test_mistakes_are_weighed_and_small_talk_is_left_out() -> None:
    mistakes = [(row[0], row[1]) for row in sheets(report(OUTCOMES))[2].rows]
    assert mistakes == [
        ("danger not seen", "suicide_risk"),
        ("help for something else", "suicide_risk"),
        ("help for something else", "trolling"),
        ("a question back instead of help", "hate"),
        ("alarm without need", "scam"),
        ("help without need", "out_of_scope"),
    ]
