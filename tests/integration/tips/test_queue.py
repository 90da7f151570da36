"""The queue's filters, orders and pages, and the views that moderators save."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.errors import Invalid, NotFound
from bot.tips.queue import Filters, Order, pages_of
from bot.tips.status import OPEN, Status
from bot.tips.tables import TipRow, TipViewRow
from tests.integration.tips.conftest import NOW, World


async def spread(world: World) -> list[str]:
    """Seven tips of different kinds and hours; their ids."""
    ids = []
    for number in range(7):
        category = ("drugs", "weapon", "dangerous_place")[number % 3]
        ids.append((await world.told(category=category, now=NOW + timedelta(hours=number // 2))).tip_id)
    desk = world.tips.moderation
    await desk.casework.assign(world.moderator, ids[0], "s1")
    await desk.casework.set_labels(world.moderator, ids[1], ["school"], ["white van"])
    await world.tips.review.open(world.moderator, ids[2])
    await world.tips.review.reply(world.moderator, ids[3], "Where?")
    await world.tips.review.change_status(world.moderator, ids[4], Status.CLOSED)
    async with world.database.begin() as session:
        await session.execute(update(TipRow).where(TipRow.id == ids[5]).values(district=None))
    return ids


async def test_each_filter_finds_its_tips(world: World) -> None:
    ids = await spread(world)
    label = world.tips.moderation.casework.code_of("White Van")
    wanted: dict[Filters, set[int]] = {
        Filters(): {0, 1, 2, 3, 4, 5, 6},
        Filters(status=Status.CLOSED): {4},
        Filters(category="drugs"): {0, 3, 6},
        Filters(district="hill"): {0, 1, 2, 3, 4, 6},
        Filters(urgent=True): {1, 4},
        Filters(assignee="s1"): {0},
        Filters(assignee=""): {1, 2, 3, 4, 5, 6},
        Filters(label="school"): {1},
        Filters(label=label): {1},
        Filters(label="=nothing"): set(),
        Filters(unread=True): {0, 1, 5, 6},
        Filters(order=Order.WAITING): {0, 1, 2, 5, 6},
        Filters(category="drugs", unread=True): {0, 6},
        Filters(status=Status.NEW, category="drugs", district="hill", assignee="s1"): {0},
    }
    for filters, numbers in wanted.items():
        found = await world.tips.review.queue(filters, reader_id="s1")
        assert {tip.id for tip in found} == {ids[number] for number in numbers}, filters


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL reads a table of seven tips at once
@pytest.mark.parametrize("status", OPEN)
async def test_open_tips_of_a_category_come_from_their_own_index(world: World, status: Status) -> None:
    [query] = pages_of(Filters(status=status, category="drugs", district="hill"), "s1", None, 50)
    async with world.database.read() as session:
        connection = await session.connection()
        asked: Any = query.compile(dialect=connection.dialect)
        values = tuple(asked.params[name] for name in asked.positiontup)
        plan = "\n".join(str(row[-1]) for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", values))
    assert "INDEX ix_tip_queue_open" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("order", Order)
async def test_pages_follow_on_in_each_order(world: World, order: Order) -> None:
    await spread(world)
    filters = Filters(order=order)
    whole = await world.tips.review.queue(filters)
    pages, before = [], None
    while page := await world.tips.review.queue(filters, limit=2, before=before):
        pages += page
        before = page[-1].id
    assert pages == whole and len({tip.id for tip in pages}) == len(pages)
    assert [tip.urgent for tip in whole] == sorted((tip.urgent for tip in whole), reverse=True)
    hours = [tip.created_at if order is Order.NEWEST else tip.waiting_since for tip in whole if not tip.urgent]
    assert hours == sorted(hours, reverse=order is Order.NEWEST)  # type: ignore[type-var]


async def test_a_page_after_a_deleted_tip_says_so(world: World) -> None:
    with pytest.raises(NotFound):
        await world.tips.review.queue(before="gone")


async def test_counting_ends_where_nobody_reads_the_number(world: World) -> None:
    await spread(world)
    counts = await world.tips.review.count_up_to(3)
    assert (counts[Status.NEW], counts[Status.CLOSED], counts[Status.WAITING]) == (3, 1, 0)


async def test_views_are_ones_own_and_their_names_are_sealed(world: World) -> None:
    views = world.tips.moderation.views
    await views.save("s1", "  White   van ", "label=x")
    await views.save("s1", "a first", "")
    assert [(view.name, view.query) for view in await views.of("s1")] == [("a first", ""), ("White van", "label=x")]
    assert await views.of("s2") == []
    [first, _] = await views.of("s1")
    await views.forget("s2", first.id)
    assert len(await views.of("s1")) == 2
    await views.forget("s1", first.id)
    async with world.database.read() as session:
        [name] = (await session.scalars(select(TipViewRow.name))).all()
    assert b"van" not in name
    for words, code in ((" ", "empty"), ("x" * 41, "too_long")):
        with pytest.raises(Invalid) as raised:
            await views.save("s1", words, "")
        assert raised.value.code == code
    for number in range(11):
        await views.save("s1", str(number), "")
    with pytest.raises(Invalid, match="too_many"):
        await views.save("s1", "one more", "")
