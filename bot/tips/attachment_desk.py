"""Files of tips for moderators: one that cannot be shown, and one that nobody may open any more.

An attachment that looks like an intimate picture of somebody under 18 is *sealed off*: its own key leaves the tip, is sealed to the
city's recovery key, and the copy made for looking is destroyed. From then on no moderator can open it, whatever they still
have, and neither can the tip's receipt; whoever holds the paper with the recovery key hands it over to the police.
Without a recovery key the file is closed as well, by Faro's word only: a moderator's key could still open it by hand.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.crypto import PrivateKey, SymmetricKey, open_sealed, seal_to
from bot.errors import NotFound, SealBroken
from bot.messages import Clock
from bot.storage import Database
from bot.streams import seal_stream
from bot.tips.attachments import Attached, open_attachment, read_sealed
from bot.tips.book import locked_tip
from bot.tips.drafts import ORIGINAL
from bot.tips.files import SealedFiles
from bot.tips.grants import GrantDesk
from bot.tips.recovery import RecoveryKeys
from bot.tips.tables import TipAttachmentRow, TipGrantRow, TipRow
from bot.tips.vault import GrantKind, Reader, TipKey, TipVault


@dataclass(frozen=True, slots=True)
class Download:
    """A file as it came, not cleaned of anything, and what is known about it."""

    tip_id: str
    about: Attached
    data: bytes = field(repr=False)


class AttachmentDesk:
    """What moderators do with single files."""

    def __init__(
        self, database: Database, vault: TipVault, grants: GrantDesk, recovery: RecoveryKeys, files: SealedFiles, clock: Clock
    ) -> None:
        self._database = database
        self._vault = vault
        self._grants = grants
        self._recovery = recovery
        self._files = files
        self._clock = clock

    async def about(self, reader: Reader, tip_id: str, attachment_id: str) -> Attached:
        """What is known about a file, without opening it. Raises NotFound; else as ``GrantDesk.key`` does."""
        key = await self._grants.key(reader, tip_id)
        async with self._database.read() as session:
            return open_attachment(key, await _row(session, tip_id, attachment_id))

    async def download(self, reader: Reader, tip_id: str, attachment_id: str) -> Download:
        """The file as it came.

        Raises:
            NotAllowed: it was sealed off. NotFound; SealBroken; else as ``GrantDesk.key`` does.
        """
        key = await self._grants.key(reader, tip_id)
        async with self._database.read() as session:
            about = open_attachment(key, await _row(session, tip_id, attachment_id))
        return Download(tip_id, about, await asyncio.to_thread(about.read, key, self._files, original=True))

    async def seal_off(self, reader: Reader, tip_id: str, attachment_id: str) -> None:
        """Close a file to everybody but the holder of the recovery key. Doing it twice does it once.

        Raises:
            NotFound; SealBroken; else as ``GrantDesk.key`` does.
        """
        key = await self._grants.key(reader, tip_id)
        recovery = await self._recovery.present()
        async with self._database.begin() as session:
            await locked_tip(session, tip_id)
            row = await _row(session, tip_id, attachment_id)
            about, details = open_attachment(key, row), _details(key, row)
            if about.sealed_off:
                return
            if about.key is None:
                details["key"] = await asyncio.to_thread(self._sealed_anew, key, about)
            details["sealed_off"] = True
            if recovery is not None:
                row.custody = seal_to(recovery, bytes.fromhex(details.pop("key")), _context(row))
            row.details = key.seal(details, "attachment", row.id, row.entry, row.number)
        await asyncio.to_thread(self._files.delete, f"{attachment_id}.view")

    async def hand_over(self, private: PrivateKey, attachment_id: str) -> Download:
        """A file that was sealed off, opened with the recovery key: for the police, never to be looked at here.

        Raises:
            NotFound: no such file, or it was not sealed off. SealBroken: this recovery key does not open it.
        """
        async with self._database.read() as session:
            row = await session.get(TipAttachmentRow, attachment_id)
            if row is None:
                raise NotFound()
            key = await self._tip_key(session, private, row.tip_id)
        about = open_attachment(key, row)
        if not about.sealed_off:
            raise NotFound("it was not sealed off")
        if row.custody is None:
            return Download(row.tip_id, about, await asyncio.to_thread(about.read_anyway, key, self._files, original=True))
        file_key = open_sealed(private, row.custody, _context(row))
        return Download(row.tip_id, about, await asyncio.to_thread(read_sealed, self._files, row.id, file_key))

    def _sealed_anew(self, key: TipKey, about: Attached) -> str:
        """Give a file of an earlier version a key of its own (hex)."""
        own = SymmetricKey.generate()
        data = about.read(key, self._files, original=True)
        self._files.write(f"{about.id}.original", seal_stream(own, data, ORIGINAL), self._clock())
        return own.secret.hex()

    async def _tip_key(self, session: AsyncSession, private: PrivateKey, tip_id: str) -> TipKey:
        query = (
            select(TipRow.public_key, TipGrantRow.sealed)
            .join(TipGrantRow, TipGrantRow.tip_id == TipRow.id)
            .where(TipRow.id == tip_id, TipGrantRow.kind == GrantKind.RECOVERY.value)
        )
        found = (await session.execute(query)).one_or_none()
        if found is None:
            raise SealBroken("the tip is not sealed to a recovery key")
        return self._vault.open_as_recovery(private, tip_id, *found)


async def _row(session: AsyncSession, tip_id: str, attachment_id: str) -> TipAttachmentRow:
    row = await session.get(TipAttachmentRow, attachment_id)
    if row is None or row.tip_id != tip_id:
        raise NotFound()
    return row


def _details(key: TipKey, row: TipAttachmentRow) -> dict[str, Any]:
    return cast(dict[str, Any], key.open(row.details, "attachment", row.id, row.entry, row.number))


def _context(row: TipAttachmentRow) -> str:
    return f"tip:{row.tip_id}:attachment:{row.id}:custody"
