"""Quizzes on real stores: each person counts once, nobody is remembered, and a small number is not followed to anybody."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.campaigns.presses import COUNTING
from bot.campaigns.quiz_book import QuizBook
from bot.campaigns.quiz_flow import QuizFlow
from bot.campaigns.tables import DeliveryRow, OccurrenceRow, QuizCountRow, QuizMarkRow
from bot.errors import StaleButton
from bot.messages import Language
from tests.integration.campaigns.conftest import Desk
from tests.unit.campaigns.kit import EN, FR, QUIZ, citizen, draft, placeholders

WITH_QUIZ = draft(quiz=QUIZ)
KEY = bytes(32)


@pytest.fixture
def book(desk: Desk) -> QuizBook:
    return QuizBook(desk.database, KEY, desk.city)


async def _asked(desk: Desk, people: int) -> tuple[int, int]:
    """A campaign with a quiz that so many people got; its number and its occurrence's."""
    campaign = await desk.fired(people, WITH_QUIZ)
    await desk.send()
    async with desk.database.read() as session:
        return campaign, (await session.scalars(select(OccurrenceRow.id))).one()


async def _rows(desk: Desk, table: Any) -> int:
    async with desk.database.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_the_question_goes_out_with_the_message(desk: Desk) -> None:
    await _asked(desk, 1)
    assert desk.messenger.sent == [("0", "bikes/en: Lock your bike twice. Which lock?")]


async def test_an_answer_is_explained_and_counted_in_the_persons_language(desk: Desk, book: QuizBook) -> None:
    campaign, occurrence = await _asked(desk, 3)
    assert await book.answer(citizen(0), occurrence, 1) == QUIZ.texts[EN].answers[0]
    assert await book.answer(citizen(1, FR), occurrence, 2) == QUIZ.texts[FR].answers[1]
    assert await book.answer(citizen(2, Language("it")), occurrence, 2) == QUIZ.texts[EN].answers[1]
    results = await book.results(campaign)
    assert results.by_language == {EN: {1: 1, 2: 1}, FR: {2: 1}} and results.by_answer == {1: 1, 2: 2}


async def test_a_second_press_changes_nothing_also_in_another_language(desk: Desk, book: QuizBook) -> None:
    campaign, occurrence = await _asked(desk, 1)
    await book.answer(citizen(0), occurrence, 1)
    assert await book.answer(citizen(0), occurrence, 2) == QUIZ.texts[EN].answers[1]
    await book.answer(citizen(0, FR), occurrence, 1)
    assert (await book.results(campaign)).by_language == {EN: {1: 1}}


async def test_many_presses_at_once_count_once_each(desk: Desk, book: QuizBook) -> None:
    campaign, occurrence = await _asked(desk, 4)
    await asyncio.gather(*(book.answer(citizen(number % 4), occurrence, 2) for number in range(12)))
    assert (await book.results(campaign)).by_answer == {2: 4}


async def test_whoever_did_not_get_the_message_is_not_counted(desk: Desk, book: QuizBook) -> None:
    campaign, occurrence = await _asked(desk, 1)
    assert await book.answer(citizen(99), occurrence, 1) == QUIZ.texts[EN].answers[0]
    assert (await book.results(campaign)).by_answer == {}
    assert await _rows(desk, QuizMarkRow) == 0


async def test_what_is_stored_names_nobody(desk: Desk, book: QuizBook) -> None:
    _, occurrence = await _asked(desk, 1)
    await book.answer(citizen(0), occurrence, 1)
    async with desk.database.read() as session:
        (mark,) = await session.scalars(select(QuizMarkRow.mark))
    assert len(mark) == 32 and mark != citizen(0).pseudonym
    other = QuizBook(desk.database, b"another key of thirty-two bytes.", desk.city)
    await other.answer(citizen(0), occurrence, 1)
    assert await _rows(desk, QuizMarkRow) == 2, "without the key the mark cannot be made again"
    assert set(QuizMarkRow.__table__.columns.keys()) == {"occurrence_id", "mark"}
    assert set(QuizCountRow.__table__.columns.keys()) == {"occurrence_id", "language", "answer", "number"}


async def test_marks_go_when_counting_is_over_and_the_counts_stay(desk: Desk, book: QuizBook) -> None:
    campaign, occurrence = await _asked(desk, 2)
    await book.answer(citizen(0), occurrence, 2)
    await desk.tick()
    await desk.clockwork.purge(desk.clock() + COUNTING)
    assert await _rows(desk, QuizMarkRow) == 1
    await desk.clockwork.purge(desk.clock() + COUNTING + timedelta(hours=2))
    assert (await _rows(desk, QuizMarkRow), await _rows(desk, DeliveryRow)) == (0, 2)
    late = replace(citizen(0), now=desk.clock() + COUNTING + timedelta(hours=2))
    assert await book.answer(late, occurrence, 1) == QUIZ.texts[EN].answers[0], "the explanation is still there"
    assert (await book.results(campaign)).by_answer == {2: 1}, "and nobody counts twice"


async def test_the_flow_answers_and_offers_help(desk: Desk, book: QuizBook) -> None:
    _, occurrence = await _asked(desk, 1)
    step = await QuizFlow(book, placeholders()).press(citizen(0), f"{occurrence}:2", None)
    (said,) = step.say
    assert (said.key, said.params["answer"], said.params["explanation"]) == ("quiz.answer", "A thick one", "That is **better**.")
    assert [choice.payload for row in said.choices for choice in row] == [f"help:sent:{occurrence}", "menu:open"] and step.state is None


_NINES = "9" * 40


@pytest.mark.parametrize(
    "rest", ["", "1", "x:1", "1:x", "1:0", "1:3", "1:-1", "1:1:1", "2:1", "1: 1", "1:\u0661", f"{_NINES}:1", f"1:{_NINES}"]
)
async def test_what_no_quiz_offers_is_stale(desk: Desk, book: QuizBook, rest: str) -> None:
    _, occurrence = await _asked(desk, 1)
    assert occurrence == 1
    with pytest.raises(StaleButton):
        await QuizFlow(book, placeholders()).press(citizen(0), rest, None)


async def test_a_campaign_without_a_quiz_has_no_answers(desk: Desk, book: QuizBook) -> None:
    campaign = await desk.fired(1)
    assert await book.answer(citizen(0), 1, 1) is None
    assert (await book.results(campaign)).by_answer == {}


async def test_nothing_typed_belongs_to_a_quiz(desk: Desk, book: QuizBook) -> None:
    with pytest.raises(StaleButton):
        await QuizFlow(book, placeholders()).text(citizen(0), "2", {})
