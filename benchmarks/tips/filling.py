"""Writing many rows as fast as each store allows: without the indexes, which are made afterwards, and past the ORM."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, Table, make_url

from benchmarks.tips.rows import TABLES, Filling, Row, batches
from bot.storage import Base, Database

_FAST = ("synchronous=OFF", "cache_size=-400000", "foreign_keys=OFF")


async def fill(database: Database, filling: Filling, say: Callable[[int], None]) -> None:
    """Write everything; ``say`` is told how many tips stand there."""
    await _indexes(database, make=False)
    if database.is_sqlite:
        await asyncio.to_thread(_into_sqlite, database, filling, say)
    else:
        await _into_postgres(database, filling, say)
    await _indexes(database, make=True)
    if not database.is_sqlite:
        async with database.engine.begin() as connection:
            await connection.exec_driver_sql("ANALYZE")  # as autovacuum does within a minute


def _into_sqlite(database: Database, filling: Filling, say: Callable[[int], None]) -> None:
    done = 0
    with closing(sqlite3.connect(make_url(database.url).database or "", isolation_level=None)) as store:
        for pragma in _FAST:
            store.execute(f"PRAGMA {pragma}")
        for batch in batches(filling):
            store.execute("BEGIN")
            for table in TABLES:
                if rows := batch[table]:
                    columns, places = ", ".join(rows[0]), ", ".join("?" * len(rows[0]))
                    store.executemany(f"INSERT INTO {_name(table)} ({columns}) VALUES ({places})", _bound(database, table, rows))
            store.execute("COMMIT")
            done += len(batch[TABLES[0]])
            say(done)


async def _into_postgres(database: Database, filling: Filling, say: Callable[[int], None]) -> None:
    done = 0
    async with database.engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        for batch in batches(filling):
            for table in TABLES:
                if batch[table]:
                    rows = [tuple(row.values()) for row in batch[table]]
                    await driver.copy_records_to_table(_name(table), records=rows, columns=list(batch[table][0]))
            done += len(batch[TABLES[0]])
            say(done)


def _bound(database: Database, table: type[Base], rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    """The rows as the store's driver takes them."""
    columns, dialect = _table(table).columns, database.engine.dialect
    ways = [columns[name].type.dialect_impl(dialect).bind_processor(dialect) for name in rows[0]]
    return [tuple(way(value) if way else value for way, value in zip(ways, row.values(), strict=True)) for row in rows]


async def _indexes(database: Database, *, make: bool) -> None:
    def all_of_them(connection: Connection) -> None:
        for table in TABLES:
            for index in _table(table).indexes:
                index.create(connection) if make else index.drop(connection)

    async with database.engine.begin() as connection:
        await connection.run_sync(all_of_them)


def _table(table: type[Base]) -> Table:
    found = table.__table__
    assert isinstance(found, Table)
    return found


def _name(table: type[Base]) -> str:
    return _table(table).name
