"""The duty roster: who is called for urgent tips, when, and in which order. Times are the city's wall clock."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from bot.errors import Invalid, NotFound
from bot.staff.audit import AuditTrail
from bot.staff.tables import MemberRow, ShiftRow
from bot.storage import Database

_NIGHT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """Some weekdays (0 is Monday) from ``starts`` to ``ends``; past midnight when ``ends`` is not later than ``starts``.

    ``first`` and ``last``: the days on which it begins and ends to count, both included; None: no bound.
    ``rank``: who has the smallest number is called first.
    """

    member_id: str
    rank: int
    weekdays: frozenset[int]
    starts: time
    ends: time
    first: date | None = None
    last: date | None = None
    id: str = ""

    def covers(self, local: datetime) -> bool:
        """Whether the wall-clock moment lies in it: in what began today, or yesterday and goes past midnight."""
        moment = local.replace(tzinfo=None)
        return any(self._covers(moment.date() - timedelta(days=days), moment) for days in (0, 1))

    def _covers(self, day: date, moment: datetime) -> bool:
        if day.weekday() not in self.weekdays or day < (self.first or day) or day > (self.last or day):
            return False
        start, end = datetime.combine(day, self.starts), datetime.combine(day, self.ends)
        return start <= moment < (end if end > start else end + _NIGHT)

    def check(self) -> None:
        """Raises Invalid for what can never cover anything."""
        if not self.weekdays or not self.weekdays <= set(range(7)):
            raise Invalid("weekdays", "error.shift_days")
        if not 1 <= self.rank <= 99:
            raise Invalid("rank", "error.shift_rank")
        if self.first and self.last and self.last < self.first:
            raise Invalid("last", "error.shift_range")


def on_duty(shifts: Iterable[Shift], local: datetime) -> list[str]:
    """Ids of those on duty at a wall-clock moment, in the order in which they are called; each once."""
    ordered = sorted((shift for shift in shifts if shift.covers(local)), key=lambda shift: (shift.rank, shift.id))
    return list(dict.fromkeys(shift.member_id for shift in ordered))


class Roster:
    """Keeps shifts."""

    def __init__(self, database: Database, audit: AuditTrail) -> None:
        self._database = database
        self._audit = audit

    async def shifts(self) -> list[Shift]:
        """All shifts, in the order in which people are called."""
        async with self._database.read() as session:
            rows = await session.scalars(select(ShiftRow).order_by(ShiftRow.rank, ShiftRow.id))
            return [_shift(row) for row in rows]

    async def add(self, actor: str, shift: Shift) -> None:
        """Add a shift.

        Raises:
            Invalid: it never covers anything. NotFound: no such member.
        """
        shift.check()
        async with self._database.begin() as session:
            if await session.get(MemberRow, shift.member_id) is None:
                raise NotFound()
            session.add(_row(shift))
            await self._audit.append(session, actor, "staff.duty_add", shift.member_id)

    async def remove(self, actor: str, shift_id: str) -> None:
        """Take a shift out. Raises NotFound."""
        async with self._database.begin() as session:
            row = await session.get(ShiftRow, shift_id)
            if row is None:
                raise NotFound()
            await session.delete(row)
            await self._audit.append(session, actor, "staff.duty_remove", row.member_id)


def _row(shift: Shift) -> ShiftRow:
    return ShiftRow(
        id=secrets.token_hex(16),
        member_id=shift.member_id,
        rank=shift.rank,
        weekdays="".join(map(str, sorted(shift.weekdays))),
        starts=shift.starts.isoformat("minutes"),
        ends=shift.ends.isoformat("minutes"),
        first=shift.first,
        last=shift.last,
    )


def _shift(row: ShiftRow) -> Shift:
    days, starts, ends = frozenset(map(int, row.weekdays)), time.fromisoformat(row.starts), time.fromisoformat(row.ends)
    return Shift(row.member_id, row.rank, days, starts, ends, row.first, row.last, row.id)
