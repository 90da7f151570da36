"""Threads on a real store: who begins, who goes on, which way; each episode once for each person, whatever happens between."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from bot.campaigns.clockwork import Clockwork
from bot.campaigns.drafts import CampaignDraft
from bot.campaigns.quiz_book import QuizBook
from bot.campaigns.tables import CampaignRow, CampaignState, DeliveryRow, OccurrenceRow, ThreadWalkRow
from bot.campaigns.tally import Tally
from bot.campaigns.thread_desk import Thread, ThreadDesk
from bot.campaigns.thread_results import ThreadResults
from bot.campaigns.threads import Onward, Pace
from bot.campaigns.wishes import WishBook
from bot.errors import Conflict, Invalid, NotAllowed
from bot.messages import Citizen
from bot.storage import Database
from tests.integration.campaigns.conftest import APPROVER, AUTHOR, TRIAL_KEY, Desk, at
from tests.unit.campaigns.kit import EN, FR, QUIZ, citizen, draft, wall

PLAN = draft(send_at=wall("2026-11-27T17:30"), late_after=timedelta(hours=24))
"""From Friday on, at half past five in Paris."""


def told(title: str, onward: Onward, *, asks: bool = False) -> CampaignDraft:
    return replace(PLAN, title=title, texts={EN: title, FR: title}, onward=onward, quiz=QUIZ if asks else None)


def fork(pace: Pace = Pace.TIME, joining: int | None = 1) -> list[CampaignDraft]:
    """Who answers 1 goes left, everybody else right; both come to the end."""
    return [
        told("start", Onward("start", "right", 7, ((1, "left"),), pace, joining), asks=True),
        told("left", Onward("left", "end", 2)),
        told("right", Onward("right", "end", 2)),
        told("end", Onward("end")),
    ]


class Threads:
    """A desk with a thread on it."""

    def __init__(self, desk: Desk, database: Database) -> None:
        self.desk = desk
        self.work = ThreadDesk(database, desk.planner, desk.city, desk.clock)
        self.quizzes = QuizBook(database, TRIAL_KEY, desk.city)
        self.database = database

    async def begun(self, episodes: Sequence[CampaignDraft]) -> Thread:
        made = await self.desk.planner.create_series(AUTHOR, list(episodes))
        thread = await self.work.get(made[0].series or "")
        return await self.approved(thread)

    async def approved(self, thread: Thread) -> Thread:
        thread = await self.work.submit(AUTHOR, thread.series, thread.version)
        return await self.work.approve(APPROVER, thread.series, thread.content_hash)

    async def join(self, number: int, moment: str) -> Citizen:
        person = replace(citizen(number), now=at(moment))
        await self.desk.subscriptions.add(person, "bikes")
        return person

    async def pass_time(self, moment: str) -> list[str]:
        """What is sent at a moment."""
        self.desk.clock.now = at(moment)
        self.desk.messenger.sent.clear()
        await self.desk.tick()
        await self.desk.send()
        await self.desk.tick()
        return sorted(text.removeprefix("bikes/en: ").split()[0] + f" {who}" for who, text in self.desk.messenger.sent)

    async def answer(self, person: Citizen, number: int, moment: str) -> None:
        self.desk.clock.now = at(moment)
        async with self.database.read() as session:
            mine = select(func.max(DeliveryRow.occurrence_id)).where(DeliveryRow.pseudonym == person.pseudonym)
            occurrence_id = await session.scalar(mine)
        assert occurrence_id is not None
        assert await self.quizzes.answer(replace(person, now=at(moment)), occurrence_id, number) is not None

    async def walks(self) -> int:
        async with self.database.read() as session:
            return int(await session.scalar(select(func.count()).select_from(ThreadWalkRow)) or 0)


@pytest.fixture
def threads(desk: Desk, database: Database) -> Threads:
    return Threads(desk, database)


async def test_each_person_begins_a_day_after_joining_and_goes_the_way_of_their_answer(threads: Threads) -> None:
    thread = await threads.begun(fork())
    assert thread.state is CampaignState.RUNNING
    ann = await threads.join(1, "2026-11-27T08:00:00")
    await threads.join(2, "2026-11-27T21:00:00")
    await threads.join(3, "2026-11-28T12:00:00")
    assert await threads.pass_time("2026-11-27T16:30:00") == []
    assert await threads.pass_time("2026-11-28T16:29:59") == []
    assert await threads.pass_time("2026-11-28T16:30:00") == ["start 1", "start 2"]
    await threads.answer(ann, 1, "2026-11-28T18:00:00")
    assert await threads.pass_time("2026-11-29T16:30:00") == ["start 3"], "newcomers go on coming"
    assert await threads.pass_time("2026-12-05T16:30:00") == ["left 1", "right 2"]
    assert await threads.pass_time("2026-12-06T16:30:00") == ["right 3"]
    assert await threads.pass_time("2026-12-07T16:30:00") == ["end 1", "end 2"]
    assert await threads.walks() == 1


async def test_nobody_gets_anything_twice_from_two_clocks_at_once(threads: Threads, another_process: Database, database: Database) -> None:
    await threads.begun(fork(Pace.AT_ONCE))
    people = [await threads.join(number, "2026-11-27T08:00:00") for number in range(12)]
    other = Clockwork(another_process, threads.desk.city)
    for moment in ("11-28T16:30:00", "11-28T17:00:05", "11-30T16:30:00", "12-05T16:30:00", "12-07T16:30:00"):
        moment = f"2026-{moment}"
        threads.desk.clock.now = at(moment)
        clocks = (threads.desk.clockwork, other, Clockwork(database, threads.desk.city), threads.desk.clockwork)
        await asyncio.gather(*(clock.tick(at(moment)) for clock in clocks))
        await threads.desk.send()
        for person in people[:6] if moment == "2026-11-28T16:30:00" else []:
            await threads.answer(person, 1, "2026-11-28T17:00:00")
    async with database.read() as session:
        joined = select(DeliveryRow.pseudonym, OccurrenceRow.campaign_id).join(OccurrenceRow, OccurrenceRow.id == DeliveryRow.occurrence_id)
        got = (await session.execute(joined)).all()
    assert len(got) == len(set(got)) == 12 * 3


async def test_a_clock_that_dies_between_leaves_nothing_half_done(threads: Threads, monkeypatch: pytest.MonkeyPatch) -> None:
    await threads.begun(fork())
    await threads.join(1, "2026-11-27T08:00:00")
    walk = threads.desk.clockwork._threads

    async def dies(*_: object) -> int:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(walk, "_list", dies)
        with pytest.raises(ConnectionError):
            await threads.pass_time("2026-11-28T16:30:00")
    assert await threads.walks() == 0
    assert await threads.pass_time("2026-11-28T16:30:10") == ["start 1"]
    assert await threads.pass_time("2026-11-28T16:30:20") == []


async def test_the_next_episode_comes_at_once_or_the_next_day_where_the_officer_chose_so(threads: Threads) -> None:
    await threads.begun(fork(Pace.AT_ONCE))
    ann = await threads.join(1, "2026-11-27T08:00:00")
    bob = await threads.join(2, "2026-11-27T08:00:00")
    assert await threads.pass_time("2026-11-28T16:30:00") == ["start 1", "start 2"]
    await threads.answer(ann, 2, "2026-11-28T17:00:01")
    await threads.answer(ann, 1, "2026-11-28T17:00:02")
    assert await threads.pass_time("2026-11-28T17:00:05") == ["right 1"], "the first answer counts"
    await threads.answer(bob, 1, "2026-11-28T21:00:00")
    assert await threads.pass_time("2026-11-28T21:00:10") == [], "it is night"
    assert await threads.pass_time("2026-11-29T07:00:00") == ["left 2"]


async def test_an_answer_brings_the_next_day(threads: Threads) -> None:
    await threads.begun(fork(Pace.NEXT_DAY))
    ann = await threads.join(1, "2026-11-27T08:00:00")
    assert await threads.pass_time("2026-11-28T16:30:00") == ["start 1"]
    await threads.answer(ann, 1, "2026-11-28T17:00:00")
    assert await threads.pass_time("2026-11-29T16:30:00") == ["left 1"]


async def test_a_thread_from_a_date_begins_for_all_together_and_is_over_when_nobody_walks_it(threads: Threads) -> None:
    thread = await threads.begun(fork(joining=None))
    await threads.join(1, "2026-11-01T08:00:00")
    await threads.desk.subscriptions.add(citizen(2), "scams")
    assert await threads.pass_time("2026-11-27T16:30:00") == ["start 1"]
    await threads.join(3, "2026-11-27T17:00:00")
    assert await threads.pass_time("2026-12-04T16:30:00") == ["right 1"]
    assert await threads.pass_time("2026-12-06T16:30:00") == ["end 1"]
    await threads.pass_time("2026-12-06T16:31:00")
    assert (await threads.work.get(thread.series)).state is CampaignState.DONE


async def test_who_leaves_gets_nothing_more_and_does_not_begin_again_while_faro_remembers(threads: Threads) -> None:
    await threads.begun(fork())
    ann = await threads.join(1, "2026-11-27T08:00:00")
    assert await threads.pass_time("2026-11-28T16:30:00") == ["start 1"]
    await threads.desk.subscriptions.drop(ann, "bikes")
    assert await threads.walks() == 0
    await threads.join(1, "2026-11-29T08:00:00")
    assert await threads.pass_time("2026-11-30T16:30:00") == []
    assert [await threads.pass_time(f"2026-12-{day}T16:30:00") for day in ("05", "07")] == [[], []]
    assert await threads.walks() == 0


async def test_the_story_waits_for_whoever_paused_or_had_the_weeks_messages(threads: Threads) -> None:
    await threads.begun(fork())
    ann = await threads.join(1, "2026-11-27T08:00:00")
    await WishBook(threads.database).pause(ann.pseudonym, at("2026-12-01T00:00:00"))
    assert await threads.pass_time("2026-11-28T16:30:00") == []
    assert [await threads.pass_time(f"2026-11-{day}T16:30:00") for day in (29, 30)] == [[], []]
    assert await threads.pass_time("2026-12-01T16:30:00") == ["start 1"]
    object.__setattr__(threads.desk.city, "weekly_cap", 1)
    await threads.answer(ann, 1, "2026-12-01T17:00:00")
    async with threads.database.begin() as session:
        await session.execute(update(ThreadWalkRow).values(due_at=at("2026-12-03T16:30:00")))
    assert await threads.pass_time("2026-12-03T16:30:00") == [], "one message a week"
    sent: dict[int, list[str]] = {day: await threads.pass_time(f"2026-12-{day:02d}T16:30:00") for day in range(4, 10)}
    assert {day: texts for day, texts in sent.items() if texts} == {8: ["left 1"]}


async def test_an_hour_that_was_slept_through_begins_late_or_not_at_all(threads: Threads) -> None:
    await threads.begun(fork())
    await threads.join(1, "2026-11-27T08:00:00")
    await threads.join(2, "2026-11-30T08:00:00")
    assert await threads.pass_time("2026-12-01T18:00:00") == ["start 2"], "the other one's hour is too long ago"
    assert await threads.pass_time("2026-12-08T16:30:00") == ["right 2"]


async def test_all_episodes_are_approved_together_and_a_change_asks_again(threads: Threads) -> None:
    thread = await threads.begun(fork())
    with pytest.raises(Conflict):
        await threads.desk.planner.cancel(AUTHOR, thread.first.id)
    await threads.join(1, "2026-11-27T08:00:00")
    assert await threads.pass_time("2026-11-28T16:30:00") == ["start 1"]
    thread = await threads.work.rework(AUTHOR, thread.series)
    left = thread.episodes[1]
    await threads.desk.planner.edit(AUTHOR, left.id, left.version, replace(left.draft, texts={EN: "new", FR: "neuf"}, onward=None))
    thread = await threads.work.get(thread.series)
    assert thread.episodes[1].draft.onward == left.draft.onward
    assert await threads.pass_time("2026-12-05T16:30:00") == []
    thread = await threads.work.submit(AUTHOR, thread.series, thread.version)
    with pytest.raises(NotAllowed):
        await threads.work.approve(AUTHOR, thread.series, thread.content_hash)
    with pytest.raises(Conflict):
        await threads.work.approve(APPROVER, thread.series, "0" * 64)
    await threads.work.approve(APPROVER, thread.series, thread.content_hash)
    assert await threads.pass_time("2026-12-05T18:00:00") == ["right 1"], "people keep their places"


async def test_what_nobody_approved_is_not_sent_whoever_changed_the_rows(threads: Threads) -> None:
    thread = await threads.begun(fork())
    await threads.join(1, "2026-11-27T08:00:00")
    async with threads.database.begin() as session:
        await session.execute(update(CampaignRow).where(CampaignRow.title == "start").values(title="other"))
    assert await threads.pass_time("2026-11-28T16:30:00") == []
    assert (await threads.work.get(thread.series)).state is CampaignState.DRAFT


async def test_a_broken_thread_cannot_be_submitted(threads: Threads) -> None:
    broken = [told("a", Onward("a", "b", joining=1)), told("b", Onward("b", "a"))]
    made = await threads.desk.planner.create_series(AUTHOR, broken)
    thread = await threads.work.get(made[0].series or "")
    with pytest.raises(Invalid) as refused:
        await threads.work.submit(AUTHOR, thread.series, thread.version)
    assert refused.value.code == "thread_circle"


async def test_paused_closed_and_ended(threads: Threads) -> None:
    thread = await threads.begun(fork())
    await threads.join(1, "2026-11-27T08:00:00")
    await threads.pass_time("2026-11-28T16:30:00")
    await threads.work.pause(AUTHOR, thread.series)
    assert await threads.pass_time("2026-12-05T16:30:00") == []
    await threads.work.resume(thread.series)
    await threads.work.close(thread.series)
    await threads.join(2, "2026-12-05T17:00:00")
    assert await threads.pass_time("2026-12-05T18:00:00") == ["right 1"]
    assert await threads.pass_time("2026-12-06T16:30:00") == []
    await threads.work.cancel(AUTHOR, thread.series)
    assert await threads.pass_time("2026-12-07T16:30:00") == []
    assert await threads.walks() == 0


async def test_episodes_are_added_and_taken_out_of_a_draft(threads: Threads) -> None:
    thread = await threads.work.create(AUTHOR, PLAN)
    thread = await threads.work.add(AUTHOR, thread.series, thread.version)
    assert [one.key for one in thread.onwards] == ["e1", "e2", "e3"]
    with pytest.raises(Conflict):
        await threads.work.add(AUTHOR, thread.series, "1.1")
    thread = await threads.work.remove(AUTHOR, thread.series, thread.version, 2)
    assert [one.key for one in thread.onwards] == ["e1", "e3"] and [one.episode for one in thread.episodes] == [1, 2]
    ways = [replace(thread.onwards[0], next="e3", days=3), thread.onwards[1]]
    thread = await threads.work.change(AUTHOR, thread.series, thread.version, replace(PLAN, topic="scams"), ways)
    assert {one.topic for one in thread.episodes} == {"scams"} and thread.onwards[0].next == "e3"
    assert [problem.code for _, problem in threads.work.check(thread)] == ["language_missing"] * 2




async def test_a_month_is_shown_when_nothing_in_it_changes_any_more(threads: Threads) -> None:
    thread = await threads.begun(fork())
    for number in range(8):
        await threads.join(number, "2026-11-27T08:00:00")
    await threads.pass_time("2026-11-28T16:30:00")
    await Tally(threads.database, threads.desk.city, TRIAL_KEY).count_finished(at("2026-11-28T18:00:00"))
    results = ThreadResults(threads.database, threads.desk.city, threads.desk.clock)
    threads.desk.clock.now = at("2026-12-09T12:00:00")
    assert await results.months(thread) == []
    threads.desk.clock.now = at("2026-12-12T12:00:00")
    (november,) = await results.months(thread)
    assert november.first == date(2026, 11, 1) and november.episodes[0].sent == 8
