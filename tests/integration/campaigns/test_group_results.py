"""Results by group on real stores: counted once, in sums, and without anybody's row keeping more than before."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.campaigns.clockwork import KEEP_DELIVERIES
from bot.campaigns.groups import Counts, Dimension
from bot.campaigns.help_presses import HelpPresses
from bot.campaigns.presses import COUNTING
from bot.campaigns.quiz_book import QuizBook
from bot.campaigns.result_book import ResultBook, Sending
from bot.campaigns.tables import GroupCountRow, RecipientRow
from bot.campaigns.tally import Tally
from bot.storage import Database
from tests.integration.campaigns.conftest import TRIAL_KEY, Desk
from tests.unit.campaigns.kit import FR, QUIZ, citizen, draft

PEOPLE = 6


async def _tell(desk: Desk, number: int, **told: str) -> None:
    """Person number so-and-so tells something of themselves."""
    async with desk.database.begin() as session:
        await session.execute(update(RecipientRow).where(RecipientRow.pseudonym == citizen(number).pseudonym).values(**told))


async def _sent(desk: Desk) -> int:
    """A campaign with a quiz that six people got at once; two live in the hills, one is 13."""
    campaign = await desk.fired(PEOPLE, draft(quiz=QUIZ))
    await _tell(desk, 0, district="hills", language=FR)
    await _tell(desk, 1, district="hills", age_band="from13")
    await desk.sender_on(desk.database, in_flight=1).run_once()
    await desk.tick()
    return campaign


async def _newest(desk: Desk, campaign: int) -> Sending:
    found = await ResultBook(desk.database).newest(campaign)
    assert found is not None
    return found


@pytest.fixture
def tally(desk: Desk) -> Tally:
    return Tally(desk.database, desk.city, TRIAL_KEY)


async def test_whom_a_sending_reached_is_counted_once_after_its_end(desk: Desk, tally: Tally, another_process: Database) -> None:
    campaign = await desk.fired(PEOPLE)
    assert await tally.count_finished(desk.clock()) == 0, "it has not ended"
    await _tell(desk, 0, district="hills")
    await desk.send()
    desk.clock.move(hours=3)
    await desk.tick()
    tallies = (tally, Tally(another_process, desk.city, TRIAL_KEY), tally)
    assert sum(await asyncio.gather(*(one.count_finished(desk.clock()) for one in tallies))) == 1
    groups = (await _newest(desk, campaign)).groups
    assert groups[Dimension.ALL] == {"": Counts(sent=PEOPLE)} and groups[Dimension.LANGUAGE] == {"en": Counts(sent=PEOPLE)}
    assert groups[Dimension.DISTRICT] == {"": Counts(sent=PEOPLE - 1), "hills": Counts(sent=1)}
    assert groups[Dimension.AGE] == {"": Counts(sent=PEOPLE)} and groups[Dimension.CHANNEL] == {"telegram": Counts(sent=PEOPLE)}
    assert groups[Dimension.HOUR] == {"18": Counts(sent=PEOPLE)}, "the hour of the city's clock at which it left"


async def test_what_people_do_counts_for_each_of_their_groups(desk: Desk, tally: Tally) -> None:
    campaign = await _sent(desk)
    quizzes, helped = QuizBook(desk.database, bytes(32), desk.city), HelpPresses(desk.database, desk.city, TRIAL_KEY)
    await quizzes.answer(citizen(0), 1, 2)
    await quizzes.answer(citizen(1), 1, 1)
    await quizzes.answer(citizen(1), 1, 2)
    await helped.opened(citizen(1), 1)
    await tally.count_finished(desk.clock())
    found = await _newest(desk, campaign)
    assert found.everybody == Counts(PEOPLE, 1, 2, 1) and found.answers == {1: 1, 2: 1}
    assert found.groups[Dimension.DISTRICT] == {"": Counts(PEOPLE - 2), "hills": Counts(2, 1, 2, 1)}
    assert found.groups[Dimension.AGE] == {"": Counts(PEOPLE - 1, 0, 1, 1), "from13": Counts(1, 1, 1, 0)}


async def test_help_counts_a_person_once_and_only_who_got_the_message(desk: Desk) -> None:
    campaign = await _sent(desk)
    helped = HelpPresses(desk.database, desk.city, TRIAL_KEY)
    for person in (0, 0, 1, 99, 0):
        await helped.opened(citizen(person), 1)
    await helped.opened(citizen(2), 7)
    assert (await _newest(desk, campaign)).everybody.help == 2
    async with desk.database.read() as session:
        rows = (await session.execute(select(GroupCountRow))).scalars().all()
    assert all(citizen(person).pseudonym not in f"{row.key}{row.dimension}" for row in rows for person in range(PEOPLE))
    assert set(GroupCountRow.__table__.columns.keys()) == {"occurrence_id", "dimension", "key", "event", "number"}


async def test_many_presses_at_once_are_all_counted(desk: Desk) -> None:
    campaign = await _sent(desk)
    helped, quizzes = HelpPresses(desk.database, desk.city, TRIAL_KEY), QuizBook(desk.database, bytes(32), desk.city)
    people = [citizen(number) for number in range(PEOPLE)]
    await asyncio.gather(*(helped.opened(one, 1) for one in people), *(quizzes.answer(one, 1, 2) for one in reversed(people)))
    everybody = (await _newest(desk, campaign)).everybody
    assert (everybody.help, everybody.answered, everybody.right) == (PEOPLE, PEOPLE, PEOPLE)


async def test_nothing_rises_any_more_when_counting_is_over(desk: Desk, tally: Tally) -> None:
    campaign = await _sent(desk)
    await tally.count_finished(desk.clock())
    found = await _newest(desk, campaign)
    end = desk.clock() + COUNTING
    assert found.final_at == end and not found.is_final(end - timedelta(seconds=1)) and found.is_final(end)
    await HelpPresses(desk.database, desk.city, TRIAL_KEY).opened(replace(citizen(0), now=end), 1)
    await QuizBook(desk.database, bytes(32), desk.city).answer(replace(citizen(0), now=end), 1, 2)
    assert (await _newest(desk, campaign)).everybody == Counts(sent=PEOPLE)
    await desk.clockwork.purge(desk.clock() + KEEP_DELIVERIES + timedelta(days=1))
    assert (await _newest(desk, campaign)).everybody == Counts(sent=PEOPLE), "the sums outlive the deliveries"


async def test_a_store_that_fails_never_stands_between_anybody_and_help(desk: Desk) -> None:
    await _sent(desk)
    helped = HelpPresses(desk.database, desk.city, TRIAL_KEY)
    desk.database.begin = None  # type: ignore[method-assign,assignment]
    await helped.opened(citizen(0), 1)


async def test_progress_knows_how_many_were_handled_in_the_last_minute(desk: Desk) -> None:
    campaign = await desk.fired(PEOPLE)
    await desk.send()
    desk.clock.move(seconds=30)
    assert (await desk.progress(campaign)).pace == PEOPLE / 30
    desk.clock.move(seconds=31)
    assert (await desk.progress(campaign)).pace == 0.0
