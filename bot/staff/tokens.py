"""Tokens with which a program of a member's own works through the API.

A token reads ``faro_<id>_<secret>``. The id is public: it finds the row, and stands on the account page and in the trail. The
secret is 32 random bytes, shown once; only their SHA-256 is stored, which is enough for so many bits, and compared in constant
time. A token never outlives its row, the day it was made for, or the standing of its member.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Conflict, Invalid, NotFound
from bot.messages import Clock
from bot.staff.audit import AuditTrail
from bot.staff.members import Member, load
from bot.staff.scopes import Scope, usable
from bot.staff.tables import TokenRow
from bot.storage import Database

LONGEST_DAYS = 365
NAME_LIMIT = 60
MOST = 20
"""How many tokens one member has at most, expired ones included."""

_SECRET_BYTES = 32
_FORM = re.compile(r"faro_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_LIST = list["Token"]  # Inside the class, `list` is the method.


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret. ``used_on``: the last day (UTC) on which it worked."""

    id: str
    member_id: str
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime
    used_on: date | None

    @property
    def prefix(self) -> str:
        """Its beginning, by which people tell it from others."""
        return f"faro_{self.id}"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who comes with a token: the member as they stand at this moment, and what the token is for."""

    token: Token
    member: Member

    @property
    def scopes(self) -> frozenset[Scope]:
        """What the token is for, as far as its member's roles still carry it."""
        return self.token.scopes & frozenset(usable(self.member.roles))


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made. ``text`` is shown once and stored nowhere."""

    token: Token
    text: str = field(repr=False)


class Tokens:
    """Makes tokens, finds who comes with one, takes them away."""

    def __init__(self, database: Database, audit: AuditTrail, clock: Clock) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    async def make(self, member: Member, name: str, scopes: Iterable[str], days: int) -> NewToken:
        """A token of the member's own.

        Args:
            days: for how long, at most :data:`LONGEST_DAYS`.

        Raises:
            Invalid: name, scopes or days are not acceptable; a scope that the member's roles do not carry is none.
            Conflict: the member has :data:`MOST` already.
        """
        name, wanted = " ".join(name.split()), frozenset(scopes)
        _check(member, name, wanted, days)
        secret, now = secrets.token_bytes(_SECRET_BYTES), self._clock()
        row = TokenRow(id=secrets.token_hex(6), member_id=member.id, name=name, hash=_hash(secret), created_at=now)
        row.scopes, row.expires_at = " ".join(sorted(wanted)), now + timedelta(days=days)
        async with self._database.begin() as session:
            await self._audit.append(session, member.id, "account.token_made", row.id, {"token": name, "scopes": row.scopes, "days": days})
            if (await session.scalar(select(func.count()).where(TokenRow.member_id == member.id)) or 0) >= MOST:
                raise Conflict("no more tokens")
            session.add(row)
        return NewToken(_token(row), f"faro_{row.id}_{_encoded(secret)}")

    async def list(self, member_id: str) -> _LIST:
        """The member's tokens, the newest first; expired ones too, until they are removed."""
        query = select(TokenRow).where(TokenRow.member_id == member_id).order_by(TokenRow.created_at.desc(), TokenRow.id)
        async with self._database.read() as session:
            return [_token(row) for row in await session.scalars(query)]

    async def revoke(self, member_id: str, token_id: str) -> None:
        """Remove one of the member's own tokens; it works no more. Raises NotFound."""
        async with self._database.begin() as session:
            row = await session.get(TokenRow, token_id, with_for_update=True)
            if row is None or row.member_id != member_id:
                raise NotFound
            await self._audit.append(session, member_id, "account.token_removed", row.id, {"token": row.name})
            await session.delete(row)

    async def find(self, text: str) -> Bearer | None:
        """Who comes with this token; None when it is wrong, expired or removed, or its member is disabled."""
        read, today = _read(text), self._clock().date()
        async with self._database.read() as session:
            row = await session.get(TokenRow, read[0]) if read else None
            # Compared also where there is no row, so that time does not tell which ids exist.
            fits = hmac.compare_digest(row.hash if row else bytes(32), _hash(read[1] if read else b""))
            if row is None or not fits or row.expires_at <= self._clock():
                return None
            member = await load(session, row.member_id)
        if member.disabled:
            return None
        if row.used_on != today:
            await self._note_use(row.id, today)
        return Bearer(_token(row), member)

    async def _note_use(self, token_id: str, today: date) -> None:
        async with self._database.begin() as session:
            await session.execute(update(TokenRow).where(TokenRow.id == token_id).values(used_on=today))


async def remove_tokens(session: AsyncSession, member_id: str) -> None:
    """Remove all tokens of a member in the caller's transaction."""
    await session.execute(delete(TokenRow).where(TokenRow.member_id == member_id))


def _check(member: Member, name: str, scopes: frozenset[str], days: int) -> None:
    if not 1 <= len(name) <= NAME_LIMIT or not name.isprintable():
        raise Invalid("name", "error.token_name")
    if not scopes or not scopes <= frozenset(usable(member.roles)):
        raise Invalid("scopes", "error.token_scopes")
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid("days", "error.token_days")


def _read(text: str) -> tuple[str, bytes] | None:
    """Id and secret of what looks like a token."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    try:
        secret = base64.urlsafe_b64decode(found[2] + "=")
    except binascii.Error:
        return None
    return (found[1], secret) if _encoded(secret) == found[2] else None


def _encoded(secret: bytes) -> str:
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def _hash(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()


def _token(row: TokenRow) -> Token:
    scopes = frozenset(Scope(scope) for scope in row.scopes.split())
    return Token(row.id, row.member_id, row.name, scopes, row.created_at, row.expires_at, row.used_on)
