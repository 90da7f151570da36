"""The agenda on a real store: what was sent beside what is to come, and two officers who move the same campaign at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

from bot.campaigns.agenda import Agenda
from bot.campaigns.calendar import Clash
from bot.campaigns.planning import Planner
from bot.campaigns.rules import Repeat, Rhythm
from bot.campaigns.spans import Span
from bot.campaigns.tables import CampaignState
from bot.errors import Conflict
from bot.storage import Database
from tests.integration.campaigns.conftest import Desk
from tests.unit.campaigns.kit import draft, wall

DAYS = Span(date(2026, 11, 23), date(2026, 12, 20))


async def test_what_was_sent_stands_beside_what_is_to_come(desk: Desk) -> None:
    agenda = Agenda(desk.database, desk.city, desk.clock)
    await desk.fired(7, draft(repeat=Repeat(Rhythm.WEEKLY, (4,), times=3)))
    await desk.planner.create("anna", draft(title="Lights on", send_at=wall("2026-12-04T19:00")))
    alone = await desk.planner.create("anna", draft(title="Snow", send_at=wall("2026-12-15T19:00")))
    cancelled = await desk.planner.create("anna", draft(title="Forgotten", send_at=wall("2026-12-05T19:00")))
    await desk.planner.cancel("anna", cancelled.id)
    entries = (await agenda.between(DAYS)).entries
    assert [(one.day.isoformat(), one.state.value, one.fired.total if one.fired else None) for one in entries] == [
        ("2026-11-27", "running", 7),
        ("2026-12-04", "approved", None),
        ("2026-12-04", "draft", None),
        ("2026-12-11", "approved", None),
        ("2026-12-15", "draft", None),
    ]
    assert [one.clashes for one in entries] == [(), (Clash.SAME_DAY,), (Clash.SAME_DAY,), (), ()]
    moved = await agenda.if_moved(alone.id, wall("2026-12-15T22:30"))
    assert moved is not None and moved.clashes == (Clash.NIGHT,)  # It does not clash with where it stands now.


async def test_of_two_who_move_it_at_once_one_is_told(desk: Desk, another_process: Database) -> None:
    campaign = await desk.approved()
    planners = desk.planner, Planner(another_process, desk.city, desk.clock)
    moves = [
        planner.edit("anna", campaign.id, campaign.version, replace(campaign.draft, send_at=campaign.send_at + timedelta(days=days)))
        for days, planner in enumerate(planners, start=1)
    ]
    done = await asyncio.gather(*moves, return_exceptions=True)
    assert sum(isinstance(one, Conflict) for one in done) == 1
    after = await desk.planner.get(campaign.id)
    assert (after.state, after.approver_id, after.version) == (CampaignState.DRAFT, None, campaign.version + 1)
