"""Statements that SQLAlchemy spells differently for each database: inserts that meet an existing row, and how many rows changed."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, Result, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.schema import Base


def insert(session: AsyncSession, row: type[Base]) -> Any:
    """The dialect's own INSERT: both know ``on_conflict_do_update`` and ``on_conflict_do_nothing``."""
    return _insert(session.get_bind().dialect.name, row)


def insert_or_ignore(session: AsyncSession, row: type[Base]) -> Any:
    """INSERT … ON CONFLICT DO NOTHING; with ``returning`` it gives no row when there was one already."""
    return insert(session, row).on_conflict_do_nothing()


async def upsert(session: AsyncSession, row: type[Base], **values: Any) -> None:
    """Write ``values``, which hold the primary key, as a new row or over the existing one.

    Quicker than ``session.merge`` (no SELECT before), and safe when two processes write the same key at once.
    """
    await session.execute(_upsert(session.get_bind().dialect.name, row, tuple(values)), values)


def put(connection: Connection, row: type[Base], **values: Any) -> None:
    """:func:`upsert` for short work (:meth:`bot.storage.Database.write`)."""
    connection.execute(_upsert(connection.dialect.name, row, tuple(values)), values)


def put_if_new(connection: Connection, row: type[Base], **values: Any) -> bool:
    """Insert a row; false, and nothing changed, when its key is there already."""
    return affected(connection.execute(_put_if_new(connection.dialect.name, row), values)) == 1


def affected(result: Result[Any]) -> int:
    """How many rows an INSERT, UPDATE or DELETE wrote."""
    return cast(CursorResult[Any], result).rowcount


def _insert(dialect: str, row: type[Base]) -> Any:
    return (sqlite if dialect == "sqlite" else postgresql).insert(row)


# Made once: putting a statement together takes SQLAlchemy longer than running it.


@cache
def _upsert(dialect: str, row: type[Base], names: tuple[str, ...]) -> Any:
    table = cast(Table, row.__table__)
    statement = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    keys = [column.name for column in table.primary_key]
    others = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=others)


@cache
def _put_if_new(dialect: str, row: type[Base]) -> Any:
    return (sqlite if dialect == "sqlite" else postgresql).insert(cast(Table, row.__table__)).on_conflict_do_nothing()
