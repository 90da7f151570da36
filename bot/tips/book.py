"""The store of tips for somebody who holds a tip's key: reading its dialogue and adding to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import NotFound
from bot.storage import Database
from bot.tips.alarms import raise_alarm
from bot.tips.attachments import Attached, open_attachment
from bot.tips.sealing import Author, SealedAttachment, attachment_rows, entry_row, open_entry
from bot.tips.status import Status
from bot.tips.tables import TipAttachmentRow, TipEntryRow, TipNoticeRow, TipRow, coarse
from bot.tips.urgency import Reason
from bot.tips.vault import TipKey


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of the dialogue. ``at`` is cut to the hour; ``redacted``: words taken out for good."""

    number: int
    author: Author
    text: str = field(repr=False)
    at: datetime
    files: tuple[Attached, ...] = ()
    redacted: int = 0

    @property
    def attachments(self) -> tuple[str, ...]:
        """The ids of its files."""
        return tuple(file.id for file in self.files)


class TipBook:
    """Reads and writes entries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def entries(self, key: TipKey) -> tuple[Entry, ...]:
        """The whole dialogue, oldest first. Raises SealBroken when a row was tampered with."""
        async with self._database.read() as session:
            rows = await session.scalars(select(TipEntryRow).where(TipEntryRow.tip_id == key.tip_id).order_by(TipEntryRow.number))
            attached = defaultdict(list)
            for one in await session.scalars(
                select(TipAttachmentRow).where(TipAttachmentRow.tip_id == key.tip_id).order_by(TipAttachmentRow.number)
            ):
                attached[one.entry].append(open_attachment(key, one))
        return tuple(_entry(key, row, tuple(attached[row.number])) for row in rows)

    async def has(self, entry_id: str) -> bool:
        """Whether an entry stands there already."""
        async with self._database.read() as session:
            return await session.get(TipEntryRow, entry_id) is not None

    async def add(
        self,
        key: TipKey,
        author: Author,
        text: str,
        now: datetime,
        entry_id: str,
        attachments: Sequence[SealedAttachment] = (),
        reasons: Sequence[Reason] = (),
    ) -> None:
        """Add an entry; one with this id that stands there already is not added again.

        Args:
            attachments: their files are written already.
            reasons: why people are called for it; none: nobody is.

        Raises:
            NotFound: the tip was deleted meanwhile.
        """
        async with self._database.begin() as session:
            tip = await locked_tip(session, key.tip_id)
            if await session.get(TipEntryRow, entry_id) is not None:
                return
            tip.entries += 1
            tip.updated_at = coarse(now)
            session.add(entry_row(key, tip.entries, author, text, now, entry_id))
            session.add_all(attachment_rows(key, attachments, tip.entries))
            if author is Author.TIPSTER:
                tip.last_from_tipster = tip.entries
                tip.waiting_since = tip.waiting_since or coarse(now)
                if tip.status == Status.WAITING:
                    tip.status = Status.IN_REVIEW.value
                if reasons:
                    await raise_alarm(session, tip, reasons, now)
            else:
                tip.first_answer_at = tip.first_answer_at or coarse(now)
                await self._answered(session, tip)

    @staticmethod
    async def _answered(session: AsyncSession, tip: TipRow) -> None:
        tip.waiting_since = None
        if tip.status == Status.NEW:
            tip.status = Status.IN_REVIEW.value
        notice = await session.get(TipNoticeRow, tip.id)
        if notice is not None and notice.state == "idle":
            notice.state = "due"


def _entry(key: TipKey, row: TipEntryRow, files: tuple[Attached, ...]) -> Entry:
    words = open_entry(key, row)
    return Entry(row.number, Author(row.author), words.text, row.at, files, words.redacted)


async def locked_tip(session: AsyncSession, tip_id: str) -> TipRow:
    """The tip's row, locked for writing where the database can. Raises NotFound."""
    tip = await session.get(TipRow, tip_id, with_for_update=True)
    if tip is None:
        raise NotFound()
    return tip
