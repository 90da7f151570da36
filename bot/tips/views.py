"""Filters of the queue that a moderator saved under a name. Each has their own; names are sealed, since words may slip into them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from sqlalchemy import delete, func, select

from bot.crypto import SymmetricKey
from bot.errors import Invalid
from bot.storage import Database
from bot.tips.tables import TipViewRow

MAX_NAME = 40
MAX_VIEWS = 12


@dataclass(frozen=True, slots=True)
class SavedView:
    """A name and the query of the queue's address."""

    id: str
    name: str = field(repr=False)
    query: str


class SavedViews:
    """Keeps them.

    Args:
        staff: ``Keyring.staff`` seals the names.
    """

    def __init__(self, database: Database, staff: SymmetricKey) -> None:
        self._database = database
        self._staff = staff

    async def of(self, staff_id: str) -> list[SavedView]:
        """A moderator's views by name."""
        async with self._database.read() as session:
            rows = (await session.scalars(select(TipViewRow).where(TipViewRow.staff_id == staff_id))).all()
        opened = [SavedView(row.id, self._staff.open(row.name, _context(row.id, staff_id)).decode(), row.query) for row in rows]
        return sorted(opened, key=lambda view: view.name.casefold())

    async def save(self, staff_id: str, name: str, query: str) -> None:
        """Keep a view.

        Raises:
            Invalid: ``empty``, ``too_long``, or ``too_many``.
        """
        name = " ".join(name.split())
        if not 0 < len(name) <= MAX_NAME:
            raise Invalid("name", "too_long" if name else "empty")
        view_id = secrets.token_hex(16)
        async with self._database.begin() as session:
            kept = await session.scalar(select(func.count()).select_from(TipViewRow).where(TipViewRow.staff_id == staff_id)) or 0
            if kept >= MAX_VIEWS:
                raise Invalid("name", "too_many")
            sealed = self._staff.seal(name.encode("utf-8", "replace"), _context(view_id, staff_id))
            session.add(TipViewRow(id=view_id, staff_id=staff_id, name=sealed, query=query))

    async def forget(self, staff_id: str, view_id: str) -> None:
        """Drop one of a moderator's own views; nobody else's."""
        async with self._database.begin() as session:
            await session.execute(delete(TipViewRow).where(TipViewRow.id == view_id, TipViewRow.staff_id == staff_id))


def _context(view_id: str, staff_id: str) -> str:
    return f"tip_view.name:{view_id}:{staff_id}"
