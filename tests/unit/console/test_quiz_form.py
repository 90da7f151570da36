"""The quiz's form, and what is shown of its results."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.quiz import MOST_ANSWERS, Answer, Quiz, QuizText
from bot.campaigns.quiz_book import QuizResults
from bot.city import City
from bot.console.forms import Form
from bot.console.quiz_form import QuizForm, shown_results
from bot.messages import Language
from tests.unit.campaigns.kit import EN, FR, QUIZ

CITY = replace(City.load(Path(__file__).parents[3] / "city"), languages=(EN, FR))


def test_a_form_shows_what_it_reads() -> None:
    form = QuizForm.of(QUIZ, CITY)
    fields = [("right", "2")]
    for language, text in form.texts.items():
        fields.append((f"question_{language}", text.question))
        for number, one in enumerate(text.answers, start=1):
            fields += [(f"answer_{language}_{number}", one.answer), (f"explanation_{language}_{number}", one.explanation)]
    assert QuizForm.read(Form(fields), CITY).quiz == QUIZ


def test_an_empty_form_is_no_quiz() -> None:
    assert QuizForm.of(None, CITY).quiz is None
    assert QuizForm.read(Form([]), CITY).quiz is None
    assert all(len(text.answers) == MOST_ANSWERS for text in QuizForm.of(None, CITY).texts.values())


def test_a_right_answer_that_no_form_offers_is_none() -> None:
    for sent in ("0", "9", "x", "٢", ""):
        assert QuizForm.read(Form([("right", sent)]), CITY).right is None




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
