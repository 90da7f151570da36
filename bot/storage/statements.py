"""Statements that SQLAlchemy spells differently for each database: inserts that meet an existing row, and how many rows changed."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Result, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.schema import Base


def insert(session: AsyncSession, row: type[Base]) -> Any:
    """The dialect's own INSERT: both know ``on_conflict_do_update`` and ``on_conflict_do_nothing``."""
    return (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(row)


def insert_or_ignore(session: AsyncSession, row: type[Base]) -> Any:
    """INSERT … ON CONFLICT DO NOTHING; with ``returning`` it gives no row when there was one already."""
    return insert(session, row).on_conflict_do_nothing()


async def upsert(session: AsyncSession, row: type[Base], **values: Any) -> None:
    """Write ``values``, which hold the primary key, as a new row or over the existing one.

    Quicker than ``session.merge`` (no SELECT before), and safe when two processes write the same key at once.
    """
    keys = [column.name for column in cast(Table, row.__table__).primary_key]
    others = {name: value for name, value in values.items() if name not in keys}
    await session.execute(insert(session, row).values(**values).on_conflict_do_update(index_elements=keys, set_=others))


def affected(result: Result[Any]) -> int:
    """How many rows an INSERT, UPDATE or DELETE wrote."""
    return cast(CursorResult[Any], result).rowcount
