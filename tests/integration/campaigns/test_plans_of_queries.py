"""The questions that are asked for each person go by a key: one that went through the whole ledger would stop a large city's sender."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Select, func, insert, select, text

from bot.campaigns.audience import Audience, _people
from bot.campaigns.letters import _LETTERS, _RECEIVED
from bot.campaigns.narrowing import Narrowing
from bot.campaigns.tables import DeliveryRow
from bot.storage import Database
from tests.integration.campaigns.conftest import Desk
from tests.unit.campaigns.kit import FRIDAY_EVENING, SmallCity

LETTER = _LETTERS.params(of=1, people=["x", "y"])
RECEIVED = _RECEIVED.params(of=1, others=[2, 3], people=["x", "y"], since=FRIDAY_EVENING)
NARROWED = _people(select(func.count()), Audience("bikes", FRIDAY_EVENING, SmallCity().time_zone, Narrowing(not_within_days=7)))


@pytest.fixture
async def fresh(desk: Desk) -> AsyncIterator[Database]:
    """A store with more deliveries than any plan would rather read one by one, as it is right after a snapshot."""
    await desk.fired(3)
    row = {"occurrence_id": 1, "part": 0, "state": "sent", "language": "en", "attempts": 1, "not_before": FRIDAY_EVENING}
    async with desk.database.begin() as session:
        await session.execute(insert(DeliveryRow), [row | {"pseudonym": f"other-{number}"} for number in range(4000)])
    yield desk.database


@pytest.fixture
async def full(fresh: Database) -> Database:
    """The same a minute later."""
    if not fresh.is_sqlite:
        async with fresh.begin() as session:
            await session.execute(text("ANALYZE"))  # It does so by itself; SQLite never does, and plans without figures.
    return fresh


@pytest.mark.parametrize("query", [LETTER, RECEIVED, NARROWED], ids=["letter", "received", "narrowed"])
async def test_it_goes_by_a_key(full: Database, query: Select[Any]) -> None:
    assert not _reads_everything(plan := await _plan_of(full, query)), plan


@pytest.mark.parametrize("query", [LETTER, RECEIVED], ids=["letter", "received"])
async def test_what_is_asked_for_each_letter_does_so_without_statistics(fresh: Database, query: Select[Any]) -> None:
    assert not _reads_everything(plan := await _plan_of(fresh, query)), plan


async def _plan_of(database: Database, query: Select[Any]) -> str:
    async with database.read() as session:
        connection = await session.connection()
        words = str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
        rows = await session.execute(text(("EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN ") + words.replace(":", "\\:")))
        return "\n".join(str(row[-1]) for row in rows)


def _reads_everything(plan: str) -> bool:
    """Whether some step goes through all deliveries, or all subscribers of a topic."""
    return any(step in plan for step in ("SCAN delivery", "Seq Scan on delivery", "on ix_subscription", "using ix_subscription"))
