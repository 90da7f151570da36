"""Taking masked words out of a tip for good. Two people: one masked them, another redacts."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Conflict
from bot.storage import Database
from bot.tips.book import locked_tip
from bot.tips.contents import Contents, Piece
from bot.tips.grants import GrantDesk
from bot.tips.likeness import Likeness
from bot.tips.masking import Veil
from bot.tips.masks import mask_row, open_mask
from bot.tips.tables import TipLikenessRow, TipRow
from bot.tips.vault import Reader


class Redaction:
    """Makes masks permanent."""

    def __init__(self, database: Database, grants: GrantDesk, likeness: Likeness) -> None:
        self._database = database
        self._grants = grants
        self._likeness = likeness

    async def redact(self, reader: Reader, tip_id: str, mask_id: str) -> int:
        """Seal every text of the tip anew without the masked words, and forget the mask. Returns how many words are gone.

        All in one transaction. What the database and its backups keep of overwritten rows stands in the threat model.

        Raises:
            Conflict: this reader masked them; somebody else has to redact.
            NotFound: no such tip, or the mask is gone. NotAllowed, SealBroken: see ``GrantDesk.key``.
        """
        key = await self._grants.key(reader, tip_id)
        async with self._database.begin() as session:
            tip = await locked_tip(session, tip_id)
            mask = await mask_row(session, tip_id, mask_id)
            if mask.staff_id == reader.staff_id:
                raise Conflict("whoever masked words does not redact them")
            contents, veil = Contents(session, key, tip), Veil([open_mask(key, mask)])
            pieces = await contents.pieces()
            gone = sum(_struck(piece, veil) for piece in pieces)
            await contents.flush()
            await self._forget_marks(session, tip, veil.strike(pieces[0].text)[0])
            await session.delete(mask)
        return gone

    async def _forget_marks(self, session: AsyncSession, tip: TipRow, story: str) -> None:
        """The marks that tell which tips are alike were made of the words that are gone: make them anew."""
        await session.execute(delete(TipLikenessRow).where(TipLikenessRow.tip_id == tip.id))
        session.add_all(self._likeness.rows(tip.id, story))


def _struck(piece: Piece, veil: Veil) -> int:
    text, gone = veil.strike(piece.text)
    if gone:
        piece.put(text, gone)
    return gone
