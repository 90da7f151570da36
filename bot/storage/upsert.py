"""Insert a row, or change the one that has its key: one statement on both databases."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.schema import Base


async def upsert(session: AsyncSession, row: type[Base], **values: Any) -> None:
    """Write ``values``, which hold the primary key, as a new row or over the existing one.

    Quicker than ``session.merge`` (no SELECT before), and safe when two processes write the same key at once.
    """
    table = cast(Table, row.__table__)
    keys = [column.name for column in table.primary_key]
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).values(**values)
    others = {name: statement.excluded[name] for name in values if name not in keys}
    changing: Executable = statement.on_conflict_do_update(index_elements=keys, set_=others)
    await session.execute(changing)
