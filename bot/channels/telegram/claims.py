"""Which update of a chat comes next, and which process may handle it.

One process (SQLite) keeps its waiting updates in memory. Several processes (PostgreSQL) agree through a lease on the
chat: whoever holds it takes the chat's oldest row, whichever process received it, so that the order stays.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningDelete, ReturningInsert

from bot.channels.telegram.inbox import Inbox, Stored
from bot.channels.telegram.tables import InboxRow, LeaseRow
from bot.messages import Clock
from bot.storage import Database

LEASE = timedelta(seconds=60)
"""How long a chat stays with a process that gives no sign of life. Renewed every third of it."""


class Claims(Protocol):
    """The order of a chat's updates."""

    def add(self, fresh: Iterable[Stored]) -> None:
        """Updates that this process just stored."""

    async def take(self, chat: str) -> Stored | None:
        """The chat's oldest waiting update, the same one until it is dropped; None: nothing here for this process."""

    def drop(self, stored: Stored) -> None:
        """It was handled."""

    async def left_over(self) -> set[str]:
        """Chats with updates that nobody works on."""

    async def renew(self) -> None:
        """Keep the chats that this process works on."""

    async def close(self) -> None:
        """Leave the chats to others."""

    @property
    def size(self) -> int:
        """How many updates this process holds in memory."""


class MemoryClaims:
    """For a single process: all waiting updates in memory, filled from the inbox at the start."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._chats: dict[str, deque[Stored]] = {}
        self._loaded = False

    def add(self, fresh: Iterable[Stored]) -> None:
        """Put updates at the end of their chats."""
        for stored in fresh:
            self._chats.setdefault(stored.chat, deque()).append(stored)

    async def take(self, chat: str) -> Stored | None:
        """The first of the chat."""
        waiting = self._chats.get(chat)
        return waiting[0] if waiting else None

    def drop(self, stored: Stored) -> None:
        """Take the first away."""
        waiting = self._chats[stored.chat]
        waiting.popleft()
        if not waiting:
            del self._chats[stored.chat]

    async def left_over(self) -> set[str]:
        """At the start, what an ended process left; later nothing, because nobody else adds rows."""
        if self._loaded:
            return set()
        self.add(await self._inbox.waiting())
        self._loaded = True
        return set(self._chats)

    async def renew(self) -> None:
        """Nothing to renew."""

    async def close(self) -> None:
        """Nobody else is there."""

    @property
    def size(self) -> int:
        """Waiting updates."""
        return sum(len(waiting) for waiting in self._chats.values())


class LeasedClaims:
    """For several processes on PostgreSQL. Every decision is one transaction on the lease of the chat."""

    def __init__(self, database: Database, inbox: Inbox, clock: Clock) -> None:
        self._database = database
        self._inbox = inbox
        self._clock = clock
        self._owner = secrets.token_hex(16)
        self._mine: set[tuple[int, bytes]] = set()

    def add(self, fresh: Iterable[Stored]) -> None:
        """Remember which rows are this process's own, so that they do not count as left over by another."""
        self._mine.update((stored.update_id, stored.mark) for stored in fresh)

    async def take(self, chat: str) -> Stored | None:
        """Lease the chat and read its oldest row; an empty chat is given back."""
        oldest = select(InboxRow).where(*self._waiting(chat)).order_by(InboxRow.update_id).limit(1)
        async with self._database.begin() as session:
            if (await session.execute(self._lease(chat))).first() is None:
                return None
            row = (await session.execute(oldest)).scalars().first()
            if row is None and (await session.execute(self._release(chat))).first() is not None:
                return None
        if row is None:
            # Another process stored one between the two statements and found the chat taken: it is ours to answer.
            return await self.take(chat)
        stored = self._inbox.opened([row])[0]
        stored.recovered = (stored.update_id, stored.mark) not in self._mine
        return stored

    def drop(self, stored: Stored) -> None:
        """Forget that it was this process's own."""
        self._mine.discard((stored.update_id, stored.mark))

    async def left_over(self) -> set[str]:
        """Chats with waiting rows whose lease is missing or has run out."""
        leased = exists().where(LeaseRow.bot_id == InboxRow.bot_id, LeaseRow.chat == InboxRow.chat, LeaseRow.until > self._clock())
        query = select(InboxRow.chat).distinct().where(InboxRow.bot_id == self._inbox.bot_id, InboxRow.chat.is_not(None), ~leased)
        async with self._database.read() as session:
            return {chat for chat in (await session.execute(query)).scalars() if chat is not None}

    async def renew(self) -> None:
        """Push the end of all own leases back; sweep those that ran out long ago."""
        now = self._clock()
        async with self._database.begin() as session:
            await session.execute(update(LeaseRow).where(LeaseRow.owner == self._owner).values(until=now + LEASE))
            await session.execute(delete(LeaseRow).where(LeaseRow.bot_id == self._inbox.bot_id, LeaseRow.until < now - LEASE))

    async def close(self) -> None:
        """Give all own leases back, so that another process takes over at once."""
        async with self._database.begin() as session:
            await session.execute(delete(LeaseRow).where(LeaseRow.owner == self._owner))

    @property
    def size(self) -> int:
        """Own rows not handled yet."""
        return len(self._mine)

    def _lease(self, chat: str) -> ReturningInsert[Any]:
        now = self._clock()
        mine = {"owner": self._owner, "until": now + LEASE}
        free = (LeaseRow.until < now) | (LeaseRow.owner == self._owner)
        statement = insert(LeaseRow).values(bot_id=self._inbox.bot_id, chat=chat, **mine)
        return statement.on_conflict_do_update(index_elements=["bot_id", "chat"], set_=mine, where=free).returning(LeaseRow.chat)

    def _release(self, chat: str) -> ReturningDelete[Any]:
        mine = (LeaseRow.bot_id == self._inbox.bot_id, LeaseRow.chat == chat, LeaseRow.owner == self._owner)
        return delete(LeaseRow).where(*mine, ~exists().where(*self._waiting(chat))).returning(LeaseRow.chat)

    def _waiting(self, chat: str) -> tuple[ColumnElement[bool], ...]:
        return (InboxRow.bot_id == self._inbox.bot_id, InboxRow.chat == chat)
