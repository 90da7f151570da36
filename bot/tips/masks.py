"""Words of a tip that are hidden: marked by whoever reads it, shown and lifted only by the custodian.

Who may do which of that is decided by roles, outside; here every deed needs the tip's key. A mask is a rule that Faro keeps,
not a second lock: whoever holds the tip's key and reads the database without Faro sees the words. Redacting is for good
(``redaction.py``).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Invalid, NotFound
from bot.messages import Clock
from bot.storage import Database
from bot.tips.book import locked_tip
from bot.tips.contents import Contents
from bot.tips.grants import GrantDesk
from bot.tips.masking import BLOCK, Veil
from bot.tips.tables import TipMaskRow
from bot.tips.vault import Reader, TipKey

MAX_WORDS = 300
"""Characters of one mask."""
MAX_MASKS = 50


@dataclass(frozen=True, slots=True)
class Mask:
    """What is hidden, by whom, since when. ``words`` is empty for whoever may not see them."""

    id: str
    staff_id: str
    at: datetime
    words: str = field(repr=False)


class MaskBook:
    """Reads masks for somebody who holds a tip's key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, key: TipKey) -> list[Mask]:
        """A tip's masks, oldest first. Raises SealBroken."""
        async with self._database.read() as session:
            return await masks_in(session, key)

    async def veil(self, key: TipKey, *, unmasked: bool = False) -> Veil:
        """What hides a tip's masked words; nothing for whoever may see them. Raises SealBroken."""
        return Veil() if unmasked else Veil(mask.words for mask in await self.of(key))


async def masks_in(session: AsyncSession, key: TipKey) -> list[Mask]:
    """A tip's masks, oldest first, in the caller's transaction. Raises SealBroken."""
    rows = await session.scalars(select(TipMaskRow).where(TipMaskRow.tip_id == key.tip_id).order_by(TipMaskRow.at, TipMaskRow.id))
    return [Mask(row.id, row.staff_id, row.at, open_mask(key, row)) for row in rows]


def open_mask(key: TipKey, row: TipMaskRow) -> str:
    """The words that a mask hides. Raises SealBroken: also when somebody else was entered as the one who hid them."""
    return str(key.open(row.sealed, "mask", row.id, row.staff_id))


class Masks:
    """Masks of tips."""

    def __init__(self, database: Database, grants: GrantDesk, clock: Clock) -> None:
        self._database = database
        self._grants = grants
        self._clock = clock
        self._book = MaskBook(database)

    async def list(self, reader: Reader, tip_id: str, *, unmasked: bool = False) -> list[Mask]:
        """A tip's masks; with their words only for whoever may see them. Raises as ``GrantDesk.key`` does."""
        found = await self._book.of(await self._grants.key(reader, tip_id))
        return found if unmasked else [replace(mask, words="") for mask in found]

    async def hide(self, reader: Reader, tip_id: str, text: str) -> str:
        """Words about the tip with its masked words hidden. Raises as ``GrantDesk.key`` does."""
        return (await self._book.veil(await self._grants.key(reader, tip_id))).hide(text)

    async def mask(self, reader: Reader, tip_id: str, words: str) -> None:
        """Hide words wherever they stand in the tip. Words that are hidden already stay so.

        Raises:
            Invalid: ``empty`` (no letter or digit), ``too_long``, ``missing`` (they stand nowhere in the tip), ``too_many`` masks.
            NotFound, NotAllowed, SealBroken: see ``GrantDesk.key``.
        """
        words = " ".join(words.split())
        if len(words) > MAX_WORDS or not any(character.isalnum() for character in words):
            raise Invalid("words", "too_long" if len(words) > MAX_WORDS else "empty")
        key, mask_id = await self._grants.key(reader, tip_id), secrets.token_hex(16)
        async with self._database.begin() as session:
            tip, veil = await locked_tip(session, tip_id), Veil([words])
            if not any(veil.spans(piece.text) for piece in await Contents(session, key, tip).pieces()):
                raise Invalid("words", "missing")
            present = await masks_in(session, key)
            if any(Veil([mask.words]).hide(words) == BLOCK for mask in present):
                return
            if len(present) >= MAX_MASKS:
                raise Invalid("words", "too_many")
            sealed = key.seal(words, "mask", mask_id, reader.staff_id)
            session.add(TipMaskRow(id=mask_id, tip_id=tip_id, staff_id=reader.staff_id, sealed=sealed, at=self._clock()))

    async def lift(self, reader: Reader, tip_id: str, mask_id: str) -> None:
        """Show the words to everybody again. Raises NotFound (also for a mask of another tip), or as ``GrantDesk.key`` does."""
        await self._grants.key(reader, tip_id)
        async with self._database.begin() as session:
            await locked_tip(session, tip_id)
            await session.delete(await mask_row(session, tip_id, mask_id))


async def mask_row(session: AsyncSession, tip_id: str, mask_id: str) -> TipMaskRow:
    """A mask of this tip. Raises NotFound."""
    row = await session.get(TipMaskRow, mask_id)
    if row is None or row.tip_id != tip_id:
        raise NotFound()
    return row
