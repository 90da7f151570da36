"""Migrations lead to exactly the tables that the packages declare, on both databases, from any number of processes."""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from bot.storage import Base, Database
from bot.storage.migrate import is_current, upgrade

ROOT = Path(__file__).parents[2]


def _load_all_tables() -> None:
    for path in sorted((ROOT / "bot").rglob("tables.py")):
        importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def _differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata))


async def test_migrations_make_the_declared_tables(empty_database: Database) -> None:
    _load_all_tables()
    assert not await is_current(empty_database)
    await upgrade(empty_database)
    assert await is_current(empty_database)
    async with empty_database.read() as session:
        connection = await session.connection()
        assert await connection.run_sync(_differences) == []


async def test_two_processes_may_migrate_at_once(empty_database: Database) -> None:
    other = Database(empty_database.url)
    try:
        await asyncio.gather(upgrade(empty_database), upgrade(other))
        assert await is_current(other)
    finally:
        await other.close()


async def test_all_tables_can_be_taken_back(empty_database: Database) -> None:
    from alembic import command

    from bot.storage.migrate import configuration

    await upgrade(empty_database)
    async with empty_database.begin() as session:
        connection = await session.connection()
        await connection.run_sync(lambda sync: command.downgrade(configuration(sync), "base"))
    async with empty_database.read() as session:
        connection = await session.connection()
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == ["alembic_version"]
