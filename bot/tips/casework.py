"""Working on a tip among moderators: who has it, notes, labels. Tipsters see nothing of it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select

from bot.crypto import SymmetricKey
from bot.errors import Invalid, NotFound
from bot.messages import Clock
from bot.storage import Database, upsert
from bot.tips.book import locked_tip
from bot.tips.grants import GrantDesk
from bot.tips.masks import MaskBook
from bot.tips.tables import TipLabelRow, TipNoteRow
from bot.tips.vault import Reader, TipKey
from bot.tips.words import fold

MAX_NOTE = 3_500
MAX_LABEL = 40
MAX_LABELS = 12


@dataclass(frozen=True, slots=True)
class Note:
    """A note of a moderator."""

    id: str
    staff_id: str
    text: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class Label:
    """``text`` None: a code of the city's list."""

    code: str
    text: str | None = field(repr=False)


class Casework:
    """Assignment, notes and labels. Everything needs a grant to the tip.

    Args:
        city_labels: codes of the city's list.
        staff: ``Keyring.staff``; the key of free labels' hashes is derived from it.
    """

    def __init__(self, database: Database, grants: GrantDesk, city_labels: Collection[str], staff: SymmetricKey, clock: Clock) -> None:
        self._database = database
        self._grants = grants
        self._city_labels = city_labels
        self._key = hashlib.blake2b(key=staff.secret, person=b"faro tip label", digest_size=32).digest()
        self._clock = clock
        self._masks = MaskBook(database)

    async def assign(self, reader: Reader, tip_id: str, staff_id: str | None) -> None:
        """Give the tip to a moderator who can open it, or to nobody.

        Raises:
            NotFound: no such tip, or the other cannot open it. NotAllowed, SealBroken: see ``GrantDesk.key``.
        """
        await self._grants.key(reader, tip_id)
        if staff_id is not None and staff_id not in await self._grants.holders(tip_id):
            raise NotFound()
        async with self._database.begin() as session:
            (await locked_tip(session, tip_id)).assignee = staff_id

    async def notes(self, reader: Reader, tip_id: str, *, unmasked: bool = False) -> list[Note]:
        """All notes, oldest first; masked words are hidden in them, too. Raises as ``GrantDesk.key`` does."""
        key = await self._grants.key(reader, tip_id)
        hide = (await self._masks.veil(key, unmasked=unmasked)).hide
        async with self._database.read() as session:
            rows = await session.scalars(select(TipNoteRow).where(TipNoteRow.tip_id == tip_id).order_by(TipNoteRow.at, TipNoteRow.id))
            opened = [(row, str(key.open(row.sealed, "note", row.id, row.staff_id))) for row in rows]
        return [Note(row.id, row.staff_id, hide(text), row.at) for row, text in opened]

    async def note(self, reader: Reader, tip_id: str, text: str, note_id: str | None = None) -> None:
        """Write a note; one with this id that stands there already is not written again.

        Raises:
            Invalid: ``empty`` or ``too_long``. NotFound, NotAllowed, SealBroken: see ``GrantDesk.key``.
        """
        text = text.strip()
        if not text or len(text) > MAX_NOTE:
            raise Invalid("note", "too_long" if text else "empty")
        key, note_id = await self._grants.key(reader, tip_id), note_id or secrets.token_hex(16)
        sealed = key.seal(text, "note", note_id, reader.staff_id)
        async with self._database.begin() as session:
            await locked_tip(session, tip_id)
            if await session.get(TipNoteRow, note_id) is None:
                session.add(TipNoteRow(id=note_id, tip_id=tip_id, staff_id=reader.staff_id, sealed=sealed, at=self._clock()))

    async def labels(self, reader: Reader, tip_id: str, *, unmasked: bool = False) -> list[Label]:
        """The tip's labels, those of the city's list first; masked words are hidden. Raises as ``GrantDesk.key`` does."""
        key = await self._grants.key(reader, tip_id)
        hide = (await self._masks.veil(key, unmasked=unmasked)).hide
        async with self._database.read() as session:
            rows = (await session.scalars(select(TipLabelRow).where(TipLabelRow.tip_id == tip_id).order_by(TipLabelRow.code))).all()
        found = [Label(row.code, None if row.sealed is None else hide(_free_words(key, row))) for row in rows]
        return sorted(found, key=lambda label: (label.text is not None, label.text or label.code))

    async def set_labels(self, reader: Reader, tip_id: str, codes: Collection[str], free: Collection[str]) -> None:
        """Replace the tip's labels. Free ones with masked words in them stay: whoever changes the others may not see them.

        ``codes`` are of the city's list; one that the city gave up may stay where it is, and is put nowhere else.

        Raises:
            Invalid: ``unknown`` code, ``too_long`` words, ``too_many`` labels. NotFound, NotAllowed, SealBroken: see ``GrantDesk.key``.
        """
        key = await self._grants.key(reader, tip_id)
        rows, veil = self._rows(key, codes, free), await self._masks.veil(key)
        async with self._database.begin() as session:
            tip = await locked_tip(session, tip_id)
            place = {"urgent": tip.urgent, "created_at": tip.created_at}
            present = (await session.scalars(select(TipLabelRow).where(TipLabelRow.tip_id == tip_id))).all()
            if not set(codes) <= {*self._city_labels, *(row.code for row in present if row.sealed is None)}:
                raise Invalid("labels", "unknown")
            shown = [row.code for row in present if not veil.spans(_free_words(key, row))]
            await session.execute(delete(TipLabelRow).where(TipLabelRow.tip_id == tip_id, TipLabelRow.code.in_(shown)))
            for code, sealed in rows.items():
                await upsert(session, TipLabelRow, tip_id=tip_id, code=code, sealed=sealed, **place)

    def code_of(self, words: str) -> str:
        """Under which code a free label stands: equal for all spellings that fold to the same words."""
        plain = " ".join(fold(words).split()).encode("utf-8", "surrogatepass")
        return "=" + hashlib.blake2b(plain, key=self._key, digest_size=12).hexdigest()

    def _rows(self, key: TipKey, codes: Collection[str], free: Collection[str]) -> dict[str, bytes | None]:
        """The sealed words of each label by its code; None for those of the city's list."""
        words = {self.code_of(one): one for one in (" ".join(each.split()) for each in free) if one}
        if any(len(one) > MAX_LABEL for one in words.values()):
            raise Invalid("labels", "too_long")
        if len(words) + len(codes) > MAX_LABELS:
            raise Invalid("labels", "too_many")
        return {**dict.fromkeys(codes), **{code: key.seal(one, "label", code) for code, one in words.items()}}


def _free_words(key: TipKey, row: TipLabelRow) -> str:
    """The words of a free label; empty for one of the city's list."""
    return "" if row.sealed is None else str(key.open(row.sealed, "label", row.code))
