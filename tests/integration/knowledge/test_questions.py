"""Unanswered questions: sealed, without who asked, gone in time, put together by meaning."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from bot.crypto import SymmetricKey
from bot.knowledge.alarm import Alarm
from bot.knowledge.questions import Questions
from bot.knowledge.service import Knowledge
from bot.knowledge.tables import UnansweredQuestionRow
from bot.storage import Database
from tests.unit.knowledge.kit import EN, FR, NOON, Hands, QuietEar, SmallCity, WordEncoder, citizen

KEY = SymmetricKey.generate()
WORDS = frozenset({"what", "is"})


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def questions(database: Database, clock: Hands) -> Questions:
    return Questions(database, KEY, SmallCity(), clock)


def note(questions: Questions, text: str, asker: str = "a") -> bool:
    return questions.note(asker, EN, text, b"\x00" * 8, "words-1", WORDS)


async def test_a_question_is_kept_sealed_and_without_a_person_or_an_hour(questions: Questions, database: Database) -> None:
    assert note(questions, "is the harbour bridge haunted by Maria", asker="the-pseudonym")
    await questions.flush()
    async with database.read() as session:
        row = (await session.scalars(select(UnansweredQuestionRow))).one()
    assert row.asked_on == NOON.date() and re.fullmatch("[0-9a-f]{32}", row.id)
    assert b"harbour" not in row.sealed and b"pseudonym" not in row.sealed
    (found,) = await questions.all()
    assert (found.text, found.language, found.vector, found.encoder) == ("is the harbour bridge haunted by …", EN, b"\x00" * 8, "words-1")


async def test_another_key_opens_nothing(questions: Questions, database: Database, clock: Hands) -> None:
    note(questions, "is the harbour bridge haunted")
    await questions.flush()
    assert await Questions(database, SymmetricKey.generate(), SmallCity(), clock).all() == []


async def test_questions_go_when_their_time_is_over(questions: Questions, clock: Hands) -> None:
    note(questions, "is the harbour bridge haunted")
    await questions.flush()
    clock.move(days=30)
    assert await questions.purge() == 0
    clock.move(days=1)
    assert await questions.purge() == 1 and await questions.all() == []


async def test_a_failing_store_loses_no_question(questions: Questions, monkeypatch: pytest.MonkeyPatch) -> None:
    note(questions, "is the harbour bridge haunted")
    monkeypatch.setattr(questions, "_row", lambda question: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await questions.flush()
    monkeypatch.undo()
    await questions.flush()
    assert len(await questions.all()) == 1


async def test_like_questions_of_both_languages_come_together_and_few_are_only_counted(database: Database, clock: Hands) -> None:
    encoder = WordEncoder()
    knowledge = Knowledge.build(
        database=database,
        key=KEY,
        city=SmallCity(),
        embedder=encoder,
        crisis_lines=lambda language, now: "",
        hear=lambda text: Alarm.NONE,
        ear=QuietEar(),
        clock=clock,
    )
    await knowledge.keeper.look()
    asked = (
        (EN, "bridge haunted harbour ghosts really"),
        (EN, "bridge haunted harbour ghosts when"),
        (FR, "bridge haunted harbour ghosts où"),
        (EN, "volcano lava hot kitchen"),
        (EN, "volcano lava hot garden"),
    )
    for number, (language, text) in enumerate(asked):
        await knowledge.flow.text(citizen(number, language), text, {"asking": True})
    wonders = await knowledge.wondering.read()
    (cluster,) = wonders.clusters
    assert len(cluster.questions) == 3 and wonders.others == 2
    assert all("haunted" in question.text for question in cluster.questions)
    assert await knowledge.wondering.settle(cluster.id) == 3
    assert (await knowledge.wondering.read()).clusters == () and await knowledge.wondering.settle(cluster.id) == 0
