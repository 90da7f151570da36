"""Quizzes: what may be wrong with one, and that an approval binds to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.campaigns.drafts import TEXT_LIMIT, content_hash
from bot.campaigns.quiz import ANSWER_LIMIT, EXPLANATION_LIMIT, QUESTION_LIMIT, Answer, Quiz, QuizText, dump_text, load_text
from bot.campaigns.quiz_rules import find_quiz_problems
from bot.city import Source
from tests.unit.campaigns.kit import EN, FR, QUIZ, SmallCity, draft

TEXT = QUIZ.texts[EN]


def codes(quiz: Quiz) -> list[str]:
    cleaned = draft(quiz=quiz).cleaned()
    return [problem.code for problem in find_quiz_problems(cleaned, SmallCity())]


def changed(**changes: object) -> Quiz:
    return replace(QUIZ, texts={**QUIZ.texts, EN: replace(TEXT, **changes)})  # type: ignore[arg-type]


def test_a_complete_quiz_has_no_problem() -> None:
    assert codes(QUIZ) == []
    assert codes(replace(QUIZ, right=None)) == []


def test_a_campaign_without_a_quiz_has_no_problem_with_it() -> None:
    assert list(find_quiz_problems(draft(), SmallCity())) == []


@pytest.mark.parametrize(
    ("quiz", "expected"),
    [
        (replace(QUIZ, texts={EN: TEXT}), ["quiz_language_missing"]),
        (replace(QUIZ, right=3), ["quiz_right_unknown"]),
        (replace(QUIZ, right=0), ["quiz_right_unknown"]),
        (changed(question=" "), ["quiz_question_missing"]),
        (changed(question="x" * (QUESTION_LIMIT + 1)), ["quiz_question_too_long"]),
        (changed(question="\x07"), ["unreadable"]),
        (changed(answers=TEXT.answers[:1]), ["quiz_answers_differ", "quiz_answers_number"]),
        (changed(answers=TEXT.answers * 3), ["quiz_answers_differ", "quiz_answers_number"]),
        (changed(answers=(TEXT.answers[0], Answer("x", ""))), ["quiz_answer_incomplete"]),
        (changed(answers=(TEXT.answers[0], Answer("", "x"))), ["quiz_answer_incomplete"]),
        (changed(answers=(TEXT.answers[0], Answer("x" * (ANSWER_LIMIT + 1), "x"))), ["quiz_answer_too_long"]),
        (changed(answers=(TEXT.answers[0], Answer("x", "x" * (EXPLANATION_LIMIT + 1)))), ["quiz_answer_too_long"]),
        (changed(answers=(TEXT.answers[0], Answer("\x07", "x"))), ["unreadable"]),
        (changed(answers=(TEXT.answers[0], Answer("x", "Look at http://example.org {name}"))), ["placeholder_unknown", "link_not_https"]),
    ],
)
def test_each_problem_is_named(quiz: Quiz, expected: list[str]) -> None:
    assert codes(quiz) == expected


def test_text_and_question_fit_into_one_message() -> None:
    long = draft(quiz=QUIZ, texts={EN: "x" * TEXT_LIMIT, FR: "x"}).cleaned()
    assert [problem.code for problem in find_quiz_problems(long, SmallCity())] == ["quiz_and_text_too_long"]


def test_a_language_that_the_city_does_not_speak_is_named() -> None:
    assert [problem.code for problem in find_quiz_problems(draft(quiz=QUIZ), SmallCity(languages=(EN,)))] == ["language_unknown"]


def test_empty_answers_and_languages_are_left_out() -> None:
    untidy = Quiz({EN: QuizText(" Which\n one? ", (Answer(" a  b ", " c\r\nd "), Answer(" ", ""))), FR: QuizText("", (Answer("", ""),))})
    assert untidy.cleaned() == Quiz({EN: QuizText("Which one?", (Answer("a b", "c\nd"),))})
    assert Quiz({EN: QuizText(" ", ())}).cleaned() is None


def test_a_quiz_is_stored_word_by_word() -> None:
    assert load_text(dump_text(TEXT)) == TEXT


def test_an_approval_binds_to_every_word_of_the_quiz_and_to_the_sources() -> None:
    seen = draft(quiz=QUIZ)
    last = TEXT.answers[-1]
    others = [
        draft(),
        draft(quiz=replace(QUIZ, right=1)),
        draft(quiz=changed(question="Another?")),
        draft(quiz=changed(answers=(*TEXT.answers[:-1], replace(last, answer="Other")))),
        draft(quiz=changed(answers=(*TEXT.answers[:-1], replace(last, explanation="Other")))),
        draft(quiz=changed(answers=TEXT.answers[::-1])),
        draft(quiz=QUIZ, sources=(Source("The city"),)),
        draft(quiz=QUIZ, sources=(Source("The city", "https://example.org"),)),
    ]
    hashes = {content_hash(one, "Europe/Paris") for one in (seen, *others)}
    assert len(hashes) == len(others) + 1
