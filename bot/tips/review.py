"""What moderators do with tips: the queue, opening, answering, moving on. Everything inside a tip needs a reader's grant."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Conflict, Invalid, NotFound
from bot.messages import Clock, Language
from bot.storage import Database
from bot.tips.attachments import open_attachment
from bot.tips.book import Entry, TipBook, locked_tip
from bot.tips.files import SealedFiles
from bot.tips.grants import GrantDesk
from bot.tips.masks import MaskBook
from bot.tips.moments import Moment
from bot.tips.photos import Photo
from bot.tips.queue import EVERYTHING, Filters, count_of, pages_of
from bot.tips.sealing import Author, open_details
from bot.tips.status import SETTLED, Status
from bot.tips.tables import TipAttachmentRow, TipReadRow, TipRow, coarse
from bot.tips.vault import Reader

MAX_REPLY = 3_500
"""Characters of a moderator's answer: it has to fit into one message of any channel."""


@dataclass(frozen=True, slots=True)
class TipSummary:
    """One line of the queue: nothing of what the tip says. ``unread``: something new from the tipster.

    ``waiting_since``: hour of the tipster's first word that nobody answered; None when it is the tipster's turn.
    """

    id: str
    locator: str
    category: str
    district: str | None
    status: Status
    urgent: bool
    created_at: datetime
    updated_at: datetime
    unread: bool
    entries: int
    assignee: str | None
    waiting_since: datetime | None
    reasons: tuple[str, ...] = ()
    """Why it is urgent: codes of :class:`bot.tips.urgency.Reason`."""


@dataclass(frozen=True, slots=True)
class TipView:
    """An opened tip. ``when_code`` names a text of ``tip.when_code``; else ``when`` holds the tipster's words.

    ``moment``: what Faro understood of them and the tipster confirmed. ``answers``: words, by question
    (:class:`bot.city.TipQuestion`); ``choices``: codes of ``bot.tips.draft.CHOICES``, by question. ``redacted``: words taken out
    of place, time and answers for good. Masked words are hidden in all of it (``masking.BLOCK``).
    """

    summary: TipSummary
    language: Language
    where: str = field(repr=False)
    when: str = field(repr=False)
    when_code: str | None
    moment: Moment | None = field(repr=False)
    answers: Mapping[str, str] = field(repr=False)
    choices: Mapping[str, str] = field(repr=False)
    entries: tuple[Entry, ...] = field(repr=False)
    redacted: int = 0


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """A photo as moderators see it, or any file as it came; and the SHA-256 of the sealed original."""

    data: bytes = field(repr=False)
    media_type: str
    sha256: str


class ReviewDesk:
    """Moderators' side of tips."""

    def __init__(self, database: Database, grants: GrantDesk, files: SealedFiles, clock: Clock) -> None:
        self._database = database
        self._grants = grants
        self._files = files
        self._clock = clock
        self._book = TipBook(database)
        self._masks = MaskBook(database)

    async def queue(
        self, filters: Filters = EVERYTHING, *, limit: int = 50, before: str | None = None, reader_id: str | None = None
    ) -> list[TipSummary]:
        """A page of tips; ``before`` is the id of the last tip of the page above.

        ``reader_id`` says for whom ``unread`` is meant; without it, a tip is unread until anybody has read it.

        Raises:
            NotFound: the tip named by ``before`` was deleted.
        """
        async with self._database.read() as session:
            after = None if before is None else await _known(session, before)
            found: list[TipSummary] = []
            for query in pages_of(filters, reader_id, after, limit):
                if len(found) < limit:
                    found += [summary_of(row, seen or 0) for row, seen in await session.execute(query)]
            return found[:limit]

    async def count_up_to(self, limit: int) -> dict[Status, int]:
        """How many tips stand in each status, counted no further than ``limit``: quick however many there are."""
        async with self._database.read() as session:
            return {status: await session.scalar(count_of(status, limit)) or 0 for status in Status}

    async def waiting_by_district(self) -> dict[str, int]:
        """How many tips wait for an answer in each district where one does; those that name none stand under the empty text."""
        district = func.coalesce(TipRow.district, "")
        query = select(district, func.count()).where(TipRow.waiting_since.is_not(None)).group_by(district)
        async with self._database.read() as session:
            return dict(iter(await session.execute(query)))

    async def count_by_status(self) -> dict[Status, int]:
        """How many tips stand in each status, every status named."""
        async with self._database.read() as session:
            rows = await session.execute(select(TipRow.status, func.count()).group_by(TipRow.status))
            counts = dict(iter(rows))
        return {status: counts.get(status.value, 0) for status in Status}

    async def open(self, reader: Reader, tip_id: str, *, unmasked: bool = False) -> TipView:
        """Decrypt a tip and note that this reader saw it. ``unmasked``: for whoever may see masked words.

        Raises:
            NotFound: no such tip. NotAllowed: it is not sealed to this reader. SealBroken: it was tampered with.
        """
        key = await self._grants.key(reader, tip_id)
        entries = await self._book.entries(key)
        hide = (await self._masks.veil(key, unmasked=unmasked)).hide
        async with self._database.begin() as session:
            tip = await locked_tip(session, tip_id)
            seen = entries[-1].number if entries else 0
            await session.merge(TipReadRow(tip_id=tip_id, reader=reader.staff_id, seen=seen))
            summary = summary_of(tip, seen)
        details = open_details(key, tip.details)
        return TipView(
            summary=summary,
            language=details.language,
            where=hide(details.where),
            when=hide(details.when),
            when_code=details.when_code,
            moment=Moment.from_json(details.moment) if details.moment else None,
            answers={question: hide(words) for question, words in details.answers.items()},
            choices=details.choices,
            entries=tuple(replace(entry, text=hide(entry.text)) for entry in entries),
            redacted=details.redacted,
        )

    async def change_status(self, reader: Reader, tip_id: str, status: Status) -> None:
        """Move a tip on. The tipster reads the new status with the receipt.

        Raises:
            NotFound, NotAllowed, SealBroken: see :meth:`open`. Conflict: a tip never becomes new again.
        """
        await self._grants.key(reader, tip_id)
        async with self._database.begin() as session:
            tip = await locked_tip(session, tip_id)
            if status is Status.NEW and tip.status != Status.NEW:
                raise Conflict("a tip never becomes new again")
            tip.status, tip.updated_at = status.value, coarse(self._clock())
            if status in SETTLED:
                tip.waiting_since = None

    async def reply(self, reader: Reader, tip_id: str, text: str, reply_id: str | None = None) -> None:
        """Write to the tipster; those who asked are told that there is an answer. A repeated ``reply_id`` adds nothing.

        Raises:
            Invalid: ``empty`` or ``too_long``. NotFound, NotAllowed, SealBroken: see :meth:`open`.
        """
        text = text.strip()
        if not text or len(text) > MAX_REPLY:
            raise Invalid("text", "too_long" if text else "empty")
        key = await self._grants.key(reader, tip_id)
        await self._book.add(key, Author.MODERATOR, text, self._clock(), reply_id or secrets.token_hex(16))

    async def attachment(self, reader: Reader, tip_id: str, attachment_id: str, *, original: bool = False) -> AttachmentView:
        """A photo without metadata; ``original`` gives the bytes of any file as they came, for evidence only.

        Raises:
            NotAllowed: also when it was sealed off. NotFound: also when there is no view. SealBroken: see :meth:`open`.
        """
        key = await self._grants.key(reader, tip_id)
        async with self._database.read() as session:
            row = await session.get(TipAttachmentRow, attachment_id)
        if row is None or row.tip_id != tip_id:
            raise NotFound()
        attached = open_attachment(key, row)
        data = await asyncio.to_thread(attached.read, key, self._files, original=original)
        return AttachmentView(data, attached.media_type if original else Photo.VIEW_TYPE, attached.sha256)


async def _known(session: AsyncSession, tip_id: str) -> TipRow:
    tip = await session.get(TipRow, tip_id)
    if tip is None:
        raise NotFound()
    return tip


def summary_of(row: TipRow, seen: int) -> TipSummary:
    """A tip's line; ``seen``: the newest entry that the reader has read."""
    return TipSummary(
        id=row.id,
        locator=row.locator,
        category=row.category,
        district=row.district,
        status=Status(row.status),
        urgent=row.urgent,
        created_at=row.created_at,
        updated_at=row.updated_at,
        unread=row.last_from_tipster > seen,
        entries=row.entries,
        assignee=row.assignee,
        waiting_since=row.waiting_since,
        reasons=tuple(row.urgency.split(",")) if row.urgency else (),
    )
