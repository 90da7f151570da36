"""The figures of ``faro evaluate``: what counts as right, and what is counted apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.evaluation import EvaluationError, Example, Outcome, evaluate, read_examples, report

HEADER = "id\tlanguage\ttext\tlabel\talso_ok\tnote\n"


def outcome(
    predicted: str, label: str, *also: str, note: str = "", language: str = "en", crisis: bool = False, seconds: float = 0.01
) -> Outcome:
    return Outcome(Example("x1", language, "…", label, frozenset({label, *also}), note), predicted, crisis, seconds)


def test_a_file_is_read_with_everything_that_counts_as_right(tmp_path: Path) -> None:
    file = tmp_path / "set.tsv"
    file.write_text(HEADER + 'd1\tfr\t"pas" de guillemets\tscam\thelpline, report_crime\tctx\n', encoding="utf-8")
    (example,) = read_examples(file)
    assert example == Example("d1", "fr", '"pas" de guillemets', "scam", frozenset({"scam", "helpline", "report_crime"}), "ctx")


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    file = tmp_path / "set.tsv"
    file.write_text("id\tlanguage\ttext\tlabel\n")
    with pytest.raises(EvaluationError, match="missing column also_ok"):
        read_examples(file)


async def test_a_question_back_counts_as_out_of_scope() -> None:
    async def unsure(example: Example) -> tuple[str, bool]:
        return "nlu_fallback", False

    example = Example("d1", "en", "what", "out_of_scope", frozenset({"out_of_scope"}))
    (found,) = await evaluate([example], unsure)
    assert found.predicted == "out_of_scope" and found.right and found.seconds > 0


def test_another_accepted_label_is_right_too() -> None:
    figures = report([outcome("helpline", "scam", "helpline"), outcome("hate", "scam", language="it")])
    assert figures["accuracy"] == 0.5
    assert figures["accuracy_by_language"] == {"en": 1.0, "it": 0.0}
    assert figures["accuracy_by_label"] == {"scam": 0.5}
    assert [(pair["label"], pair["predicted"], pair["ids"]) for pair in figures["confusions"]] == [("scam", "hate", ["x1"])]


def test_what_cannot_be_told_from_the_message_alone_is_scored_apart() -> None:
    figures = report([outcome("scam", "scam"), outcome("hate", "scam", note="ctx")])
    assert figures["accuracy"] == 1.0 and figures["confusions"] == []
    assert figures["context"] == {"messages": 1, "accuracy": 0.0}


def test_the_net_or_the_model_finds_somebody_at_risk() -> None:
    figures = report([
        outcome("suicide_risk", "suicide_risk", note="explicit"),
        outcome("hate", "suicide_risk", note="indirect", crisis=True),
        outcome("hate", "suicide_risk", note="indirect"),
    ])  # fmt: skip
    assert figures["suicide_risk_recall"] == 0.6667
    assert figures["suicide_risk_recall_by_note"] == {"explicit": 1.0, "indirect": 0.5}


def test_alarms_are_false_only_where_nobody_is_in_danger() -> None:
    figures = report([
        outcome("suicide_risk", "out_of_scope", note="hard_negative", crisis=True),
        outcome("out_of_scope", "out_of_scope", note="hard_negative"),
        outcome("suicide_risk", "scam", crisis=True),
        outcome("suicide_risk", "hate", "suicide_risk", crisis=True),
        outcome("suicide_risk", "emergency", crisis=True),
    ])  # fmt: skip
    assert figures["false_alarms"] == {"hard_negatives": 2, "full_crisis_text": 1, "elsewhere": 1}


def test_times_are_in_milliseconds() -> None:
    times = report([outcome("scam", "scam", seconds=number / 1000) for number in range(1, 101)])["milliseconds"]
    assert times == {"p50": 50.5, "p95": 96.0}
