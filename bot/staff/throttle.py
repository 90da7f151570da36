"""Slows guessing down: each failure under a key makes the next try wait longer, up to a limit.

A try is counted before it is checked, so that a hundred at once count as a hundred. Waiting ends by itself: nobody
is ever locked out for good, and tries made while waiting are refused without making the wait longer.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.crypto import SymmetricKey
from bot.errors import TooManyAttempts
from bot.messages import Clock
from bot.staff.tables import SignInAttemptRow
from bot.storage import Database, insert_or_ignore

_FORGET = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Limit:
    """``free`` tries at once, then waits of 1, 2, 4 … seconds up to ``longest``."""

    kind: str
    value: str
    free: int
    longest: timedelta

    def wait(self, failures: int) -> timedelta:
        """How long the next try waits after so many failures."""
        over = failures - self.free
        return timedelta(0) if over < 0 else min(timedelta(seconds=2 ** min(over, 20)), self.longest)


def password_limits(login: str, client: str) -> tuple[Limit, ...]:
    """Limits of a password try.

    The login alone waits a minute at most: somebody else's guessing must not keep its owner out. A loopback address is
    this machine or a proxy on it and tells nobody apart, so it is no client of its own.
    """
    if _is_loopback(client):
        return (Limit("login", login, free=5, longest=timedelta(minutes=1)),)
    return (
        Limit("pair", f"{login}\n{client}", free=5, longest=timedelta(minutes=15)),
        Limit("client", client, free=20, longest=timedelta(minutes=15)),
        Limit("login", login, free=10, longest=timedelta(minutes=1)),
    )


def code_limits(member_id: str) -> tuple[Limit, ...]:
    """Limits of a second-factor try; whoever makes one knows the password already."""
    return (Limit("code", member_id, free=5, longest=timedelta(minutes=15)),)


def _is_loopback(client: str) -> bool:
    try:
        return ip_address(client).is_loopback
    except ValueError:
        return False


class Throttle:
    """Counts tries in the database, so that all processes count together.

    Args:
        key: secret under which logins and client addresses are hashed; neither is stored.
    """

    def __init__(self, database: Database, key: SymmetricKey, clock: Clock) -> None:
        self._database = database
        self._key = key
        self._clock = clock

    async def enter(self, limits: Sequence[Limit]) -> None:
        """Count one try under each limit.

        Raises:
            TooManyAttempts: one of them waits; ``retry_after`` in seconds. Nothing was counted.
        """
        now = self._clock()
        async with self._database.begin() as session:
            rows = [await self._row(session, limit, now) for limit in limits]
            until = max(row.wait_until for row in rows)
            if until > now:
                raise TooManyAttempts(retry_after=(until - now).total_seconds())
            for row, limit in zip(rows, limits, strict=True):
                row.failures += 1
                row.last_at, row.wait_until = now, now + limit.wait(row.failures)

    async def succeeded(self, limits: Sequence[Limit]) -> None:
        """The try was right: forget the person's failures, but of the client's only this one."""
        async with self._database.begin() as session:
            for limit in limits:
                key = self._hash(limit)
                if limit.kind == "client":
                    values = {"failures": SignInAttemptRow.failures - 1, "wait_until": self._clock()}
                    await session.execute(update(SignInAttemptRow).where(SignInAttemptRow.key == key).values(values))
                else:
                    await session.execute(delete(SignInAttemptRow).where(SignInAttemptRow.key == key))

    async def forget_old(self) -> None:
        """Remove counts that no longer matter."""
        async with self._database.begin() as session:
            await session.execute(delete(SignInAttemptRow).where(SignInAttemptRow.last_at < self._clock() - _FORGET))

    async def _row(self, session: AsyncSession, limit: Limit, now: datetime) -> SignInAttemptRow:
        new = insert_or_ignore(session, SignInAttemptRow).values(key=self._hash(limit), failures=0, last_at=now, wait_until=now)
        await session.execute(new)
        row = await session.get_one(SignInAttemptRow, self._hash(limit), with_for_update=True)
        if row.last_at < now - _FORGET:
            row.failures = 0
        return row

    def _hash(self, limit: Limit) -> str:
        return hmac.new(self._key.secret, f"{limit.kind}:{limit.value}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
