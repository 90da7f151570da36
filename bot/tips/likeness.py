"""Tips that may be about the same: suggested by likeness, linked by a moderator."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import aliased

from bot.crypto import SymmetricKey
from bot.errors import Invalid
from bot.storage import Database, insert_or_ignore
from bot.tips.book import locked_tip
from bot.tips.grants import GrantDesk
from bot.tips.review import TipSummary, summary_of
from bot.tips.similarity import BANDS, bands
from bot.tips.tables import TipLikenessRow, TipLinkRow, TipRow
from bot.tips.vault import Reader

_SUGGESTED = 5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tip that may say the same: ``shared`` of ``of`` bands are equal."""

    tip: TipSummary
    shared: int
    of: int = BANDS


class Likeness:
    """Notes, finds and links tips that are alike.

    Args:
        staff: ``Keyring.staff``; the key of the hashes is derived from it.
    """

    def __init__(self, database: Database, grants: GrantDesk, staff: SymmetricKey) -> None:
        self._database = database
        self._grants = grants
        self._key = hashlib.blake2b(key=staff.secret, person=b"faro likeness", digest_size=32).digest()

    def rows(self, tip_id: str, text: str) -> list[TipLikenessRow]:
        """What is kept of a new tip's words, to be stored with it."""
        return [TipLikenessRow(tip_id=tip_id, band=band, value=value) for band, value in enumerate(bands(text, self._key))]

    async def suggestions(self, tip_id: str) -> list[Suggestion]:
        """The likeliest tips that are not linked yet, the most alike first."""
        mine, theirs = aliased(TipLikenessRow), aliased(TipLikenessRow)
        same = and_(theirs.band == mine.band, theirs.value == mine.value, theirs.tip_id != mine.tip_id)
        linked = select(TipLinkRow.other_id).where(TipLinkRow.tip_id == tip_id)
        shared = func.count().label("shared")
        found = (
            select(theirs.tip_id, shared)
            .select_from(mine)
            .join(theirs, same)
            .where(mine.tip_id == tip_id, theirs.tip_id.not_in(linked))
            .group_by(theirs.tip_id)
            .order_by(shared.desc(), theirs.tip_id)
            .limit(_SUGGESTED)
            .subquery()
        )
        query = select(TipRow, found.c.shared).join(found, found.c.tip_id == TipRow.id).order_by(found.c.shared.desc(), TipRow.id)
        async with self._database.read() as session:
            return [Suggestion(summary_of(row, row.last_from_tipster), count) for row, count in await session.execute(query)]

    async def linked(self, tip_id: str) -> list[TipSummary]:
        """The tips that a moderator linked to this one, the newest first."""
        query = select(TipRow).join(TipLinkRow, TipLinkRow.other_id == TipRow.id).where(TipLinkRow.tip_id == tip_id)
        async with self._database.read() as session:
            rows = await session.scalars(query.order_by(TipRow.created_at.desc(), TipRow.id))
            return [summary_of(row, row.last_from_tipster) for row in rows]

    async def link(self, reader: Reader, tip_id: str, other_id: str) -> None:
        """Say that two tips are about the same; the reader must be able to open both.

        Raises:
            Invalid: a tip and itself. NotFound, NotAllowed, SealBroken: see ``GrantDesk.key``.
        """
        if tip_id == other_id:
            raise Invalid("other", "same")
        for one in (tip_id, other_id):
            await self._grants.key(reader, one)
        async with self._database.begin() as session:
            for one in sorted((tip_id, other_id)):
                await locked_tip(session, one)
            for one, other in ((tip_id, other_id), (other_id, tip_id)):
                await session.execute(insert_or_ignore(session, TipLinkRow).values(tip_id=one, other_id=other))

    async def unlink(self, reader: Reader, tip_id: str, other_id: str) -> None:
        """Take that back. Raises as :meth:`link` does for the first tip."""
        await self._grants.key(reader, tip_id)
        async with self._database.begin() as session:
            for one, other in ((tip_id, other_id), (other_id, tip_id)):
                await session.execute(delete(TipLinkRow).where(TipLinkRow.tip_id == one, TipLinkRow.other_id == other))
