"""What is to be done with the escrow: one person asks and says why, another one agrees, then a command does it once.

Nothing secret passes here. Asking and agreeing happen in the console, where both have shown a second factor; shares are
only ever typed at the command.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Conflict, Invalid, NotFound
from bot.messages import Clock
from bot.storage import Database
from bot.tips.escrow.shares import SHARES
from bot.tips.escrow.tables import EscrowRequestRow

LIVES = timedelta(days=1)
"""How long a request waits for a second person, and then for the command."""
LONGEST_REASON = 300
_OPEN = 1


class Kind(StrEnum):
    """What can be done."""

    MAKE = "make"
    """A new escrow, in the place of the present one if there is one."""
    OPEN = "open"
    """Give a member of staff access to the tips."""
    RETIRE = "retire"
    """No escrow any more."""


class State(StrEnum):
    """How far a request is."""

    ASKED = "asked"
    AGREED = "agreed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for. ``holders``: for a new escrow; ``to`` and ``category`` (empty: all) for opening. Ids of staff."""

    id: str
    kind: Kind
    state: State
    reason: str
    asked_by: str
    asked_at: datetime
    agreed_by: str
    until: datetime
    holders: tuple[str, ...] = ()
    to: str = ""
    category: str = ""


class Requests:
    """Takes requests and says which one may be carried out."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def current(self) -> Request | None:
        """The one that is open, None when there is none or its time is over."""
        async with self._database.read() as session:
            row = await session.scalar(select(EscrowRequestRow).where(EscrowRequestRow.slot == _OPEN))
        found = None if row is None else _request(row)
        return found if found and self._clock() < found.until else None

    async def ask_to_make(self, by: str, reason: str, holders: tuple[str, ...]) -> Request:
        """A new escrow with these three holders. Raises Invalid: ``holders``, ``reason``; Conflict: another request is open."""
        if len(set(holders)) != SHARES or "" in holders:
            raise Invalid("holders", "holders")
        return await self._ask(Kind.MAKE, by, reason, {"holders": list(holders)})

    async def ask_to_open(self, by: str, reason: str, to: str, category: str) -> Request:
        """Access for ``to`` to the tips of a category, or to all. Raises Invalid: ``reason``; Conflict: another request is open."""
        return await self._ask(Kind.OPEN, by, reason, {"to": to, "category": category})

    async def ask_to_retire(self, by: str, reason: str) -> Request:
        """An end of the escrow. Raises Invalid: ``reason``; Conflict: another request is open."""
        return await self._ask(Kind.RETIRE, by, reason, {})

    async def agree(self, request_id: str, by: str) -> Request:
        """A second person wants it, too.

        Raises:
            NotFound: it is not open any more. Conflict: this person asked for it, would get access by it, or somebody agreed already.
        """
        async with self._database.begin() as session:
            row = await self._open_row(session, request_id)
            request = _request(row)
            if request.state is not State.ASKED or by in (request.asked_by, request.to):
                raise Conflict()
            row.agreed_by, row.agreed_at = by, self._clock()
            return _request(row)

    async def drop(self, request_id: str) -> Request:
        """Nothing is to be done after all. Raises NotFound."""
        async with self._database.begin() as session:
            row = await self._open_row(session, request_id)
            await session.delete(row)
            return _request(row)

    async def agreed(self, session: AsyncSession, kind: Kind) -> Request:
        """The open request of this kind that two people want, locked.

        Raises:
            Conflict: there is none.
        """
        row = await session.scalar(select(EscrowRequestRow).where(EscrowRequestRow.slot == _OPEN).with_for_update())
        found = None if row is None else _request(row)
        if found is None or (found.kind, found.state) != (kind, State.AGREED) or self._clock() >= found.until:
            raise Conflict("two people have to agree on this in the console first (Escrow), within a day")
        return found

    async def done(self, session: AsyncSession, request: Request) -> None:
        """It was carried out and cannot be a second time. Raises NotFound: it was, or it was dropped meanwhile."""
        row = await session.get(EscrowRequestRow, request.id, with_for_update=True)
        if row is None or row.slot is None:
            raise NotFound("the request was dropped or carried out meanwhile")
        row.done_at, row.slot = self._clock(), None

    async def news(self) -> list[Request]:
        """What those concerned were not told yet; each state of a request comes once."""
        async with self._database.begin() as session:
            untold = select(EscrowRequestRow).where(EscrowRequestRow.told != State.DONE.value).with_for_update()
            rows = (await session.scalars(untold)).all()
            fresh = [(row, request) for row in rows if (request := _request(row)).state.value != row.told]
            for row, request in fresh:
                row.told = request.state.value
        return [request for _, request in fresh]

    async def _ask(self, kind: Kind, by: str, reason: str, detail: Mapping[str, object]) -> Request:
        reason = " ".join(reason.split())
        if not 1 <= len(reason) <= LONGEST_REASON:
            raise Invalid("reason", "reason")
        row = EscrowRequestRow(id=secrets.token_hex(16), kind=kind.value, detail=json.dumps(detail), reason=reason, slot=_OPEN, told="")
        row.asked_by, row.asked_at = by, self._clock()
        try:
            async with self._database.begin() as session:
                await self._forget_overdue(session)
                session.add(row)
        except IntegrityError:
            raise Conflict("something else is asked for already") from None
        return _request(row)

    async def _forget_overdue(self, session: AsyncSession) -> None:
        row = await session.scalar(select(EscrowRequestRow).where(EscrowRequestRow.slot == _OPEN).with_for_update())
        if row is not None and self._clock() >= _request(row).until:
            await session.execute(delete(EscrowRequestRow).where(EscrowRequestRow.id == row.id))

    async def _open_row(self, session: AsyncSession, request_id: str) -> EscrowRequestRow:
        row = await session.get(EscrowRequestRow, request_id, with_for_update=True)
        if row is None or row.slot is None or self._clock() >= _request(row).until:
            raise NotFound()
        return row


def _request(row: EscrowRequestRow) -> Request:
    state = State.DONE if row.done_at else State.AGREED if row.agreed_at else State.ASKED
    detail = json.loads(row.detail)
    return Request(
        id=row.id,
        kind=Kind(row.kind),
        state=state,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        agreed_by=row.agreed_by or "",
        until=(row.agreed_at or row.asked_at) + LIVES,
        holders=tuple(detail.get("holders", ())),
        to=detail.get("to", ""),
        category=detail.get("category", ""),
    )
