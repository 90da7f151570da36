"""The calendar's entries, read from the rows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.calendar import Entry, Fired, Plan, begun, coming, with_clashes
from bot.campaigns.city import CityFacts
from bot.campaigns.date_book import read_changes
from bot.campaigns.dates import DateChange, with_change
from bot.campaigns.rules import load_rule
from bot.campaigns.schedule import to_utc
from bot.campaigns.spans import Span
from bot.campaigns.tables import EMERGENCY, CampaignRow, CampaignState, OccurrenceRow, OccurrenceState
from bot.messages import Clock
from bot.storage import Database

MOST = 200
"""How many campaigns, and how many past firings, are looked at for one page: the latest."""

_ONGOING = (CampaignState.DRAFT, CampaignState.SUBMITTED, CampaignState.APPROVED, CampaignState.RUNNING, CampaignState.PAUSED)
_DATED = CampaignRow.onward.is_(None)
"""Episodes of threads come to each person on days of their own: no calendar has them."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A part of the calendar: what stands on its days, in order. ``complete``: nothing was left out for :data:`MOST`."""

    span: Span
    entries: Sequence[Entry]
    complete: bool


class Agenda:
    """What was sent and what is planned, by day. Reads only.

    What fires once is moved by :meth:`bot.campaigns.planning.Planner.edit`, a date of several by :mod:`bot.campaigns.date_desk`.
    """

    def __init__(self, database: Database, city: CityFacts, clock: Clock) -> None:
        self._database = database
        self._city = city
        self._clock = clock

    async def between(self, span: Span) -> Sheet:
        """Everything on the days of ``span``, with what clashes, also with days shortly before and after."""
        wider = span.widened()
        async with self._database.read() as session:
            plans, firings = await _plans(session), await self._firings(session, wider)
        entries = await asyncio.to_thread(self._arranged, plans, firings, wider)
        shown = [one for one in entries if span.contains(one.day)]
        return Sheet(span, shown, max(len(plans), len(firings)) < MOST)

    async def if_moved(self, campaign_id: int, wall: datetime) -> Entry | None:
        """Where a campaign that fires once would stand, with what would clash, if it were moved to ``wall``; None: it cannot be moved.

        Args:
            wall: a time on the city's wall clock, without zone.
        """
        at = to_utc(wall, self._city.time_zone).astimezone(self._city.time_zone)
        plan, others, firings = await self._around(campaign_id, at)
        if plan is None or not plan.can_move:
            return None
        moved = Entry(replace(plan, send_at=wall), at)
        entries = await asyncio.to_thread(self._arranged, others, [*firings, moved], _around(at))
        return next(one for one in entries if one.plan.id == campaign_id)

    async def if_changed(self, campaign_id: int, change: DateChange) -> Entry | None:
        """As :meth:`if_moved`, for a date of a campaign that repeats; None: there is no such date to come, or it is left out."""
        if change.to is None:
            return None
        at = to_utc(change.to, self._city.time_zone).astimezone(self._city.time_zone)
        plan, others, firings = await self._around(campaign_id, at)
        if plan is None or plan.repeat is None:
            return None
        tried = replace(plan, changes=with_change(plan.changes, change))
        entries = await asyncio.to_thread(self._arranged, [*others, tried], firings, _around(at))
        return next((one for one in entries if one.plan is tried and one.planned and one.planned.original == change.original), None)

    async def _around(self, campaign_id: int, at: datetime) -> tuple[Plan | None, list[Plan], list[Entry]]:
        """A campaign's plan, all others, and what has fired around a moment."""
        async with self._database.read() as session:
            row = await session.get(CampaignRow, campaign_id)
            if row is None or row.topic == EMERGENCY or row.onward is not None:
                return None, [], []
            plan = _plan(row, (await read_changes(session, [campaign_id])).get(campaign_id, ()))
            others = [one for one in await _plans(session) if one.id != campaign_id]
            return plan, others, await self._firings(session, _around(at))

    def _arranged(self, plans: Sequence[Plan], others: Sequence[Entry], span: Span) -> list[Entry]:
        """In a thread: two years of days for each plan that repeats would keep everybody waiting who writes to the bot."""
        now = self._clock()
        return with_clashes([*others, *(entry for plan in plans for entry in coming(plan, self._city, span, now))], self._city)

    async def _firings(self, session: AsyncSession, span: Span) -> list[Entry]:
        start, end = span.moments(self._city.time_zone)
        query = select(OccurrenceRow, CampaignRow).join(CampaignRow, CampaignRow.id == OccurrenceRow.campaign_id)
        due = func.coalesce(OccurrenceRow.moved_to, OccurrenceRow.scheduled_for)
        query = query.where(due >= start, due < end, CampaignRow.topic != EMERGENCY, _DATED)
        rows = await session.execute(query.order_by(OccurrenceRow.id.desc()).limit(MOST))
        return [begun(_plan(campaign), _fired(occurrence), self._city.time_zone) for occurrence, campaign in rows]


async def _plans(session: AsyncSession) -> list[Plan]:
    """Those of which something may still come."""
    query = select(CampaignRow).where(CampaignRow.state.in_(_ONGOING), CampaignRow.topic != EMERGENCY, _DATED)
    rows = list(await session.scalars(query.order_by(CampaignRow.updated_at.desc(), CampaignRow.id.desc()).limit(MOST)))
    changes = await read_changes(session, [row.id for row in rows])
    return [_plan(row, changes.get(row.id, ())) for row in rows]


def _plan(row: CampaignRow, changes: tuple[DateChange, ...] = ()) -> Plan:
    send_at, repeat = load_rule(row.rule)
    state = CampaignState(row.state)
    return Plan(row.id, row.version, row.title, row.topic, state, send_at, repeat, row.next_fire_at, row.episode, changes)


def _fired(row: OccurrenceRow) -> Fired:
    return Fired(row.scheduled_for, OccurrenceState(row.state), row.total, row.moved_to)


def _around(at: datetime) -> Span:
    return Span(at.date(), at.date()).widened()
