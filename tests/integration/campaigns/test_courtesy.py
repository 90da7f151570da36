"""Wishes and caps on real stores: nobody gets what they did not want, and nothing of it disappears."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.campaigns.ledger import ATTEMPTS
from bot.campaigns.wishes import WishBook, Wishes
from bot.errors import NotSent, Uncertain
from tests.integration.campaigns.conftest import Desk, at
from tests.unit.campaigns.kit import Calendar, citizen, draft, wall

DAY = timedelta(hours=24)


async def test_wishes_live_with_the_subscription(desk: Desk) -> None:
    book, somebody = WishBook(desk.database), citizen(1)
    await book.tell_age(somebody.pseudonym, "from13")
    assert await book.of(somebody.pseudonym) is None
    await desk.subscriptions.add(somebody, "bikes")
    await book.tell_age(somebody.pseudonym, "from13")
    await book.keep_quiet(somebody.pseudonym, evening=19, morning=None)
    await desk.subscriptions.add(somebody, "scams")
    assert await book.of(somebody.pseudonym) == Wishes(evening=19, age_band="from13")
    assert await book.subscribed_since(somebody.pseudonym, "scams") == somebody.now
    await desk.subscriptions.drop_all(somebody)
    await desk.subscriptions.add(somebody, "bikes")
    assert await book.of(somebody.pseudonym) == Wishes()


async def test_who_paused_after_it_was_listed_gets_nothing_and_is_counted(desk: Desk) -> None:
    campaign_id = await desk.fired(3)
    await WishBook(desk.database).pause(citizen(1).pseudonym, desk.clock() + timedelta(days=7))
    await desk.send()
    progress = await desk.progress(campaign_id)
    assert desk.messenger.receivers == ["0", "2"]
    assert progress.reasons["stopped"] == {"paused_by_person": 1}


async def test_own_quiet_hours_let_it_wait_for_the_next_good_time(desk: Desk) -> None:
    await desk.subscribe(2)
    await WishBook(desk.database).keep_quiet(citizen(1).pseudonym, evening=18, morning=10)
    await desk.approved(draft(late_after=DAY))
    desk.clock.now = at("2026-11-27T17:30")
    await desk.tick()
    assert await desk.send() == 2
    assert await desk.send() == 0
    assert desk.messenger.receivers == ["0"]
    desk.clock.now = at("2026-11-28T08:59")
    assert await desk.send() == 0
    desk.clock.now = at("2026-11-28T09:00")
    assert await desk.send() == 1
    assert desk.messenger.receivers == ["0", "1"]


async def test_own_quiet_hours_that_end_too_late_make_it_expire(desk: Desk) -> None:
    await desk.subscribe(1)
    await WishBook(desk.database).keep_quiet(citizen(0).pseudonym, evening=18, morning=None)
    campaign = await desk.approved()
    desk.clock.now = campaign.fires_at
    await desk.tick()
    await desk.send()
    desk.clock.now = campaign.fires_at + campaign.late_after
    await desk.tick()
    assert (await desk.progress(campaign.id)).reasons["expired"] == {"too_late": 1}


async def test_waiting_uses_up_no_attempts(desk: Desk) -> None:
    await desk.subscribe(1)
    book = WishBook(desk.database)
    await desk.approved(draft(late_after=timedelta(days=7)))
    desk.clock.now = at("2026-11-27T17:30")
    await desk.tick()
    await book.keep_quiet(citizen(0).pseudonym, evening=18, morning=None)
    for _ in range(ATTEMPTS):
        assert await desk.send() == 1
        desk.clock.move(days=1)
    await book.keep_quiet(citizen(0).pseudonym, evening=None, morning=None)
    desk.messenger.faults = {"0": [NotSent()]}
    assert await desk.send() == 1
    assert dict(await desk.states()) == {"pending": 1}


async def test_the_cap_counts_all_campaigns_of_seven_days(desk: Desk) -> None:
    await desk.subscribe(1)
    desk.messenger.faults = {"0": [Uncertain()]}  # It may have arrived, so it counts.
    ids = []
    for day in (27, 28, 29, 30):
        campaign = await desk.approved(draft(title=f"day {day}", send_at=wall(f"2026-11-{day}T18:30")))
        desk.clock.now = campaign.fires_at
        await desk.tick()
        await desk.send()
        ids.append(campaign.id)
    assert (await desk.progress(ids[-1])).reasons["stopped"] == {"weekly_cap": 1}
    assert desk.messenger.tried == 3
    campaign = await desk.approved(draft(title="a week on", send_at=wall("2026-12-04T18:31")))
    desk.clock.now = campaign.fires_at
    await desk.tick()
    await desk.send()
    assert desk.messenger.tried == 4


async def test_of_campaigns_at_the_same_minute_the_cap_lets_the_first_pass(desk: Desk) -> None:
    await desk.subscribe(6)
    desk.sender._city = replace(desk.city, weekly_cap=1)
    ids = [(await desk.approved(draft(title=title))).id for title in ("one", "two", "three")]
    desk.clock.now = at("2026-11-27T17:30")
    await desk.tick()
    await desk.send()
    first, *others = [await desk.progress(each) for each in ids]
    assert first.sent == 6
    assert [each.reasons["stopped"] for each in others] == [{"weekly_cap": 6}] * 2


async def test_in_the_holidays_messages_go_out_in_the_morning(desk: Desk) -> None:
    await desk.subscribe(1)
    monday = draft(send_at=wall("2026-11-30T10:00"))
    assert [problem.code for problem in desk.planner.check(monday)] == ["time_quiet"]
    holidays = replace(desk.city, calendar=Calendar(frozenset({date(2026, 11, 30)})))
    desk.planner._city = desk.sender._city = holidays
    assert desk.planner.check(monday) == []
    await desk.approved(monday)
    desk.clock.now = at("2026-11-30T09:00")
    await desk.tick()
    assert await desk.send() == 1
