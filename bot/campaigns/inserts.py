"""Inserts that meet an existing row, in the dialect of the database at hand."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage import Base


def insert_or_ignore(session: AsyncSession, row: type[Base]) -> Any:
    """INSERT … ON CONFLICT DO NOTHING; with ``returning`` it gives no row when there was one already."""
    return insert(session, row).on_conflict_do_nothing()


def insert(session: AsyncSession, row: type[Base]) -> Any:
    """The dialect's own INSERT: both know ``on_conflict_do_update`` and ``on_conflict_do_nothing``."""
    return (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(row)
