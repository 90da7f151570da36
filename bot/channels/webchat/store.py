"""The store of web chats: sealed on the way in, opened only with the visitor's own key, gone at the end of its life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.channels.webchat.entries import Entry, Shown
from bot.channels.webchat.tables import WebchatEntry, WebchatSession
from bot.channels.webchat.visitor import Visitor
from bot.crypto import PublicKey, open_sealed, seal_to
from bot.errors import FaroError, SealBroken
from bot.messages import Language
from bot.storage import Database, affected

_ENTRIES_KEPT = 200
"""Most entries of one session; older ones go first."""


class SessionEnded(FaroError):
    """There is no such chat any more."""


class TooManySessions(FaroError):
    """The web chat holds as many sessions as it may."""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """What is known of a session besides its sealed entries."""

    id: str
    language: Language | None


class Chats:
    """Sessions and entries.

    Args:
        kept: how long a session lives after the person's last message.
        most: how many sessions there may be at once, so that a flood cannot fill the store.
    """

    def __init__(self, database: Database, kept: timedelta, most: int = 20_000) -> None:
        self._database = database
        self._kept = kept
        self._most = most

    async def open(self, visitor: Visitor, now: datetime) -> OpenSession:
        """Begin a session.

        Raises:
            TooManySessions: every place is taken, also after the expired sessions were cleared away.
        """
        async with self._database.begin() as session:
            if await self._is_full(session):
                await session.execute(delete(WebchatSession).where(WebchatSession.expires_at <= now))
                if await self._is_full(session):
                    raise TooManySessions()
            key = bytes(visitor.private_key.public_key)
            session.add(WebchatSession(id=visitor.id, public_key=key, expires_at=now + self._kept))
        return OpenSession(visitor.id, None)

    async def find(self, session_id: str, now: datetime) -> OpenSession | None:
        """The session, unless it has ended."""
        async with self._database.read() as session:
            row = await session.get(WebchatSession, session_id)
        if row is None or row.expires_at <= now:
            return None
        return OpenSession(row.id, Language(row.language) if row.language else None)

    async def add_turn(
        self,
        session_id: str,
        turn: str,
        entries: Sequence[Entry],
        now: datetime,
        language: Language | None = None,
        *,
        anew: bool = False,
    ) -> bool:
        """Keep what both sides said; the session lives on from ``now``. False: this turn is kept already.

        ``anew``: everything said before is deleted.

        Raises:
            SessionEnded: the person has left meanwhile.
        """
        async with self._database.begin() as session:
            row = await self._locked(session, session_id, now)
            if await self._has(session, session_id, turn):
                return False
            old = delete(WebchatEntry).where(WebchatEntry.session_id == session_id)
            await session.execute(old if anew else old.where(WebchatEntry.fleeting))
            await self._add(session, row, turn, entries)
            row.expires_at = now + self._kept
            row.language = language or row.language
        return True

    async def push(self, session_id: str, turn: str, entry: Entry, now: datetime) -> None:
        """Keep a message that nobody just asked for. It lengthens no session's life.

        Raises:
            SessionEnded: there is nobody to read it.
        """
        async with self._database.begin() as session:
            row = await self._locked(session, session_id, now)
            await self._add(session, row, turn, [entry])

    async def knows(self, session_id: str, turn: str) -> bool:
        """Whether this turn is kept already."""
        async with self._database.read() as session:
            return await self._has(session, session_id, turn)

    async def entries(self, visitor: Visitor, after: int = 0) -> list[Shown]:
        """The visitor's entries with higher numbers than ``after``, oldest first."""
        query = select(WebchatEntry).where(WebchatEntry.session_id == visitor.id, WebchatEntry.id > after).order_by(WebchatEntry.id)
        async with self._database.read() as session:
            rows = (await session.scalars(query)).all()
        shown = []
        for row in rows:
            try:
                plain = open_sealed(visitor.private_key, row.sealed, _context(visitor.id, row.turn, row.position))
            except SealBroken:
                continue  # Restored from a damaged copy: the rest of the chat is still worth showing.
            shown.append(Shown(row.id, Entry.from_bytes(plain)))
        return shown

    async def newest(self, session_id: str) -> int:
        """The highest number of the session's entries, 0 without any."""
        async with self._database.read() as session:
            return await session.scalar(select(func.max(WebchatEntry.id)).where(WebchatEntry.session_id == session_id)) or 0

    async def drop_fleeting(self, session_id: str) -> None:
        """Delete what was to be shown once."""
        await self._delete(WebchatEntry, WebchatEntry.session_id == session_id, WebchatEntry.fleeting)

    async def end(self, session_id: str) -> None:
        """Delete the session with all its entries."""
        await self._delete(WebchatSession, WebchatSession.id == session_id)

    async def purge(self, now: datetime) -> int:
        """Delete expired sessions; returns how many."""
        return await self._delete(WebchatSession, WebchatSession.expires_at <= now)

    async def _is_full(self, session: AsyncSession) -> bool:
        return (await session.scalar(select(func.count()).select_from(WebchatSession)) or 0) >= self._most

    async def _delete(self, table: type[WebchatSession | WebchatEntry], *which: ColumnElement[bool] | InstrumentedAttribute[bool]) -> int:
        async with self._database.begin() as session:
            gone = await session.execute(delete(table).where(*which))
        return affected(gone)

    @staticmethod
    async def _locked(session: AsyncSession, session_id: str, now: datetime) -> WebchatSession:
        """The row, held until the transaction ends, so that a double click is kept once."""
        row = await session.get(WebchatSession, session_id, with_for_update=True)
        if row is None or row.expires_at <= now:
            raise SessionEnded()
        return row

    @staticmethod
    async def _has(session: AsyncSession, session_id: str, turn: str) -> bool:
        query = select(WebchatEntry.id).where(WebchatEntry.session_id == session_id, WebchatEntry.turn == turn).limit(1)
        return await session.scalar(query) is not None

    @staticmethod
    async def _add(session: AsyncSession, row: WebchatSession, turn: str, entries: Sequence[Entry]) -> None:
        key = PublicKey(row.public_key)
        for position, entry in enumerate(entries):
            sealed = seal_to(key, entry.to_bytes(), _context(row.id, turn, position))
            session.add(WebchatEntry(session_id=row.id, turn=turn, position=position, fleeting=entry.sensitive, sealed=sealed))
            await session.flush()  # One by one: the numbers must follow the order of the conversation.
        of_session = select(WebchatEntry.id).where(WebchatEntry.session_id == row.id)
        oldest = await session.scalar(of_session.order_by(WebchatEntry.id.desc()).offset(_ENTRIES_KEPT - 1).limit(1))
        if oldest is not None:
            await session.execute(delete(WebchatEntry).where(WebchatEntry.session_id == row.id, WebchatEntry.id < oldest))


def _context(session_id: str, turn: str, position: int) -> str:
    return f"webchat:{session_id}:{turn}:{position}"
