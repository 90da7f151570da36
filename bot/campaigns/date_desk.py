"""Moving single dates of a campaign that repeats, leaving one out, and taking that back.

Asks for no new approval: what was approved is what is said to whom, and a running campaign cannot wait as a draft. What could be
done with it instead is ruled out (:mod:`bot.campaigns.date_rules`): no date at night or in school, none far off, no second one a day.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.calendar import CHANGEABLE
from bot.campaigns.city import CityFacts
from bot.campaigns.date_book import read_begun, read_changes
from bot.campaigns.date_rules import Dated, Obstacle, find_obstacles
from bot.campaigns.dates import DateChange, firings, with_change
from bot.campaigns.holding import held
from bot.campaigns.plans import Campaign, read_campaign
from bot.campaigns.rules import load_rule, rule_of
from bot.campaigns.steering import move
from bot.campaigns.tables import CampaignRow, CampaignState, DateChangeRow
from bot.errors import Conflict, Invalid, NotFound
from bot.messages import Clock
from bot.storage import Database

_FIRES = (CampaignState.APPROVED, CampaignState.RUNNING, CampaignState.PAUSED)


class DateDesk:
    """Changes dates. Who may is asked before, by role."""

    def __init__(self, database: Database, city: CityFacts, clock: Clock) -> None:
        self._database = database
        self._city = city
        self._clock = clock

    async def change(self, staff_id: str, campaign_id: int, version: int, new: DateChange) -> Campaign:
        """Move a date, alone or with all that follow, or leave it out.

        Raises:
            NotFound: there is no such campaign.
            Conflict: somebody changed it since ``version``, it does not repeat, is over, or a date's turn has come just now.
            Invalid: the date cannot stand there, or is over; the code says why.
        """
        async with self._database.begin() as session:
            row, plan = await self._plan(session, campaign_id, version)
            return await self._kept(session, row, plan, with_change(plan.changes, new), new.original, staff_id)

    async def restore(self, staff_id: str, campaign_id: int, version: int, original: datetime) -> Campaign:
        """Take back the change that put a date where it is, for all dates for which it was made. Raises as :meth:`change`."""
        async with self._database.begin() as session:
            row, plan = await self._plan(session, campaign_id, version)
            date = plan.dates(self._city).get(original)
            if date is None or date.change is None:
                raise Conflict("this date was not changed")
            left = tuple(one for one in plan.changes if one != date.change)
            return await self._kept(session, row, plan, left, original, staff_id)

    async def obstacles(self, campaign_id: int, new: DateChange) -> list[Obstacle]:
        """Why a date cannot be changed so now, for a form. Raises NotFound; Conflict when the campaign does not repeat."""
        async with self._database.read() as session:
            if (row := await session.get(CampaignRow, campaign_id)) is None:
                raise NotFound
            plan = await self._read(session, row)
        return list(dict.fromkeys(find_obstacles(plan, with_change(plan.changes, new), new.original, self._city, self._clock())))

    async def _plan(self, session: AsyncSession, campaign_id: int, version: int) -> tuple[CampaignRow, Dated]:
        row = await held(session, campaign_id, CHANGEABLE, version)
        if row.next_fire_at is not None and row.next_fire_at <= self._clock():
            raise Conflict("a date's turn has come")
        return row, await self._read(session, row)

    async def _read(self, session: AsyncSession, row: CampaignRow) -> Dated:
        send_at, repeat = load_rule(row.rule)
        if repeat is None:
            raise Conflict("a campaign that fires once has no other dates")
        changes = (await read_changes(session, [row.id])).get(row.id, ())
        return Dated(send_at, repeat, changes, await read_begun(session, row.id))

    async def _kept(
        self, session: AsyncSession, row: CampaignRow, plan: Dated, changes: tuple[DateChange, ...], original: datetime, by: str
    ) -> Campaign:
        now = self._clock()
        if obstacle := next(find_obstacles(plan, changes, original, self._city, now), None):
            raise Invalid("date", obstacle)
        await self._write(session, row, plan.changes, changes, by)
        if row.state in _FIRES:
            row.next_fire_at = self._next(plan, changes, now)
        move(row, CampaignState(row.state), now)
        await session.flush()
        return await read_campaign(session, row, self._city)

    def _next(self, plan: Dated, changes: tuple[DateChange, ...], now: datetime) -> datetime | None:
        rule = rule_of(plan.send_at, plan.repeat, self._city.calendar.is_school_free)
        coming = firings(rule, changes, self._city.time_zone, now)
        return next((one.fires_at for one in coming if one.scheduled_for not in plan.begun), None)

    async def _write(
        self, session: AsyncSession, row: CampaignRow, old: tuple[DateChange, ...], new: tuple[DateChange, ...], by: str
    ) -> None:
        for gone in (one for one in old if one not in new):
            its = (DateChangeRow.original == _wall(gone.original)) & (DateChangeRow.reach == gone.reach)
            await session.execute(delete(DateChangeRow).where(DateChangeRow.campaign_id == row.id, its))
        for one in (one for one in new if one not in old):
            to = _wall(one.to) if one.to else None
            values = {"original": _wall(one.original), "reach": one.reach, "moved_to": to, "staff_id": by, "changed_at": self._clock()}
            session.add(DateChangeRow(campaign_id=row.id, **values))


def _wall(time: datetime) -> str:
    return time.isoformat(timespec="minutes")
