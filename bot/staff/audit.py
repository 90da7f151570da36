"""The audit trail: who did what to which subject, when. Never what was said.

Each row's hash covers the row and the hash before it, so that a changed, missing or inserted row breaks the chain.
Writers lock the head row first; two processes therefore cannot fork the chain, and a cut-off end shows too, because
the head still names it. Whoever can rewrite the whole database can rebuild the chain: keep a copy of :meth:`head`
elsewhere to find that out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.messages import Clock
from bot.staff.tables import AuditHeadRow, AuditRow
from bot.storage import Database, insert_or_ignore

SYSTEM = "system"
"""The actor when no person acted."""

_GENESIS = bytes(32)
_BATCH = 1000

Detail = Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the trail. ``subject`` is an id, ``detail`` names and numbers only."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Detail


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The last link: its number (0: nothing yet) and its hash in hex."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verification:
    """``broken_at``: the first number that does not fit, None when the whole chain holds."""

    checked: int
    broken_at: int | None


def link(previous: bytes, number: int, at: datetime, actor: str, action: str, subject: str, detail: str) -> bytes:
    """SHA-256 over the previous hash and the row in canonical JSON."""
    row = json.dumps([number, at.astimezone(UTC).isoformat(), actor, action, subject, detail], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(previous + row.encode()).digest()


class AuditTrail:
    """Appends to the trail and checks it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def record(self, actor: str, action: str, subject: str = "", detail: Detail | None = None) -> None:
        """Append one entry in a transaction of its own."""
        async with self._database.begin() as session:
            await self.append(session, actor, action, subject, detail)

    async def append(self, session: AsyncSession, actor: str, action: str, subject: str = "", detail: Detail | None = None) -> None:
        """Append one entry in the caller's transaction: deed and entry are kept together or not at all."""
        head = await self._locked_head(session)
        number, at = head.number + 1, self._clock()
        text = json.dumps(dict(detail or {}), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        digest = link(head.hash, number, at, actor, action, subject, text)
        session.add(AuditRow(number=number, at=at, actor=actor, action=action, subject=subject, detail=text, hash=digest))
        head.number, head.hash = number, digest
        await session.flush()

    async def lock(self, session: AsyncSession) -> None:
        """Take the trail's lock for the rest of the transaction: one process at a time gets past here."""
        await self._locked_head(session)

    async def _locked_head(self, session: AsyncSession) -> AuditHeadRow:
        await session.execute(insert_or_ignore(session, AuditHeadRow).values(id=1, number=0, hash=_GENESIS))
        query = select(AuditHeadRow).where(AuditHeadRow.id == 1).with_for_update()
        # The identity map may hold what was read before the lock was had.
        return (await session.scalars(query, execution_options={"populate_existing": True})).one()

    async def head(self) -> AuditHead:
        """The last link, to be kept elsewhere."""
        async with self._database.read() as session:
            row = await session.get(AuditHeadRow, 1)
        return AuditHead(row.number, row.hash.hex()) if row else AuditHead(0, _GENESIS.hex())

    async def differs_from(self, kept: Sequence[AuditHead]) -> int | None:
        """The first of the heads kept elsewhere whose link is another one here, or gone; None: all are as they were."""
        async with self._database.read() as session:
            for head in kept:
                row = await session.get(AuditRow, head.number)
                if head.number and (row is None or row.hash.hex() != head.hash):
                    return head.number
        return None

    async def page(self, before: int | None = None, limit: int = 50) -> list[AuditEntry]:
        """The newest entries, or those older than number ``before``."""
        query = select(AuditRow).order_by(AuditRow.number.desc()).limit(limit)
        if before is not None:
            query = query.where(AuditRow.number < before)
        async with self._database.read() as session:
            return [_entry(row) for row in await session.scalars(query)]

    async def of(self, subject: str, limit: int = 100) -> list[AuditEntry]:
        """The newest entries about one subject."""
        query = select(AuditRow).where(AuditRow.subject == subject).order_by(AuditRow.number.desc()).limit(limit)
        async with self._database.read() as session:
            return [_entry(row) for row in await session.scalars(query)]

    async def verify(self) -> Verification:
        """Recompute every hash, a thousand rows at a time."""
        previous, number = _GENESIS, 0
        async with self._database.read() as session:
            while rows := await _rows_after(session, number):
                for row in rows:
                    number += 1
                    if row.number != number or row.hash != _expected(previous, row):
                        return Verification(number - 1, number)
                    previous = row.hash
            head = await session.get(AuditHeadRow, 1)
        intact = (head.number, head.hash) == (number, previous) if head else number == 0
        return Verification(number, None if intact else number + 1)


def _expected(previous: bytes, row: AuditRow) -> bytes:
    return link(previous, row.number, row.at, row.actor, row.action, row.subject, row.detail)


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(row.number, row.at, row.actor, row.action, row.subject, json.loads(row.detail))


async def _rows_after(session: AsyncSession, number: int) -> Sequence[AuditRow]:
    query = select(AuditRow).where(AuditRow.number > number).order_by(AuditRow.number).limit(_BATCH)
    return (await session.scalars(query)).all()
