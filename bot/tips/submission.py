"""Turns a finished draft into a tip: keys, sealed rows, sealed files, one transaction. Sending twice makes one tip."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from sqlalchemy.exc import IntegrityError

from bot.crypto import PublicKey
from bot.errors import Conflict
from bot.messages import Citizen
from bot.storage import Base, Database
from bot.tips.attachments import Attachments
from bot.tips.city import TipCity
from bot.tips.draft import Draft
from bot.tips.drafts import DraftFiles
from bot.tips.escrow.register import EscrowRegister
from bot.tips.files import SealedFiles
from bot.tips.grants import Readers, grant_row
from bot.tips.likeness import Likeness
from bot.tips.paging import page_row
from bot.tips.recovery import RecoveryKeys
from bot.tips.sealing import Author, Details, attachment_rows, entry_row, seal_address, seal_details
from bot.tips.status import Status
from bot.tips.tables import TipNoticeRow, TipRow, coarse
from bot.tips.turns import one_for_each_core
from bot.tips.urgency import Reason, calls_people, reasons_of
from bot.tips.vault import TipKey, TipVault

Hear = Callable[[str], bool]


class Submission:
    """Stores tips.

    Args:
        readers: asked anew for each tip.
        recovery: the city's recovery key, asked anew for each tip as well.
        escrow: the city's escrow, the same.
        likeness: notes what tips may say the same.
        notify: public half of the key that opens tipsters' addresses.
        files: sealed files of tips.
        drafts: sealed files of drafts.
        hear: whether words tell of danger to a life (the safety net).
        turns: how many receipts are made or tried at the same time, see :func:`bot.tips.turns.one_for_each_core`.
    """

    def __init__(
        self,
        database: Database,
        vault: TipVault,
        city: TipCity,
        readers: Readers,
        recovery: RecoveryKeys,
        escrow: EscrowRegister,
        likeness: Likeness,
        notify: PublicKey,
        files: SealedFiles,
        drafts: DraftFiles,
        hear: Hear = lambda words: False,
        turns: asyncio.Semaphore | None = None,
    ) -> None:
        self._hear = hear
        self._turns = turns or one_for_each_core()
        self._database = database
        self._vault = vault
        self._city = city
        self._readers = readers
        self._recovery = recovery
        self._escrow = escrow
        self._likeness = likeness
        self._notify = notify
        self._attachments = Attachments(files, drafts)

    async def send(self, draft: Draft, citizen: Citizen) -> None:
        """Store the tip, sealed to every reader and to its receipt. Safe to repeat: the draft names the tip.

        Raises:
            NobodyToRead: no reader is entitled; nothing was stored.
            Conflict: another tip has this locator; choose a new receipt and send again.
        """
        tip_id = draft.tip_id
        if tip_id is None:
            raise ValueError("a draft gets its tip id before it is sent")
        if not await self._is_stored(tip_id):
            await self._store(tip_id, draft, citizen)
        await self._attachments.drafts.drop(draft.files)

    async def _store(self, tip_id: str, draft: Draft, citizen: Citizen) -> None:
        readers = await self._readers()
        key = self._vault.create(tip_id)
        unheld = (await self._recovery.present(), await self._escrow.present())
        async with self._turns:
            grants = await asyncio.to_thread(self._vault.grants, key, readers, draft.receipt.passphrase, *unheld)
        attached = await self._attachments.seal(draft.files, citizen.now)
        # Flushed in two steps: the tip's row has to stand before the rows that point at it.
        rows: list[Base] = [grant_row(tip_id, grant) for grant in grants]
        rows.append(entry_row(key, 1, Author.TIPSTER, "\n\n".join(draft.texts), citizen.now))
        rows += attachment_rows(key, attached, 1)
        rows += self._likeness.rows(tip_id, "\n".join(draft.texts))
        if draft.notify:
            address = seal_address(self._notify, tip_id, citizen.address, citizen.language)
            rows.append(TipNoticeRow(tip_id=tip_id, address=address, state="idle"))
        reasons = reasons_of(self._city, draft, alarming=any(map(self._hear, (*draft.texts, *draft.answers.values()))))
        if calls_people(reasons):
            rows.append(page_row(tip_id, citizen.now))
        try:
            async with self._database.begin() as session:
                session.add(self._tip_row(key, draft, citizen, reasons))
                await session.flush()
                session.add_all(rows)
        except IntegrityError as error:
            if not await self._is_stored(tip_id):
                raise Conflict() from error

    def _tip_row(self, key: TipKey, draft: Draft, citizen: Citizen, reasons: Sequence[Reason]) -> TipRow:
        details = Details(citizen.language, draft.place, draft.when, draft.when_code, draft.moment, draft.answers, draft.choices)
        now = coarse(citizen.now)
        return TipRow(
            id=key.tip_id,
            locator=draft.locator,
            category=draft.category,
            district=draft.district,
            status=Status.NEW.value,
            urgent=bool(reasons),
            urgency=",".join(reasons),
            created_at=now,
            updated_at=now,
            public_key=key.public,
            details=seal_details(key, details),
            entries=1,
            last_from_tipster=1,
            waiting_since=now,
        )

    async def _is_stored(self, tip_id: str) -> bool:
        async with self._database.read() as session:
            return await session.get(TipRow, tip_id) is not None
