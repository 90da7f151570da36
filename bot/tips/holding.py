"""How long a tip is kept beyond its time, and deleting one before it: both bounded, both with a second look."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Conflict, Invalid
from bot.messages import Clock
from bot.storage import Database
from bot.tips.book import locked_tip
from bot.tips.city import TipCity, kept_for
from bot.tips.counting import count_gone
from bot.tips.files import SealedFiles
from bot.tips.grants import GrantDesk
from bot.tips.masks import MaskBook
from bot.tips.tables import TipAttachmentRow, TipDeletionRow, TipRow
from bot.tips.tally import DELETED, WITHDRAWN
from bot.tips.vault import Reader

LONGEST_HOLD = timedelta(days=180)
MOST_HOLDS = 2
MAX_REASON = 300
_LISTED = 200


class Cause(StrEnum):
    """Why a tip was deleted."""

    RETENTION = "retention"
    MODERATORS = "moderators"
    TIPSTER = "tipster"
    """Withdrawn with the receipt; a hold does not stand in the way."""


_OUTCOMES = {Cause.TIPSTER: WITHDRAWN, Cause.MODERATORS: DELETED}
"""What became of a tip, for the figures; one whose time was over keeps its status."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long a tip is kept. ``due``: when it is deleted if nothing new comes. ``asked_by``: who wants it deleted now."""

    due: datetime
    hold_until: datetime | None
    reason: str = field(repr=False)
    holds_left: int
    asked_by: str | None


@dataclass(frozen=True, slots=True)
class Deletion:
    """One line of the list of deleted tips."""

    on: date
    category: str
    cause: Cause


class Holding:
    """Holds tips, and deletes them when two moderators agree."""

    def __init__(self, database: Database, grants: GrantDesk, files: SealedFiles, city: TipCity, clock: Clock) -> None:
        self._database = database
        self._grants = grants
        self._files = files
        self._city = city
        self._clock = clock
        self._masks = MaskBook(database)

    async def keeping(self, reader: Reader, tip_id: str, *, unmasked: bool = False) -> Keeping:
        """How long it is kept; masked words are hidden in the reason. Raises as ``GrantDesk.key`` does."""
        key = await self._grants.key(reader, tip_id)
        veil = await self._masks.veil(key, unmasked=unmasked)
        async with self._database.read() as session:
            tip = await session.get_one(TipRow, tip_id)
        reason = "" if tip.hold_reason is None else veil.hide(str(key.open(tip.hold_reason, "hold")))
        due = tip.updated_at + kept_for(self._city, tip.category)
        if tip.hold_until is not None:
            due = max(due, tip.hold_until)
        return Keeping(due, tip.hold_until, reason, MOST_HOLDS - tip.holds, tip.deletion_asked_by)

    async def hold(self, reader: Reader, tip_id: str, until: datetime, reason: str) -> None:
        """Keep a tip until then, whatever its retention says.

        Raises:
            Invalid: ``until`` is past or more than :data:`LONGEST_HOLD` away; ``reason`` is empty or too long.
            Conflict: it was held :data:`MOST_HOLDS` times. NotFound, NotAllowed, SealBroken: see ``GrantDesk.key``.
        """
        now, reason = self._clock(), reason.strip()
        if not now < until <= now + LONGEST_HOLD:
            raise Invalid("until", "hold_time")
        if not 0 < len(reason) <= MAX_REASON:
            raise Invalid("reason", "hold_reason")
        key = await self._grants.key(reader, tip_id)
        async with self._database.begin() as session:
            tip = await locked_tip(session, tip_id)
            if tip.holds >= MOST_HOLDS:
                raise Conflict("it was held as often as it may be")
            tip.hold_until, tip.hold_reason, tip.holds = until, key.seal(reason, "hold"), tip.holds + 1
            tip.deletion_asked_by = None

    async def release(self, reader: Reader, tip_id: str) -> None:
        """End the hold; how often it was held stays. Raises as ``GrantDesk.key`` does."""
        await self._grants.key(reader, tip_id)
        async with self._database.begin() as session:
            tip = await locked_tip(session, tip_id)
            tip.hold_until = tip.hold_reason = None

    async def ask_deletion(self, reader: Reader, tip_id: str, *, wanted: bool = True) -> None:
        """Ask for a tip to be deleted, or take that back; anybody who can open it may take it back.

        Raises:
            Conflict: it is held. NotFound, NotAllowed, SealBroken: see ``GrantDesk.key``.
        """
        await self._grants.key(reader, tip_id)
        async with self._database.begin() as session:
            tip = await locked_tip(session, tip_id)
            if wanted and self._is_held(tip):
                raise Conflict("it is held")
            tip.deletion_asked_by = (tip.deletion_asked_by or reader.staff_id) if wanted else None

    async def delete(self, reader: Reader, tip_id: str) -> None:
        """Delete a tip that another moderator asked to have deleted: keys, words, files, for good.

        Raises:
            Conflict: nobody else asked, or it is held. NotFound, NotAllowed, SealBroken: see ``GrantDesk.key``.
        """
        await self._grants.key(reader, tip_id)
        async with self._database.begin() as session:
            tip = await locked_tip(session, tip_id)
            if tip.deletion_asked_by in (None, reader.staff_id) or self._is_held(tip):
                raise Conflict("two moderators have to agree")
            photos = await delete_rows(session, [(tip.id, tip.category)], Cause.MODERATORS, self._clock().date())
        await delete_files(self._files, photos)

    async def deletions(self) -> list[Deletion]:
        """The last deletions, newest first, without content."""
        query = select(TipDeletionRow).order_by(TipDeletionRow.deleted_on.desc(), TipDeletionRow.id).limit(_LISTED)
        async with self._database.read() as session:
            return [Deletion(row.deleted_on, row.category, Cause(row.cause)) for row in await session.scalars(query)]

    def _is_held(self, tip: TipRow) -> bool:
        return tip.hold_until is not None and tip.hold_until > self._clock()


async def delete_rows(session: AsyncSession, tips: list[tuple[str, str]], cause: Cause, on: date) -> list[str]:
    """Delete tips (id and category), count them and note that in the list; returns the ids of their attachments, whose files come next."""
    ids = [tip_id for tip_id, _ in tips]
    photos = list(await session.scalars(select(TipAttachmentRow.id).where(TipAttachmentRow.tip_id.in_(ids))))
    await count_gone(session, ids, _OUTCOMES.get(cause))
    # Grants, entries and everything else of a tip go with its row (ON DELETE CASCADE).
    await session.execute(delete(TipRow).where(TipRow.id.in_(ids)))
    session.add_all(TipDeletionRow(id=secrets.token_hex(16), deleted_on=on, category=category, cause=cause.value) for _, category in tips)
    return photos


async def delete_files(files: SealedFiles, photos: list[str]) -> None:
    """Delete the sealed files of attachments. Those that a crash leaves are purged later (``retention.py``)."""
    await asyncio.to_thread(files.delete, *(f"{photo}.{kind}" for photo in photos for kind in ("original", "view")))
