"""Recurring campaigns on real stores: each date fires once, and the campaign ends with the last."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.campaigns.clockwork import Clockwork
from bot.campaigns.rules import Repeat, Rhythm
from bot.campaigns.tables import CampaignState, OccurrenceRow
from bot.errors import Invalid
from bot.storage import Database
from tests.integration.campaigns.conftest import Desk, at
from tests.unit.campaigns.kit import Calendar, draft, wall

FRIDAYS = draft(repeat=Repeat(Rhythm.WEEKLY, (4,), times=3))


async def dates(desk: Desk) -> list[str]:
    async with desk.database.read() as session:
        return [f"{moment:%m-%d %H:%M}" for moment in await session.scalars(select(OccurrenceRow.scheduled_for).order_by(OccurrenceRow.id))]


async def test_three_fridays_are_three_messages_and_then_it_is_done(desk: Desk) -> None:
    await desk.subscribe(6)
    campaign = await desk.approved(FRIDAYS)
    for day in range(30):
        desk.clock.now = at("2026-11-27T17:30") + timedelta(days=day)
        await desk.tick()
        await desk.send()
    assert await dates(desk) == ["11-27 17:30", "12-04 17:30", "12-11 17:30"]
    assert len(desk.messenger.sent) == 18
    assert (await desk.planner.get(campaign.id)).state == CampaignState.DONE


async def test_between_two_dates_it_is_running_and_names_the_next(desk: Desk) -> None:
    campaign = await desk.approved(FRIDAYS)
    desk.clock.now = campaign.fires_at
    await desk.tick()
    running = await desk.planner.get(campaign.id)
    assert (running.state, running.fires_at) == (CampaignState.RUNNING, at("2026-12-04T17:30"))


async def test_clocks_that_jump_and_two_clockworks_fire_each_date_once(desk: Desk, another_process: Database) -> None:
    await desk.approved(FRIDAYS)
    other = Clockwork(another_process, desk.city)
    for moment in ("2026-12-12T00:00", "2026-11-26T00:00", "2026-12-05T00:00", "2026-11-27T17:30", "2027-01-01T00:00"):
        for _ in range(4):
            await asyncio.gather(desk.clockwork.tick(at(moment)), other.tick(at(moment)))
    assert await dates(desk) == ["11-27 17:30", "12-04 17:30", "12-11 17:30"]


async def test_dates_missed_in_a_pause_or_an_outage_are_counted_as_expired(desk: Desk) -> None:
    await desk.subscribe(6)
    campaign = await desk.approved(FRIDAYS)
    desk.clock.now = campaign.fires_at
    await desk.tick()
    await desk.planner.pause("anna", campaign.id)
    desk.clock.now = at("2026-12-05T12:00")
    await desk.tick()
    assert await dates(desk) == ["11-27 17:30"]
    await desk.planner.resume(campaign.id)
    await desk.tick()
    await desk.tick()
    assert await dates(desk) == ["11-27 17:30", "12-04 17:30"]
    assert dict(await desk.states()) == {"expired": 12}


async def test_the_calendar_of_schools_counts_when_it_fires(desk: Desk) -> None:
    term = draft(repeat=Repeat(Rhythm.WEEKLY, (4,), times=2, term_only=True))
    city = replace(desk.city, calendar=Calendar(frozenset({date(2026, 12, 4)})))
    desk.planner._city = desk.clockwork._city = city
    await desk.approved(term)
    for moment in ("2026-11-27T17:30", "2026-12-04T17:30", "2026-12-11T17:30"):
        await desk.clockwork.tick(at(moment))
    assert await dates(desk) == ["11-27 17:30", "12-11 17:30"]


async def test_an_approval_that_comes_after_the_first_date_begins_with_the_next(desk: Desk) -> None:
    campaign = await desk.planner.create("anna", FRIDAYS)
    campaign = await desk.planner.submit("anna", campaign.id, campaign.version)
    desk.clock.now = at("2026-11-30T12:00")
    assert (await desk.planner.approve("ben", campaign.id, campaign.content_hash)).fires_at == at("2026-12-04T17:30")


@pytest.mark.parametrize(
    ("repeat", "code"),
    [
        (Repeat(Rhythm.WEEKLY, times=2), "weekdays_missing"),
        (Repeat(Rhythm.MONTHLY), "end_missing"),
        (Repeat(Rhythm.MONTHLY, until=date(2026, 11, 26)), "end_before_begin"),
        (Repeat(Rhythm.MONTHLY, times=105), "times_out_of_range"),
        (Repeat(Rhythm.WEEKLY, (3,), until=date(2026, 11, 28)), "no_dates"),
    ],
)
async def test_an_unfinished_rule_is_kept_but_not_submitted(desk: Desk, repeat: Repeat, code: str) -> None:
    campaign = await desk.planner.create("anna", draft(repeat=repeat))
    assert (await desk.planner.get(campaign.id)).repeat == repeat
    with pytest.raises(Invalid, match=code):
        await desk.planner.submit("anna", campaign.id, campaign.version)


async def test_another_rhythm_needs_another_approval(desk: Desk) -> None:
    approved = await desk.approved(FRIDAYS)
    edited = await desk.planner.edit("anna", approved.id, approved.version, replace(FRIDAYS, send_at=wall("2026-11-27T18:30"), repeat=None))
    assert edited.state == CampaignState.DRAFT and edited.content_hash != approved.content_hash
