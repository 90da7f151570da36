"""The rows behind the figures: tips that stand there, and counts of those deleted before their quarter was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage import insert
from bot.tips.quarters import Quarter
from bot.tips.tables import TipCountRow, TipRow
from bot.tips.tally import NOWHERE, Tally, wait_of

_PLACE, _OUTCOME, _WAIT = "place", "outcome", "wait"

_COUNTED = (TipRow.created_at, TipRow.category, TipRow.district, TipRow.status, TipRow.first_answer_at)
"""All that is read of a tip."""


async def count_gone(session: AsyncSession, tip_ids: Sequence[str], outcome: str | None) -> None:
    """Add tips that are about to be deleted to the counts, in the same transaction.

    Args:
        outcome: what became of them; None: the status that each has.
    """
    counts: Counter[tuple[date, str, str, str]] = Counter()
    for created_at, category, district, status, answered_at in await session.execute(select(*_COUNTED).where(TipRow.id.in_(tip_ids))):
        month = created_at.date().replace(day=1)
        counts[month, _PLACE, category, district or NOWHERE] += 1
        counts[month, _OUTCOME, outcome or status, ""] += 1
        counts[month, _WAIT, wait_of(created_at, answered_at).value, ""] += 1
    if counts:
        # Sorted, so that two who delete at once take the rows in one order and do not wait for each other in a ring.
        rows = [dict(zip(("month", "kind", "first", "second"), key, strict=True), count=number) for key, number in sorted(counts.items())]
        statement = insert(session, TipCountRow).values(rows)
        more = {"count": TipCountRow.count + statement.excluded.count}
        keys = ["month", "kind", "first", "second"]
        await session.execute(statement.on_conflict_do_update(index_elements=keys, set_=more))


async def tally_of(session: AsyncSession, quarter: Quarter) -> Tally:
    """The counts of a quarter: of tips there, and of deleted ones, all at one moment.

    Who deletes a tip counts it in the same transaction, so at any moment it is either there or counted.

    Args:
        session: it has read nothing yet, and does not write: so everybody else may, however long this takes.
    """
    if session.get_bind().dialect.name == "postgresql":
        # SQLite reads a single state of the store anyway.
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    tally = Tally()
    _add_gone(tally, await session.execute(select(TipCountRow).where(TipCountRow.month.in_(quarter.months))))
    standing = await session.stream(_standing(quarter), execution_options={"yield_per": 5_000})
    async for created_at, category, district, status, answered_at in standing:
        tally.add(created_at.date().replace(day=1), category, district, status, wait_of(created_at, answered_at).value)
    return tally


async def forget_counts(session: AsyncSession, before: datetime) -> None:
    """Delete the counts of months before a moment: their quarters are counted."""
    await session.execute(delete(TipCountRow).where(TipCountRow.month < before.date()))


async def first_month(session: AsyncSession) -> date | None:
    """The month of the oldest tip or count; None when there is none."""
    oldest = [await session.scalar(select(func.min(TipRow.created_at)).where(TipRow.urgent.is_(urgent))) for urgent in (True, False)]
    days = [moment.date() for moment in oldest if moment is not None]
    counted = await session.scalar(select(func.min(TipCountRow.month)))
    return min([*days, counted] if counted is not None else days, default=None)


def came_since(moment: datetime) -> Select[int]:
    """How many tips there are that came at that moment or later."""
    return select(func.count()).select_from(TipRow).where(_of_any_urgency(), TipRow.created_at >= moment)


def waiting(since: Iterable[datetime]) -> Executable:
    """How many tips wait for an answer; and, for each moment, how many of them have waited since then or longer."""
    each = [func.count().filter(TipRow.waiting_since <= moment) for moment in since]
    return select(func.count(), *each).select_from(TipRow).where(TipRow.waiting_since.is_not(None))


def _standing(quarter: Quarter) -> Executable:
    within = (TipRow.created_at >= quarter.begins) & (TipRow.created_at < quarter.next.begins)
    return select(*_COUNTED).where(_of_any_urgency(), within)


def _of_any_urgency() -> ColumnElement[bool]:
    """True for every tip; with it the index of the queue (urgent, created_at) finds a period without reading all tips."""
    return TipRow.urgent.in_((True, False))


def _add_gone(tally: Tally, rows: Any) -> None:
    for row in rows.scalars():
        if row.kind == _PLACE:
            tally.places[row.month, row.first, row.second] += row.count
        elif row.kind == _OUTCOME:
            tally.outcomes[row.first] += row.count
        else:
            tally.waits[row.first] += row.count
