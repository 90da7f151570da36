"""Sessions of staff: a random token in the browser, only its hash in the database, and two ends.

A session ends after 30 minutes without a page and after 12 hours in any case, at sign-out, and whenever the member's
password, roles or standing change.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.crypto import PrivateKey
from bot.messages import Clock
from bot.staff.keys import KeyHolder
from bot.staff.members import Member, member_of, roles_of
from bot.staff.tables import MemberRow, SessionRow
from bot.storage import Database

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)

_TOUCH = timedelta(minutes=1)
"""How often, at most, a visit is written down: not every page view is a write."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in, or on the way there: ``verified`` once the second factor was shown."""

    id: str
    member: Member
    verified: bool
    created_at: datetime
    seen_at: datetime

    @property
    def complete(self) -> bool:
        """Whether nothing is left to do before working: second factor shown, own password chosen."""
        return self.verified and self.member.second_factor and not self.member.must_change_password


def id_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class Sessions:
    """Opens, finds and ends sessions, and holds the keys unlocked in them."""

    def __init__(self, database: Database, keys: KeyHolder, clock: Clock) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock

    async def open(self, member_id: str, *, verified: bool, key: PrivateKey | None = None) -> str:
        """Start a session and return its token (256 bits): the only time that it is seen."""
        token, now = secrets.token_urlsafe(32), self._clock()
        async with self._database.begin() as session:
            session.add(SessionRow(id=id_of(token), member_id=member_id, verified=verified, created_at=now, seen_at=now))
        if key is not None:
            self._keys.put(id_of(token), key, now + IDLE)
        return token

    async def rotate(self, old: Session, *, verified: bool) -> str:
        """End the session and go on in a new one with a new token; an unlocked key comes along."""
        token = await self.open(old.member.id, verified=verified)
        self._keys.move(old.id, id_of(token))
        await self.close(old.id)
        return token

    async def find(self, token: str, *, passive: bool = False) -> Session | None:
        """The live session of a token, or None. ``passive``: a page that refreshes itself does not keep it alive."""
        now = self._clock()
        async with self._database.read() as session:
            found = await _load(session, id_of(token))
        if found is None:
            self._keys.drop(id_of(token))
            return None
        if _over(found, now):
            await self.close(found.id)
            return None
        if not passive:
            await self._touch(found, now)
        return found

    async def _touch(self, found: Session, now: datetime) -> None:
        self._keys.extend(found.id, min(now + IDLE, found.created_at + ABSOLUTE))
        if now - found.seen_at < _TOUCH:
            return
        async with self._database.begin() as session:
            row = await session.get(SessionRow, found.id)
            if row is not None:
                row.seen_at = now

    async def close(self, session_id: str) -> None:
        """End one session."""
        self._keys.drop(session_id)
        async with self._database.begin() as session:
            await session.execute(delete(SessionRow).where(SessionRow.id == session_id))

    async def close_all(self, member_id: str, *, but: str | None = None) -> None:
        """End all sessions of a member, except ``but``."""
        async with self._database.begin() as session:
            ended = await end_sessions(session, member_id, but=but)
        self.forget_keys(ended)

    def forget_keys(self, session_ids: list[str]) -> None:
        """Drop the keys of sessions that were ended in the caller's own transaction."""
        for session_id in session_ids:
            self._keys.drop(session_id)

    async def list_of(self, member_id: str) -> list[Session]:
        """The member's live sessions, the latest first."""
        now = self._clock()
        query = select(SessionRow.id).where(SessionRow.member_id == member_id).order_by(SessionRow.seen_at.desc())
        async with self._database.read() as session:
            found = [await _load(session, session_id) for session_id in (await session.scalars(query)).all()]
        return [one for one in found if one is not None and not _over(one, now)]

    def key_of(self, session: Session) -> PrivateKey | None:
        """The private key unlocked in this session, None when the password is needed again."""
        return self._keys.get(session.id, self._clock())

    def unlock(self, session: Session, key: PrivateKey) -> None:
        """Hold a key for the rest of this session."""
        now = self._clock()
        self._keys.put(session.id, key, min(now + IDLE, session.created_at + ABSOLUTE))

    async def sweep(self) -> None:
        """Remove what is over, rows and keys; to be called by the clock every minute or so."""
        now = self._clock()
        self._keys.sweep(now)
        over = or_(SessionRow.seen_at <= now - IDLE, SessionRow.created_at <= now - ABSOLUTE)
        async with self._database.begin() as session:
            await session.execute(delete(SessionRow).where(over))


def _over(session: Session, now: datetime) -> bool:
    return session.member.disabled or now >= session.seen_at + IDLE or now >= session.created_at + ABSOLUTE


async def _load(session: AsyncSession, session_id: str) -> Session | None:
    query = select(SessionRow, MemberRow).join(MemberRow, MemberRow.id == SessionRow.member_id).where(SessionRow.id == session_id)
    found = (await session.execute(query)).one_or_none()
    if found is None:
        return None
    row, member = found
    roles = await roles_of(session, member.id)
    return Session(row.id, member_of(member, roles), row.verified, row.created_at, row.seen_at)


async def end_sessions(session: AsyncSession, member_id: str, *, but: str | None = None) -> list[str]:
    """Delete a member's sessions in the caller's transaction; returns their ids, for the keys to be dropped."""
    query = delete(SessionRow).where(SessionRow.member_id == member_id, SessionRow.id != (but or "")).returning(SessionRow.id)
    return list(await session.scalars(query))
