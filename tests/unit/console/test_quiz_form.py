"""The quiz's form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.campaigns.quiz import MOST_ANSWERS
from bot.city import City
from bot.console.forms import Form
from bot.console.quiz_form import QuizForm
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
