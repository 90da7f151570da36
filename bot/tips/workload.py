"""How much there is to do: counts of the queue, without content. Quick at any size, since it counts no further than anybody reads."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, func, literal, select

from bot.storage import Database
from bot.tips.queue import count_of
from bot.tips.status import Status
from bot.tips.tables import TipRow

COUNTED = 1000
"""Beyond that nobody reads the number, and counting takes long."""


@dataclass(frozen=True, slots=True)
class Workload:
    """``new``: nobody has taken them up. ``waiting``: the teller's newest word has no answer."""

    new: int
    waiting: int


async def workload(database: Database) -> Workload:
    """The counts now."""
    async with database.read() as session:
        new, waiting = [await session.scalar(query) or 0 for query in (count_of(Status.NEW, COUNTED), _waiting())]
    return Workload(new, waiting)


def _waiting() -> Select[int]:
    few = select(literal(1)).where(TipRow.waiting_since.is_not(None)).limit(COUNTED)
    return select(func.count()).select_from(few.subquery())
