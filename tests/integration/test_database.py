"""The store's own promises."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.storage import Database


async def test_an_error_never_carries_what_was_written(empty_database: Database) -> None:
    with pytest.raises(DBAPIError) as error:
        async with empty_database.begin() as session:
            await session.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "what she told us"})
    assert "what she told us" not in str(error.value)


async def test_two_processes_write_one_after_the_other(empty_database: Database) -> None:
    other = Database(empty_database.url)
    async with empty_database.begin() as session:
        await session.execute(text("CREATE TABLE counter (n INTEGER)"))
        await session.execute(text("INSERT INTO counter VALUES (0)"))

    async def count(database: Database) -> None:
        for _ in range(20):
            async with database.begin() as session:
                await session.execute(text("UPDATE counter SET n = n + 1"))

    await asyncio.gather(count(empty_database), count(other))
    await other.close()
    async with empty_database.read() as session:
        assert await session.scalar(text("SELECT n FROM counter")) == 40


async def test_an_exception_takes_everything_back(empty_database: Database) -> None:
    async with empty_database.begin() as session:
        await session.execute(text("CREATE TABLE counter (n INTEGER)"))
    with pytest.raises(RuntimeError):
        async with empty_database.begin() as session:
            await session.execute(text("INSERT INTO counter VALUES (1)"))
            raise RuntimeError
    async with empty_database.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM counter")) == 0
