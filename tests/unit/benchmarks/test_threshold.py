"""One threshold for what is out of scope: what it is worth, and which one is chosen."""

from __future__ import annotations

from benchmarks.understanding.threshold import Score, choose, score

INTENTS = ["pay", "pay", "fly", "out_of_scope", "out_of_scope"]
GUESSES = [("pay", 0.9), ("fly", 0.8), ("fly", 0.3), ("pay", 0.4), ("out_of_scope", 0.2)]


def test_below_the_threshold_a_message_is_out_of_scope() -> None:
    assert score(INTENTS, GUESSES, 0.0) == Score(2 / 3, 0.5)
    assert score(INTENTS, GUESSES, 0.35) == Score(1 / 3, 0.5)
    assert score(INTENTS, GUESSES, 0.5) == Score(1 / 3, 1.0)


def test_both_figures_have_to_be_reached() -> None:
    assert Score(0.94, 0.8).reaches(Score(0.94, 0.8))
    assert not Score(0.99, 0.79).reaches(Score(0.94, 0.8))


def test_the_threshold_lies_where_the_kinds_part() -> None:
    intents = ["pay"] * 50 + ["out_of_scope"] * 50
    guesses = [("pay", 0.7)] * 50 + [("pay", 0.3)] * 50
    assert 0.3 < choose(intents, guesses, Score(0.94, 0.8)) <= 0.7


def test_few_messages_ask_for_a_larger_margin_than_many() -> None:
    """At 0.2 the margins are 2 and 3 points, at 0.5 they are 1 and 10: of 3,000 messages one point is sure, of 100 three are chance."""
    inside = [("pay", 0.9)] * 2850 + [("pay", 0.25)] * 30 + [("fly", 0.9)] * 120
    outside = [("pay", 0.1)] * 83 + [("pay", 0.3)] * 7 + [("pay", 0.9)] * 10
    intents = ["pay"] * 3000 + ["out_of_scope"] * 100
    assert 0.3 < choose(intents, [*inside, *outside], Score(0.94, 0.8)) <= 0.9


def test_a_perfect_share_is_no_division_by_zero() -> None:
    assert choose(["pay", "out_of_scope"], [("pay", 0.9), ("out_of_scope", 0.9)], Score(0.94, 0.8)) <= 0.9
