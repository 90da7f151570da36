"""The store's own promises."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, text
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


def _do(statement: str, **values: object) -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        connection.execute(text(statement), values)

    return work


def _insert(number: int) -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        _do("INSERT INTO counter VALUES (:n)", n=number)(connection)
        if number == 13:
            raise RuntimeError

    return work


async def _counter(database: Database) -> None:
    await database.write(_do("CREATE TABLE counter (n INTEGER PRIMARY KEY)"))


async def _numbers(database: Database) -> list[int]:
    return await database.fetch(lambda connection: list(connection.scalars(text("SELECT n FROM counter ORDER BY n"))))


async def test_short_work_of_many_is_committed_and_a_failure_takes_back_only_its_own(empty_database: Database) -> None:
    await _counter(empty_database)
    work = [empty_database.write(_insert(number), durable=number % 2 == 0) for number in (*range(20), 3)]
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    # Which of the two threes comes first is PostgreSQL's affair.
    assert sorted(type(outcome).__name__ for outcome in outcomes if outcome is not None) == ["IntegrityError", "RuntimeError"]
    assert await _numbers(empty_database) == [number for number in range(20) if number != 13]


async def test_short_work_alone_that_fails_takes_everything_back(empty_database: Database) -> None:
    await _counter(empty_database)
    with pytest.raises(RuntimeError):
        await empty_database.write(_insert(13))
    assert await _numbers(empty_database) == []


async def test_an_error_of_short_work_never_carries_what_was_written(empty_database: Database) -> None:
    with pytest.raises(DBAPIError) as error:
        await empty_database.write(_do("INSERT INTO nowhere VALUES (:words)", words="what she told us"))
    assert "what she told us" not in str(error.value)


async def test_sessions_and_short_work_of_two_processes_do_not_lose_each_others_writes(empty_database: Database) -> None:
    other = Database(empty_database.url)
    await empty_database.write(_do("CREATE TABLE total (n INTEGER)"))
    await empty_database.write(_do("INSERT INTO total VALUES (0)"))
    more = "UPDATE total SET n = n + 1"

    async def by_sessions(database: Database) -> None:
        for _ in range(10):
            async with database.begin() as session:
                await session.execute(text(more))

    async def by_short_work(database: Database) -> None:
        for _ in range(10):
            await database.write(_do(more))

    await asyncio.gather(*(way(database) for way in (by_sessions, by_short_work) for database in (empty_database, other)))
    await other.close()
    assert await empty_database.fetch(lambda connection: connection.scalar(text("SELECT n FROM total"))) == 40


async def test_whoever_gives_up_waiting_holds_up_nobody(empty_database: Database) -> None:
    await _counter(empty_database)
    async with empty_database.begin():
        given_up = asyncio.create_task(empty_database.write(_insert(1)))
        waiting = asyncio.create_task(empty_database.write(_insert(2)))
        await asyncio.sleep(0.05)
        given_up.cancel()
    await waiting
    assert 2 in await _numbers(empty_database)


async def test_what_has_to_survive_a_power_cut_is_synced_to_the_disk_and_the_rest_follows_it(sqlite_url: str) -> None:
    database = Database(sqlite_url)

    async def level(*, durable: bool) -> object:
        return await database.write(lambda connection: connection.scalar(text("PRAGMA synchronous")), durable=durable)

    normal, full = 1, 2
    assert [await level(durable=durable) for durable in (False, True, False)] == [normal, full, normal]
    together = await asyncio.gather(level(durable=False), level(durable=True), level(durable=False))
    assert full in together
    async with database.begin() as session:
        assert await session.scalar(text("PRAGMA synchronous")) == full
    await database.close()


async def test_a_connection_that_the_server_closed_is_replaced(postgres_url: str) -> None:
    database, other = Database(postgres_url), Database(postgres_url)
    try:
        async with database.engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
        async with other.begin() as session:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            await session.execute(text(ended))
        async with asyncio.timeout(5):
            while not driver.is_closed():  # noqa: ASYNC110 (the driver has no event for it)
                await asyncio.sleep(0.005)
        await database.check()
    finally:
        await database.close()
        await other.close()
