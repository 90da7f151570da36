"""Idempotency keys: a request that comes twice, since somebody pressed twice or an answer was lost, is done once.

Claim, deed and answer are one transaction. Of two requests at once the second waits for the first one's commit and finds its
answer; when the first fails, its claim is gone with it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api.problems import Refused
from bot.api.tables import ApiAnswerRow
from bot.storage import Database, insert_or_ignore

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A key as one client uses it, and what it was sent with. Hashes only."""

    key: str
    request: str

    @classmethod
    def of(cls, token_id: str, key: str, body: bytes) -> Ticket:
        """Of a request. Keys of different tokens have nothing to do with each other."""
        return cls(hashlib.sha256(f"{token_id}\n{key}".encode()).hexdigest(), hashlib.sha256(body).hexdigest())


@dataclass(frozen=True, slots=True)
class Made:
    """What was made, and the answer that said so."""

    campaign_id: int
    version: int
    body: str


class Answers:
    """The answers of the last day."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, session: AsyncSession, ticket: Ticket, now: datetime) -> Made | None:
        """The answer given before, or None: it is this transaction's turn, which then has to :meth:`keep` one.

        Raises:
            Refused: the key came with another body.
        """
        await session.execute(delete(ApiAnswerRow).where(ApiAnswerRow.key == ticket.key, ApiAnswerRow.created_at <= now - KEPT))
        new = insert_or_ignore(session, ApiAnswerRow).values(key=ticket.key, request=ticket.request, body="", created_at=now)
        if await session.scalar(new.returning(ApiAnswerRow.key)) is not None:
            return None
        row = await session.get_one(ApiAnswerRow, ticket.key)
        if row.request != ticket.request:
            raise Refused(422, "idempotency_key_reused", "This Idempotency-Key was used with another body.")
        return Made(row.campaign_id or 0, row.version or 0, row.body)

    async def keep(self, session: AsyncSession, ticket: Ticket, made: Made) -> None:
        """Write down what the claim came to."""
        values = {"campaign_id": made.campaign_id, "version": made.version, "body": made.body}
        await session.execute(update(ApiAnswerRow).where(ApiAnswerRow.key == ticket.key).values(values))

    async def purge(self, now: datetime) -> None:
        """Forget what is older than a day."""
        async with self._database.begin() as session:
            await session.execute(delete(ApiAnswerRow).where(ApiAnswerRow.created_at <= now - KEPT))
