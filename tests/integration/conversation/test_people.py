"""What is remembered of a person: sealed, and gone when its time is over, whether they write again or not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bot.conversation.people import People
from bot.crypto import SymmetricKey
from bot.messages import Pseudonym, Reply, Step, Turn
from bot.storage import Database

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
SOMEBODY = Pseudonym("a" * 32)
KEY = SymmetricKey.generate()


def _people(database: Database) -> People:
    return People(database, KEY, timedelta(days=30))


async def _told(people: People, step: Step, turn: Turn | None = None) -> None:
    person = await people.load(SOMEBODY, NOW)
    person.keep("tip", step, NOW)
    person.remember("m1")
    await people.save(person, turn or Turn(), NOW)


async def test_a_draft_comes_back(database: Database) -> None:
    people = _people(database)
    await _told(people, Step((), {"story": "what i saw"}))
    person = await people.load(SOMEBODY, NOW)
    assert (person.memory.flow, person.states) == ("tip", {"tip": {"story": "what i saw"}})
    assert person.has_seen("m1")


async def test_nothing_of_it_can_be_read_in_the_store(database: Database) -> None:
    await _told(_people(database), Step((), {"story": "what i saw"}), Turn((Reply("you said: what i saw"),)))
    async with database.read() as session:
        rows = [str(tuple(row)) for table in ("person", "person_flow") for row in await session.execute(text(f"SELECT * FROM {table}"))]
    assert len(rows) == 2
    assert not any("what i saw" in row or "tip.state" in row for row in rows)


async def test_what_a_flow_wants_kept_for_minutes_goes_after_minutes_by_itself(database: Database) -> None:
    people = _people(database)
    await _told(people, Step((), {"words": "six words"}, keep_for=timedelta(minutes=30)))
    await people.purge(NOW + timedelta(minutes=29))
    assert (await people.load(SOMEBODY, NOW)).states != {}
    await people.purge(NOW + timedelta(minutes=30))
    async with database.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM person_flow")) == 0


async def test_a_state_past_its_time_is_not_used_even_before_it_is_purged(database: Database) -> None:
    people = _people(database)
    await _told(people, Step((), {"story": "x"}))
    person = await people.load(SOMEBODY, NOW + timedelta(hours=24))
    assert person.states == {}
    assert person.memory.flow == "tip"


async def test_a_flow_that_is_over_leaves_nothing(database: Database) -> None:
    people = _people(database)
    await _told(people, Step((), {"story": "x"}))
    await _told(people, Step())
    async with database.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM person_flow")) == 0


async def test_a_reply_to_be_seen_once_is_not_kept(database: Database) -> None:
    people = _people(database)
    await _told(people, Step(), Turn((Reply("six words", sensitive=True),)))
    assert (await people.load(SOMEBODY, NOW)).replay is None


async def test_replies_are_kept_for_minutes_only(database: Database) -> None:
    people = _people(database)
    await _told(people, Step(), Turn((Reply("hello"),)))
    assert (await people.load(SOMEBODY, NOW)).replay == Turn((Reply("hello"),))
    await people.purge(NOW + timedelta(minutes=11))
    assert (await people.load(SOMEBODY, NOW)).replay is None


async def test_forgetting_leaves_no_row(database: Database) -> None:
    people = _people(database)
    await _told(people, Step((), {"story": "x"}))
    await people.forget(SOMEBODY)
    async with database.read() as session:
        counts = [await session.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("person", "person_flow")]
    assert counts == [0, 0]


async def test_with_another_key_a_person_begins_anew(database: Database) -> None:
    await _told(_people(database), Step((), {"story": "x"}))
    person = await People(database, SymmetricKey.generate(), timedelta(days=30)).load(SOMEBODY, NOW)
    assert (person.states, person.memory.flow) == ({}, None)


async def test_persons_go_after_their_time(database: Database) -> None:
    people = _people(database)
    await _told(people, Step())
    assert await people.purge(NOW + timedelta(days=31)) == 1


async def test_until_when_a_flow_is_kept_can_be_asked_without_opening_it(database: Database) -> None:
    people = _people(database)
    await _told(people, Step((), {"story": "x"}))
    assert await _people(database).kept_until(SOMEBODY, "tip") == NOW + timedelta(hours=24)
    assert await people.kept_until(SOMEBODY, "guide") is None
    assert await people.kept_until(Pseudonym("b" * 32), "tip") is None
