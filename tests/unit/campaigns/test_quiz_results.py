"""What is shown of a quiz's answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.quiz import Answer, Quiz, QuizText
from bot.campaigns.quiz_book import QuizResults
from bot.campaigns.quiz_results import shown_results
from bot.messages import Language
from tests.unit.campaigns.kit import EN, FR, QUIZ


def test_results_are_bars_of_the_longest_one() -> None:
    found = shown_results(QUIZ, QuizResults({EN: {1: 10, 2: 20}, FR: {1: 10, 2: 20}}), FR, 10)
    assert [(bar.answer, bar.right, bar.count, bar.width) for bar in found.bars] == [("Un fin", False, 20, 50), ("Un épais", True, 40, 100)]
    assert found.total == 60 and found.by_language == {EN: (10, 20), FR: (10, 20)}


def test_few_answers_are_not_shown_at_all() -> None:
    for counts in ({}, {1: 9}, {1: 5, 2: 4}):
        found = shown_results(QUIZ, QuizResults({EN: counts}), EN, 10)
        assert (found.total, found.bars, found.by_language) == (None, (), {})


def test_a_small_number_takes_the_next_one_with_it() -> None:
    found = shown_results(QUIZ, QuizResults({EN: {1: 3, 2: 40}}), EN, 10)
    assert [bar.count for bar in found.bars] == [None, None] and found.total == 43 and found.by_language == {}


def test_languages_are_shown_only_where_none_of_their_numbers_is_small() -> None:
    found = shown_results(QUIZ, QuizResults({EN: {1: 30, 2: 40}, FR: {2: 4}}), EN, 10)
    assert [bar.count for bar in found.bars] == [30, 44] and found.by_language == {}


_counts = st.dictionaries(st.sampled_from([EN, FR]), st.dictionaries(st.integers(1, 4), st.integers(1, 40), max_size=4), max_size=2)
_four = Quiz({EN: QuizText("?", tuple(Answer(str(n), "x") for n in range(4)))})


@given(_counts, st.integers(2, 12))
def test_no_small_number_is_shown_nor_worked_out(counts: dict[Language, dict[int, int]], minimum: int) -> None:
    found = shown_results(_four, QuizResults(counts), EN, minimum)
    shown_counts = [bar.count for bar in found.bars]
    assert all(count is None or count == 0 or count >= minimum for count in shown_counts)
    assert all(count == 0 or count >= minimum for row in found.by_language.values() for count in row)
    if None in shown_counts and found.total is not None:
        assert found.total - sum(count or 0 for count in shown_counts) >= minimum
        assert shown_counts.count(None) >= 2
