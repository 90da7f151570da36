"""Letting tips go: what has rested longer than its category allows is deleted: keys, rows, files."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage import Database
from bot.tips.city import TipCity, kept_for
from bot.tips.drafts import DraftFiles
from bot.tips.files import SealedFiles
from bot.tips.holding import Cause, delete_files, delete_rows
from bot.tips.tables import TipAttachmentRow, TipRow

_ORPHAN_AGE = timedelta(hours=26)
"""Files are written before their rows, and their times are cut to the hour: younger ones may still get a row."""
_BATCH = 200


@dataclass(frozen=True, slots=True)
class PurgeReport:
    """What was deleted, in numbers only."""

    tips: dict[str, int] = field(default_factory=dict)
    """By category."""
    draft_files: int = 0
    orphan_files: int = 0


class TipRetention:
    """Deletes what is past its time."""

    def __init__(self, database: Database, city: TipCity, files: SealedFiles, drafts: DraftFiles) -> None:
        self._database = database
        self._city = city
        self._files = files
        self._drafts = drafts

    async def purge(self, now: datetime) -> PurgeReport:
        """Delete tips that rested longer than their category's retention and that nobody holds, and files that belong to nothing."""
        gone: Counter[str] = Counter()
        while batch := await self._delete_batch(now):
            gone += batch
        return PurgeReport(dict(gone), await self._drafts.purge(now), await self._purge_orphans(now))

    async def _delete_batch(self, now: datetime) -> Counter[str]:
        """Found and deleted in one transaction, so that a message arriving meanwhile saves its tip or comes too late."""
        async with self._database.begin() as session:
            expired = await self._expired(session, now)
            photos = await delete_rows(session, expired, Cause.RETENTION, now.date())
        await delete_files(self._files, photos)
        return Counter(category for _, category in expired)

    async def _expired(self, session: AsyncSession, now: datetime) -> list[tuple[str, str]]:
        categories = (await session.scalars(select(TipRow.category).distinct())).all()
        late = [(TipRow.category == code) & (TipRow.updated_at < now - kept_for(self._city, code)) for code in categories]
        free = or_(TipRow.hold_until.is_(None), TipRow.hold_until <= now)
        query = select(TipRow.id, TipRow.category).where(or_(false(), *late), free).limit(_BATCH).with_for_update()
        return [(tip_id, category) for tip_id, category in await session.execute(query)]

    async def _purge_orphans(self, now: datetime) -> int:
        async with self._database.read() as session:
            known = frozenset((await session.scalars(select(TipAttachmentRow.id))).all())
        return await asyncio.to_thread(self._files.purge, now - _ORPHAN_AGE, known)
