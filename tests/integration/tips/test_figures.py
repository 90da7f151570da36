"""Figures: each quarter is counted once, with the tips that are gone by then, and stays as it is."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage import Database
from bot.tips.counting import tally_of
from bot.tips.figures import FigureBook
from bot.tips.holding import Cause, delete_rows
from bot.tips.quarters import Quarter
from bot.tips.tables import TipCountRow, TipFiguresRow, TipRow
from bot.tips.tally import Tally
from tests.integration.tips.conftest import World

JULY = datetime(2026, 7, 10, 9, tzinfo=UTC)
DUE = datetime(2026, 10, 31, 6, tzinfo=UTC)
Q3 = Quarter(2026, 3)


@pytest.fixture
def book(world: World) -> FigureBook:
    world.now = DUE
    return FigureBook(world.database, world.city, 10, lambda: world.now)


def tip(created_at: datetime = JULY, answered_after: int | None = 2, **changes: object) -> TipRow:
    values: dict[str, object] = {
        "id": secrets.token_hex(16),
        "locator": secrets.token_hex(4),
        "category": "drugs",
        "district": "hill",
        "status": "closed",
        "urgent": False,
        "created_at": created_at,
        "updated_at": created_at,
        "public_key": b"k" * 32,
        "details": b"sealed",
        "first_answer_at": None if answered_after is None else created_at + timedelta(hours=answered_after),
    }
    return TipRow(**(values | changes))


async def keep(database: Database, *tips: TipRow) -> list[str]:
    async with database.begin() as session:
        session.add_all(tips)
    return [one.id for one in tips]


async def delete(database: Database, ids: list[str], cause: Cause) -> None:
    async with database.begin() as session:
        await delete_rows(session, [(tip_id, "drugs") for tip_id in ids], cause, DUE.date())


async def number_of(world: World, table: type[TipCountRow] | type[TipFiguresRow]) -> int:
    async with world.database.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_quarter_is_counted_when_it_is_due(world: World, book: FigureBook) -> None:
    await keep(world.database, *(tip() for _ in range(30)), *(tip(datetime(2026, 8, 1, tzinfo=UTC), 30, urgent=True) for _ in range(20)))
    world.now = DUE - timedelta(hours=7)
    assert await book.settle() == 0
    world.now = DUE
    assert await book.settle() == 1
    [figures] = await book.of(Q3, Q3)
    assert (figures.total, figures.minimum, figures.counted_on) == (50, 10, DUE.date())
    assert (figures.months["2026-07-01"], figures.months["2026-08-01"]) == (30, None)
    assert (figures.waits["four_hours"], figures.waits["three_days"]) == (30, 20)


async def test_the_edges_of_a_quarter_belong_to_one_quarter_each(world: World, book: FigureBook) -> None:
    first, last = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 9, 30, 23, tzinfo=UTC)
    before, after = first - timedelta(hours=1), last + timedelta(hours=1)
    await keep(world.database, *(tip(moment) for moment in (first, last, before, after) for _ in range(15)))
    world.now = datetime(2027, 1, 31, tzinfo=UTC)
    assert await book.settle() == 3
    assert [figures.total for figures in await book.of(Q3.before, Q3.next)] == [15, 30, 15]


async def test_tips_that_are_deleted_before_are_counted_all_the_same(world: World, book: FigureBook) -> None:
    ids = await keep(world.database, *(tip() for _ in range(60)))
    await delete(world.database, ids[:20], Cause.RETENTION)
    await delete(world.database, ids[20:35], Cause.TIPSTER)
    await delete(world.database, ids[35:50], Cause.MODERATORS)
    await book.settle()
    [figures] = await book.of(Q3, Q3)
    assert figures.total == 60
    assert (figures.outcomes["closed"], figures.outcomes["withdrawn"], figures.outcomes["deleted"]) == (30, 15, 15)
    assert await number_of(world, TipCountRow) == 0


async def test_figures_stay_when_tips_change_and_go(world: World, book: FigureBook) -> None:
    ids = await keep(world.database, *(tip() for _ in range(40)))
    await book.settle()
    before = await book.of(Q3, Q3)
    async with world.database.begin() as session:
        await session.execute(update(TipRow).where(TipRow.id.in_(ids[:20])).values(status="new"))
    await delete(world.database, ids[20:], Cause.RETENTION)
    assert await number_of(world, TipCountRow) > 0
    assert await book.settle() == 0
    assert await book.of(Q3, Q3) == before
    assert await number_of(world, TipCountRow) == 0


async def test_only_what_may_be_shown_is_kept(world: World, book: FigureBook) -> None:
    await keep(world.database, *(tip() for _ in range(47)), *(tip(district="old_port", category="weapon") for _ in range(7)))
    await book.settle()
    async with world.database.read() as session:
        [kept] = await session.scalars(select(TipFiguresRow.figures))
    assert '"total": 54' in kept
    assert "47" not in kept and ": 7," not in kept and ", 7]" not in kept


async def test_quarters_without_enough_tips_are_settled_too(world: World, book: FigureBook) -> None:
    await keep(world.database, tip(datetime(2026, 1, 2, tzinfo=UTC)))
    assert await book.settle() == 3
    assert await book.quarters() == [Q3, Q3.before, Q3.before.before]
    assert {figures.total for figures in await book.of(Quarter(2026, 1), Q3)} == {None}


async def test_what_goes_on_now_is_rounded_down(world: World, book: FigureBook) -> None:
    now = DUE.replace(hour=0)
    await keep(world.database, *(tip(now - timedelta(days=age), None, waiting_since=now - timedelta(days=age)) for age in range(29)))
    state = await book.now()
    assert (state.came, state.waiting, state.three_days, state.week) == (20, 20, 20, 20)
    assert state.since == Q3.next.begins


async def test_nothing_is_said_of_few_that_wait(world: World, book: FigureBook) -> None:
    await keep(world.database, *(tip(DUE, None, waiting_since=DUE) for _ in range(9)))
    state = await book.now()
    assert (state.came, state.waiting) == (None, None)


async def test_others_write_while_a_quarter_is_read_and_who_is_deleted_then_counts_once(
    world: World, book: FigureBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await keep(world.database, *(tip() for _ in range(30)))

    async def slow(session: AsyncSession, quarter: Quarter) -> Tally:
        tally = await tally_of(session, quarter)
        async with asyncio.timeout(5):
            await delete(world.database, ids[:10], Cause.RETENTION)
        await session.rollback()
        return tally

    monkeypatch.setattr("bot.tips.figures.tally_of", slow)
    assert await book.settle() == 1
    monkeypatch.undo()
    assert await FigureBook(world.database, world.city, 10, lambda: world.now).settle() == 0

    [figures] = await book.of(Q3, Q3)
    assert figures.total == 30 and await number_of(world, TipCountRow) == 0
