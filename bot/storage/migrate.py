"""Bringing the store to the present schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.storage.database import Database

_LOCK = 0x4641524F
"""Key of PostgreSQL's advisory lock: two processes that start together migrate one after the other."""


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def upgrade(database: Database) -> None:
    """Apply the migrations that are missing, all in one transaction; nothing happens when there are none."""
    async with database.begin() as session:
        if not database.is_sqlite:
            await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        connection = await session.connection()
        await connection.run_sync(_upgrade)


async def is_current(database: Database) -> bool:
    """Whether the store has the newest schema."""
    async with database.read() as session:
        connection = await session.connection()
        return await connection.run_sync(lambda sync: _revision(sync) == newest())


def newest() -> str | None:
    """The newest revision that this version knows."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: Connection) -> None:
    # Asking first keeps a second start quick: loading Alembic's environment takes longer than one query.
    if _revision(connection) != newest():
        command.upgrade(configuration(connection), "head")
