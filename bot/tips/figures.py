"""Figures about tips: counted once for each quarter, kept without the small numbers, and never counted again.

A quarter is counted 30 days after its end. What is kept is what may be shown, so it outlives the tips; nobody can compare two
countings of the same tips; and whoever looks at figures, however often, makes the database read a few short rows. Until its
quarter is counted, a deleted tip lives on in counts (``counting.py``), which are deleted with that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.messages import Clock
from bot.storage import Database, insert_or_ignore
from bot.tips.city import TipCity
from bot.tips.counting import came_since, first_month, forget_counts, tally_of, waiting
from bot.tips.quarters import Quarter
from bot.tips.tables import TipCountRow, TipFiguresRow
from bot.tips.tally import Figures

_LONG = timedelta(days=3)
_VERY_LONG = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Now:
    """What goes on now, each number rounded down to a multiple of the minimum; None: fewer than that.

    Rounded, because this may be looked at often: two looks that differ by one tip would tell when it came.

    Attributes:
        since: the first moment that no figures cover yet.
        came: tips since then.
        waiting: tips that wait for an answer; ``three_days`` and ``week``: those that have for so long.
    """

    since: datetime
    came: int | None
    waiting: int | None
    three_days: int | None
    week: int | None


class FigureBook:
    """Counts quarters, and gives what was counted.

    Args:
        minimum: no number below it is shown.
    """

    def __init__(self, database: Database, city: TipCity, minimum: int, clock: Clock) -> None:
        self._database = database
        self._city = city
        self._minimum = minimum
        self._clock = clock

    async def settle(self) -> int:
        """Count every quarter that is due and was not counted; returns how many. To be called often: mostly it has nothing to do."""
        due, settled = Quarter.due(self._clock()), 0
        while (quarter := await self._next_to_count()) is not None and quarter <= due:
            await self._count(quarter)
            settled += 1
        await self._sweep()
        return settled

    async def quarters(self) -> list[Quarter]:
        """Those that were counted, newest first."""
        async with self._database.read() as session:
            names = await session.scalars(select(TipFiguresRow.quarter).order_by(TipFiguresRow.quarter.desc()))
            return [Quarter.parse(name) for name in names]

    async def of(self, first: Quarter, last: Quarter) -> list[Figures]:
        """The figures from one quarter to another, oldest first."""
        chosen = TipFiguresRow.quarter.between(str(first), str(last))
        async with self._database.read() as session:
            rows = await session.scalars(select(TipFiguresRow).where(chosen).order_by(TipFiguresRow.quarter))
            return [Figures.from_json(Quarter.parse(row.quarter), row.figures) for row in rows]

    async def now(self) -> Now:
        """What goes on now."""
        now = self._clock()
        async with self._database.read() as session:
            newest = await session.scalar(select(func.max(TipFiguresRow.quarter)))
            since = Quarter.parse(newest).next.begins if newest else Quarter.due(now).next.begins
            came = await session.scalar(came_since(since))
            counts = (await session.execute(waiting([now - _LONG, now - _VERY_LONG]))).one()
        return Now(since, self._rounded(came or 0), *(self._rounded(count) for count in counts))

    def _rounded(self, count: int) -> int | None:
        return None if count < self._minimum else count - count % self._minimum

    async def _next_to_count(self) -> Quarter | None:
        async with self._database.read() as session:
            newest = await session.scalar(select(func.max(TipFiguresRow.quarter)))
            if newest is not None:
                return Quarter.parse(newest).next
            first = await first_month(session)
        return None if first is None else Quarter.of(first)

    async def _count(self, quarter: Quarter) -> None:
        async with self._database.read() as session:
            tally = await tally_of(session, quarter)
        categories = [category.code for category in self._city.tip_categories]
        districts = [district.code for district in self._city.districts]
        figures = tally.figures(quarter, categories, districts, self._minimum, self._clock().date())
        # What was deleted meanwhile stood there when it was read: its count is not needed any more.
        async with self._database.begin() as session:
            await self._keep(session, quarter, figures)

    async def _keep(self, session: AsyncSession, quarter: Quarter, figures: Figures) -> None:
        # Two processes may count at once; the first one's figures stay.
        await session.execute(insert_or_ignore(session, TipFiguresRow).values(quarter=str(quarter), figures=figures.to_json()))
        await forget_counts(session, quarter.next.begins)

    async def _sweep(self) -> None:
        """Tips that were deleted after their quarter was counted left counts that nobody needs."""
        async with self._database.read() as session:
            oldest = await session.scalar(select(func.min(TipCountRow.month)))
            newest = await session.scalar(select(func.max(TipFiguresRow.quarter)))
        if oldest is None or newest is None or Quarter.of(oldest) > Quarter.parse(newest):
            return
        async with self._database.begin() as session:
            await forget_counts(session, Quarter.parse(newest).next.begins)
