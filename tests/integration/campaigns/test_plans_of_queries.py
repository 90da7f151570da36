"""The questions that are asked for each person go by a key: one that went through the whole ledger would stop a large city's sender."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Select, func, insert, select, text

from bot.campaigns.audience import Audience, _people
from bot.campaigns.letters import _LETTERS
from bot.campaigns.narrowing import Narrowing
from bot.campaigns.tables import DeliveryRow
from bot.storage import Database
from tests.integration.campaigns.conftest import Desk
from tests.unit.campaigns.kit import FRIDAY_EVENING, SmallCity

LETTER = _LETTERS.params(of=1, people=["x", "y"], since=FRIDAY_EVENING)
NARROWED = _people(select(func.count()), Audience("bikes", FRIDAY_EVENING, SmallCity().time_zone, Narrowing(not_within_days=7)))


@pytest.fixture
async def full(desk: Desk) -> AsyncIterator[Database]:
    """A store with more deliveries than any plan would rather read one by one."""
    await desk.fired(3)
    row = {"occurrence_id": 1, "part": 0, "state": "sent", "language": "en", "attempts": 1, "not_before": FRIDAY_EVENING}
    async with desk.database.begin() as session:
        await session.execute(insert(DeliveryRow), [row | {"pseudonym": f"other-{number}"} for number in range(4000)])
        if (await session.connection()).dialect.name == "postgresql":
            await session.execute(text("ANALYZE"))  # It does so by itself; SQLite never does, and plans without figures.
    yield desk.database


@pytest.mark.parametrize("query", [LETTER, NARROWED], ids=["letter", "narrowed"])
async def test_it_goes_by_a_key(full: Database, query: Select[Any]) -> None:
    async with full.read() as session:
        connection = await session.connection()
        is_sqlite = connection.dialect.name == "sqlite"
        words = str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
        rows = await session.execute(text(("EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN ") + words.replace(":", "\\:")))
        plan = "\n".join(str(row[-1]) for row in rows)
    assert ("SCAN delivery" if is_sqlite else "Seq Scan on delivery") not in plan, plan
