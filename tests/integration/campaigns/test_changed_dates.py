"""Moved and left-out dates on real stores: each fires once under its original date, whoever else works on the rows."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.campaigns.agenda import Agenda
from bot.campaigns.clockwork import Clockwork
from bot.campaigns.date_desk import DateDesk
from bot.campaigns.dates import DateChange, Reach
from bot.campaigns.plans import Campaign
from bot.campaigns.rules import Repeat, Rhythm
from bot.campaigns.spans import Span
from bot.campaigns.tables import CampaignRow, CampaignState, OccurrenceRow
from bot.errors import Conflict, Invalid
from bot.storage import Database
from tests.integration.campaigns.conftest import Desk, at
from tests.unit.campaigns.kit import draft, wall

FRIDAYS = draft(repeat=Repeat(Rhythm.WEEKLY, (4,), times=3))
"""27 November, 4 and 11 December at 18:30, which is 17:30 in UTC."""
SECOND = wall("2026-12-04T18:30")


async def dates(desk: Desk) -> list[str]:
    """The original moment of each sending, and the one it was moved to."""
    rows = select(OccurrenceRow.scheduled_for, OccurrenceRow.moved_to).order_by(OccurrenceRow.id)
    async with desk.database.read() as session:
        return [f"{one:%m-%d %H:%M}" + (f" > {to:%m-%d %H:%M}" if to else "") for one, to in await session.execute(rows)]


async def moved(desk: Desk, campaign: Campaign, to: str | None, reach: Reach = Reach.ONE) -> Campaign:
    change = DateChange(SECOND, reach, wall(to) if to else None)
    return await DateDesk(desk.database, desk.city, desk.clock).change("anna", campaign.id, campaign.version, change)


async def run_to_the_end(desk: Desk) -> None:
    for day in range(40):
        desk.clock.now = at("2026-11-27T17:30") + timedelta(days=day)
        await desk.tick()
        await desk.send()


async def test_a_date_moved_behind_the_next_one_fires_after_it_and_keeps_its_name(desk: Desk) -> None:
    await desk.subscribe(6)
    campaign = await moved(desk, await desk.approved(FRIDAYS), "2026-12-12T18:30")
    assert campaign.state == CampaignState.APPROVED and campaign.approver_id == "ben"
    await run_to_the_end(desk)
    assert await dates(desk) == ["11-27 17:30", "12-11 17:30", "12-04 17:30 > 12-12 17:30"]
    assert len(desk.messenger.sent) == 18 and set(await desk.states()) == {"sent"}
    assert (await desk.planner.get(campaign.id)).state == CampaignState.DONE


async def test_a_date_that_was_left_out_is_not_sent_and_all_that_follow_move_together(desk: Desk) -> None:
    campaign = await moved(desk, await desk.approved(FRIDAYS), None)
    third = DateChange(wall("2026-12-11T18:30"), Reach.FOLLOWING, wall("2026-12-10T17:00"))
    await DateDesk(desk.database, desk.city, desk.clock).change("anna", campaign.id, campaign.version, third)
    await run_to_the_end(desk)
    assert await dates(desk) == ["11-27 17:30", "12-11 17:30 > 12-10 16:00"]


async def test_taken_back_it_is_as_the_rule_has_it(desk: Desk) -> None:
    approved = await desk.approved(FRIDAYS)
    campaign = await moved(desk, approved, "2026-12-03T18:30", Reach.FOLLOWING)
    assert [f"{one.fires_at:%m-%d}" for one in desk.planner.dates(campaign.draft, campaign.changes)] == ["11-27", "12-03", "12-10"]
    names = [one.moved_from for one in desk.planner.dates(campaign.draft, campaign.changes)]
    assert names == [None, at("2026-12-04T17:30"), at("2026-12-11T17:30")]
    book = DateDesk(desk.database, desk.city, desk.clock)
    back = await book.restore("ben", campaign.id, campaign.version, wall("2026-12-11T18:30"))
    assert (back.changes, back.fires_at, back.content_hash) == ((), approved.fires_at, approved.content_hash)
    with pytest.raises(Conflict):
        await book.restore("ben", campaign.id, back.version, SECOND)
    await run_to_the_end(desk)
    assert await dates(desk) == ["11-27 17:30", "12-04 17:30", "12-11 17:30"]


async def test_two_clockworks_that_die_and_come_back_fire_a_moved_date_once(desk: Desk, another_process: Database) -> None:
    """The clock jumps back to before the move, and to the original date after the new one has been sent."""
    await desk.subscribe(4)
    await moved(desk, await desk.approved(FRIDAYS), "2026-12-02T18:30")
    other = Clockwork(another_process, desk.city)
    for moment in ("2026-11-27T17:30", "2026-12-02T17:30", "2026-11-26T00:00", "2026-12-04T17:30", "2027-01-01T00:00"):
        for _ in range(3):
            await asyncio.gather(desk.clockwork.tick(at(moment)), other.tick(at(moment)))
    assert await dates(desk) == ["11-27 17:30", "12-04 17:30 > 12-02 17:30", "12-11 17:30"]
    assert sum((await desk.states()).values()) == 12


async def test_what_was_approved_anew_after_a_move_does_not_send_a_date_again(desk: Desk) -> None:
    await desk.subscribe(4)
    campaign = await moved(desk, await desk.approved(FRIDAYS), "2026-12-02T18:30")
    for moment in ("2026-11-27T17:30", "2026-12-02T17:30"):
        await desk.clockwork.tick(at(moment))
    async with desk.database.begin() as session:  # As after a restored backup: the plan has forgotten what the ledger knows.
        (await session.get_one(CampaignRow, campaign.id)).next_fire_at = at("2026-12-02T17:30")
    await desk.clockwork.tick(at("2026-12-02T17:31"))
    assert await dates(desk) == ["11-27 17:30", "12-04 17:30 > 12-02 17:30"]
    assert (await desk.planner.get(campaign.id)).fires_at == at("2026-12-11T17:30")


async def test_a_sent_date_stays_and_of_two_who_move_it_at_once_one_is_told(desk: Desk, another_process: Database) -> None:
    campaign = await desk.approved(FRIDAYS)
    desks = DateDesk(desk.database, desk.city, desk.clock), DateDesk(another_process, desk.city, desk.clock)
    change = DateChange(SECOND, Reach.ONE, wall("2026-12-05T12:00"))
    both = await asyncio.gather(*(one.change("anna", campaign.id, campaign.version, change) for one in desks), return_exceptions=True)
    assert sum(isinstance(one, Conflict) for one in both) == 1
    desk.clock.now = at("2026-11-27T17:30")
    now = await desk.planner.get(campaign.id)
    first = DateChange(wall("2026-11-27T18:30"), Reach.ONE, wall("2026-11-29T12:00"))
    with pytest.raises(Conflict, match="turn has come"):
        await desks[0].change("anna", campaign.id, now.version, first)
    await desk.tick()
    now = await desk.planner.get(campaign.id)
    with pytest.raises(Invalid, match="date_over"):
        await desks[0].change("anna", campaign.id, now.version, first)
    running = await desks[0].change("anna", campaign.id, now.version, DateChange(SECOND, Reach.ONE, wall("2026-12-06T12:00")))
    assert (running.state, running.fires_at) == (CampaignState.RUNNING, at("2026-12-06T11:00"))


async def test_another_rule_forgets_what_was_changed_and_another_text_does_not(desk: Desk) -> None:
    campaign = await desk.planner.create("anna", FRIDAYS)
    campaign = await moved(desk, campaign, "2026-12-05T12:00")
    campaign = await desk.planner.edit("anna", campaign.id, campaign.version, draft(title="Renamed", repeat=FRIDAYS.repeat))
    assert len(campaign.changes) == 1
    campaign = await desk.planner.edit("anna", campaign.id, campaign.version, draft(repeat=Repeat(Rhythm.WEEKLY, (3, 4), times=3)))
    assert campaign.changes == ()
    with pytest.raises(Conflict):
        await moved(desk, await desk.planner.create("anna", draft()), None)


async def test_the_calendar_shows_where_a_date_came_from_before_and_after_it_is_sent(desk: Desk) -> None:
    campaign = await moved(desk, await desk.approved(FRIDAYS), "2026-12-06T12:00")
    third = DateChange(wall("2026-12-11T18:30"), Reach.ONE, None)
    book, agenda = DateDesk(desk.database, desk.city, desk.clock), Agenda(desk.database, desk.city, desk.clock)
    await book.change("anna", campaign.id, campaign.version, third)
    weeks = Span(wall("2026-11-23T00:00").date(), wall("2026-12-20T00:00").date())

    async def shown() -> list[tuple[str, str | None, bool]]:
        entries = (await agenda.between(weeks)).entries
        return [(f"{one.at:%m-%d %H}", f"{one.moved_from:%m-%d %H}" if one.moved_from else None, one.skipped) for one in entries]

    expected = [("11-27 18", None, False), ("12-06 12", "12-04 18", False), ("12-11 18", None, True)]
    assert await shown() == expected
    tried = await agenda.if_changed(campaign.id, DateChange(SECOND, Reach.ONE, wall("2026-12-07T18:00")))
    assert tried is not None and f"{tried.at:%m-%d %H}" == "12-07 18" and tried.clashes == ()
    for moment in ("2026-11-27T17:30", "2026-12-06T11:00"):
        desk.clock.now = at(moment)
        await desk.tick()
    assert await shown() == expected[:2]
