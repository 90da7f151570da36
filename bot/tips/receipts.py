"""Opens a tip with its receipt: slowly, and equally slowly whether the locator exists or not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.crypto import PublicKey
from bot.errors import NotFound, SealBroken
from bot.messages import Citizen
from bot.storage import Database
from bot.tips.attempts import Attempts
from bot.tips.book import locked_tip
from bot.tips.files import SealedFiles
from bot.tips.holding import Cause, delete_files, delete_rows
from bot.tips.sealing import seal_address
from bot.tips.tables import TipGrantRow, TipNoticeRow, TipRow
from bot.tips.turns import one_for_each_core
from bot.tips.vault import GrantKind, TipKey, TipVault, unlocked
from bot.tips.words import Receipt


@dataclass(frozen=True, slots=True)
class OpenTip:
    """A tip whose key is at hand."""

    key: TipKey
    status: str
    category: str


class ReceiptDesk:
    """What the holder of a receipt may do, apart from reading and writing.

    Args:
        files: sealed files of tips, deleted when one is withdrawn.
        notify: public half of the key that opens tipsters' addresses.
        at_once: how many receipts are tried at the same time. So a crowd of guessers stands outside, and whoever sends a
            tip waits behind that many of them at most.
        turns: shared with whoever makes receipts, see :func:`bot.tips.turns.one_for_each_core`.
    """

    def __init__(
        self,
        database: Database,
        vault: TipVault,
        files: SealedFiles,
        notify: PublicKey,
        attempts: Attempts | None = None,
        at_once: int = 2,
        turns: asyncio.Semaphore | None = None,
    ) -> None:
        self._database = database
        self._vault = vault
        self._files = files
        self._notify = notify
        self._attempts = attempts or Attempts()
        self._door = asyncio.Semaphore(at_once)
        self._turns = turns or one_for_each_core()

    async def open(self, receipt: Receipt, citizen: Citizen) -> TipKey:
        """The tip's key.

        Raises:
            SealBroken: no such tip, or other words; nobody can tell which.
            TooManyAttempts: wait ``retry_after`` seconds.
        """
        self._attempts.enter(citizen.pseudonym, receipt.locator, citizen.now)
        async with self._database.read() as session:
            found = (
                await session.execute(
                    select(TipRow.id, TipRow.public_key, TipGrantRow.sealed)
                    .join(TipGrantRow, TipGrantRow.tip_id == TipRow.id)
                    .where(TipRow.locator == receipt.locator, TipGrantRow.kind == GrantKind.RECEIPT.value)
                )
            ).one_or_none()
        async with self._door, self._turns:
            key = await asyncio.to_thread(self._unlock, receipt, found)
        self._attempts.succeeded(citizen.pseudonym, receipt.locator, citizen.now)
        return key

    def _unlock(self, receipt: Receipt, found: tuple[str, bytes, bytes] | None) -> TipKey:
        if found is None:
            self._vault.spend_time(receipt.passphrase)
            raise SealBroken()
        return self._vault.open_with_words(receipt.passphrase, *found)

    async def reopen(self, tip_id: str, secret: bytes) -> OpenTip:
        """The tip that was opened some minutes ago. Raises NotFound when it is gone."""
        async with self._database.read() as session:
            tip = await session.get(TipRow, tip_id)
        if tip is None:
            raise NotFound()
        return OpenTip(unlocked(tip_id, secret, tip.public_key), tip.status, tip.category)

    async def withdraw(self, tip_id: str, now: datetime) -> None:
        """Destroy a tip: keys, words, photos, address. What stays is one line: on this day, one of this category was withdrawn.

        Raises:
            NotFound: it is gone already.
        """
        async with self._database.begin() as session:
            tip = await locked_tip(session, tip_id)
            photos = await delete_rows(session, [(tip.id, tip.category)], Cause.TIPSTER, now.date())
        await delete_files(self._files, photos)

    async def wants_news(self, tip_id: str) -> bool:
        """Whether the tipster asked to be told."""
        async with self._database.read() as session:
            return await session.get(TipNoticeRow, tip_id) is not None

    async def want_news(self, tip_id: str, citizen: Citizen, wanted: bool) -> None:
        """Keep the person's address, sealed to the sender; or destroy it."""
        async with self._database.begin() as session:
            row = await session.get(TipNoticeRow, tip_id)
            if row is not None:
                await session.delete(row)
                await session.flush()
            if wanted and await session.get(TipRow, tip_id) is not None:
                address = seal_address(self._notify, tip_id, citizen.address, citizen.language)
                session.add(TipNoticeRow(tip_id=tip_id, address=address, state="idle"))
