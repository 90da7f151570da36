"""Calling the people on duty for an urgent tip until one acknowledges (``calls.py`` says whom and when).

The row stands there since the tip does, and each step is claimed with a lease before anybody is called and settled afterwards. So a
process that dies in between loses nothing: its lease ends, and the step is done again. A page may come twice, but never not;
two processes do not make the same step at once.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import NotFound
from bot.messages import Address, Clock
from bot.storage import Database, affected
from bot.tips.calls import step_after_silence, wait_after, whom
from bot.tips.status import Status
from bot.tips.tables import TipCallRow, TipPageRow, TipRow, coarse

log = logging.getLogger("faro.tips.paging")

CALLING, TAKEN, OVER = "calling", "taken", "over"
LEASE = timedelta(seconds=60)
_LONGEST_CALL_SECONDS = 30.0
_NOBODY = timedelta(minutes=1)
_BATCH = 20
_SHOWN = timedelta(hours=24)


class Crew(Protocol):
    """Those who can be called."""

    async def on_duty(self, now: datetime) -> list[str]:
        """Ids of members on duty, in the order in which they are called."""

    async def everybody(self) -> list[str]:
        """Ids of all members who can be called."""

    async def page(self, member_id: str, token: str) -> bool:
        """Call one of them; false: it surely did not arrive."""

    async def address_of(self, member_id: str) -> Address | None:
        """The member's own chat."""


@dataclass(frozen=True, slots=True)
class Call:
    """Who was called, how often, and how often it surely did not arrive."""

    member_id: str
    calls: int
    failed: int


@dataclass(frozen=True, slots=True)
class Page:
    """How calling for a tip stands. ``minutes``: how long it took, or has taken so far."""

    tip_id: str
    state: str
    unstaffed: bool
    calls: tuple[Call, ...]
    taken_by: str | None
    minutes: int


def page_row(tip_id: str, now: datetime, entry: int = 1) -> TipPageRow:
    """The row that starts the calling, to be stored together with the tip, or with what was added to it."""
    return TipPageRow(tip_id=tip_id, state=CALLING, step=0, due_at=now, opened_at=now, unstaffed=False, entry=entry)


class Paging:
    """Calls, takes acknowledgements, and shows how it stands."""

    def __init__(self, database: Database, crew: Crew, clock: Clock) -> None:
        self._database = database
        self._crew = crew
        self._clock = clock

    async def run_once(self) -> None:
        """Make each step that is due."""
        claimed = await self._claim()
        await asyncio.gather(*(self._make(tip_id, step) for tip_id, step in claimed))

    async def take(self, tip_id: str, member_id: str) -> bool:
        """Somebody acknowledges: nobody is called any more. False: somebody did before.

        Raises:
            NotFound: nobody is or was called for this tip.
        """
        async with self._database.begin() as session:
            row = await session.get(TipPageRow, tip_id, with_for_update=True)
            if row is None:
                raise NotFound()
            if row.state != CALLING:
                return False
            self._end(row, TAKEN)
            row.taken_by = member_id
            return True

    async def take_by_button(self, token: str, address: Address) -> tuple[str, str, bool]:
        """The same by a page's button: gives tip, member and whether it is theirs now.

        Raises:
            NotFound: no such page, or it was sent to another chat.
        """
        async with self._database.read() as session:
            call = (await session.scalars(select(TipCallRow).where(TipCallRow.token == token))).one_or_none()
        if call is None or await self._crew.address_of(call.member_id) != address:
            raise NotFound()
        return call.tip_id, call.member_id, await self.take(call.tip_id, call.member_id)

    async def of(self, tip_id: str) -> Page | None:
        """How it stands with one tip; None: nobody is called for it."""
        async with self._database.read() as session:
            row = await session.get(TipPageRow, tip_id)
            return None if row is None else await self._shown(session, row)

    async def recent(self) -> list[Page]:
        """Where somebody is being called, and what was settled within a day; the newest first."""
        since = coarse(self._clock() - _SHOWN)
        query = select(TipPageRow).where(or_(TipPageRow.state == CALLING, TipPageRow.opened_at >= since))
        async with self._database.read() as session:
            rows = (await session.scalars(query.order_by(TipPageRow.opened_at.desc()).limit(_BATCH))).all()
            return [await self._shown(session, row) for row in rows]

    async def count_calling(self) -> int:
        """For how many tips somebody is being called now."""
        query = select(func.count()).select_from(TipPageRow).where(TipPageRow.state == CALLING)
        async with self._database.read() as session:
            return await session.scalar(query) or 0

    async def _claim(self) -> list[tuple[str, int]]:
        now = self._clock()
        due = (TipPageRow.state == CALLING, TipPageRow.due_at <= now, or_(TipPageRow.lease_until.is_(None), TipPageRow.lease_until <= now))
        if not await self._any(due):
            return []
        query = select(TipPageRow).where(*due).order_by(TipPageRow.due_at).limit(_BATCH).with_for_update(skip_locked=True)
        async with self._database.begin() as session:
            rows = [row for row in (await session.scalars(query)).all() if not await self._is_taken_up(session, row)]
            for row in rows:
                row.lease_until = now + LEASE
            return [(row.tip_id, row.step) for row in rows]

    async def _any(self, due: Sequence[ColumnElement[bool]]) -> bool:
        """Looked at every few seconds: without anything due, no write lock is taken."""
        async with self._database.read() as session:
            return await session.scalar(select(TipPageRow.tip_id).where(*due).limit(1)) is not None

    async def _is_taken_up(self, session: AsyncSession, row: TipPageRow) -> bool:
        """Whether a moderator moved a new tip on, or answered what was added to it; then the calling ends."""
        tip = await session.get(TipRow, row.tip_id)
        if tip is not None and (tip.waiting_since is not None if row.entry > 1 else tip.status == Status.NEW):
            return False
        self._end(row, OVER)
        return True

    async def _make(self, tip_id: str, step: int) -> None:
        on_duty, everybody = await self._crew.on_duty(self._clock()), await self._crew.everybody()
        called = whom(step, on_duty, everybody)
        tokens = await self._note(tip_id, called)
        arrived = await asyncio.gather(*(self._call(tip_id, member, tokens[member]) for member in called))
        if not called:
            log.error("an urgent tip waits and nobody can be called: nobody who works on tips has a chat linked or an e-mail address")
        await self._settle(tip_id, step, on_duty, reached=any(arrived), unstaffed=not on_duty)

    async def _note(self, tip_id: str, called: Sequence[str]) -> dict[str, str]:
        """Write down who is being called, so that their button is known before they see it."""
        tokens: dict[str, str] = {}
        async with self._database.begin() as session:
            for member in called:
                row = await session.get(TipCallRow, (tip_id, member))
                if row is None:
                    row = TipCallRow(tip_id=tip_id, member_id=member, token=secrets.token_hex(16), calls=0, failed=0)
                    session.add(row)
                row.calls += 1
                tokens[member] = row.token
        return tokens

    async def _call(self, tip_id: str, member_id: str, token: str) -> bool:
        try:
            async with asyncio.timeout(_LONGEST_CALL_SECONDS):
                arrived = await self._crew.page(member_id, token)
        except TimeoutError:
            return True  # it may still have arrived; the next step comes soon enough
        except Exception as error:
            log.error("calling a member failed (%s)", type(error).__name__)
            arrived = False
        if not arrived:
            await self._note_failure(tip_id, member_id)
        return arrived

    async def _note_failure(self, tip_id: str, member_id: str) -> None:
        mine = (TipCallRow.tip_id == tip_id, TipCallRow.member_id == member_id)
        async with self._database.begin() as session:
            await session.execute(update(TipCallRow).where(*mine).values(failed=TipCallRow.failed + 1))

    async def _settle(self, tip_id: str, step: int, on_duty: Sequence[str], *, reached: bool, unstaffed: bool) -> None:
        """The step is done. Whoever acknowledged meanwhile has ended it all, and another process that took over counts."""
        now, following = self._clock(), step_after_silence(step, on_duty)
        if reached:
            step, due = step + 1, now + wait_after(step, on_duty)
        else:
            step, due = following, now if following != step else now + _NOBODY
        # Without a lease it is another calling that began meanwhile: it is due at once.
        row = (TipPageRow.tip_id == tip_id, TipPageRow.state == CALLING, TipPageRow.lease_until.is_not(None))
        values = {"step": step, "due_at": due, "lease_until": None, "unstaffed": unstaffed}
        async with self._database.begin() as session:
            done = await session.execute(update(TipPageRow).where(*row).values(values))
            if affected(done) == 0:
                log.info("somebody acknowledged while others were called")

    def _end(self, row: TipPageRow, state: str) -> None:
        row.minutes = _minutes(self._clock() - row.opened_at)
        row.state, row.due_at, row.lease_until, row.opened_at = state, None, None, coarse(row.opened_at)

    async def _shown(self, session: AsyncSession, row: TipPageRow) -> Page:
        query = select(TipCallRow).where(TipCallRow.tip_id == row.tip_id)
        calls = await session.scalars(query.order_by(TipCallRow.calls.desc(), TipCallRow.member_id))
        minutes = row.minutes if row.minutes is not None else _minutes(self._clock() - row.opened_at)
        made = tuple(Call(call.member_id, call.calls, call.failed) for call in calls)
        return Page(row.tip_id, row.state, row.unstaffed, made, row.taken_by, minutes)


def _minutes(passed: timedelta) -> int:
    return max(0, int(passed.total_seconds() // 60))
