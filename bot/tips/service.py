"""Tips put together: what the application wires in one call. Flows for the conversation, desks for staff, jobs for the clock."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.crypto import Keyring, PasswordCost
from bot.messages import Clock
from bot.storage import Database
from bot.tips.attachments import Attachments
from bot.tips.book import TipBook
from bot.tips.city import TipCity
from bot.tips.drafts import DraftFiles
from bot.tips.files import SealedFiles
from bot.tips.grants import Readers
from bot.tips.intake import TipIntake
from bot.tips.moderation import Moderation
from bot.tips.notices import Notices
from bot.tips.receipt import ReceiptFlow
from bot.tips.receipts import ReceiptDesk
from bot.tips.retention import TipRetention
from bot.tips.review import ReviewDesk
from bot.tips.submission import Hear, Submission
from bot.tips.times import Times
from bot.tips.turns import one_for_each_core
from bot.tips.vault import RECEIPT_COST, TipVault
from bot.tips.words import WordLists


@dataclass(frozen=True, slots=True)
class Tips:
    """Everything that tips offer to the rest of Faro."""

    intake: TipIntake
    receipt: ReceiptFlow
    moderation: Moderation
    notices: Notices
    retention: TipRetention

    @property
    def review(self) -> ReviewDesk:
        """Reading and answering tips."""
        return self.moderation.review

    @classmethod
    def build(
        cls,
        *,
        database: Database,
        keyring: Keyring,
        city: TipCity,
        readers: Readers,
        clock: Clock,
        data: Path,
        words: Path,
        times: Path,
        page: str | None = None,
        hear: Hear = lambda words: False,
        cost: PasswordCost = RECEIPT_COST,
    ) -> Tips:
        """Wire the package.

        Args:
            readers: returns every moderator to whom new tips are sealed.
            data: folder for sealed files (``FARO_DATA``).
            words: folder with the words that receipts leave out (``locales/words``).
            times: folder with how people say when something was (``locales/times``).
            hear: whether words tell of danger to a life (the safety net).
            page: address of the web chat, if there is one that all can reach.
            cost: what a try at a receipt costs.
        """
        vault = TipVault(cost)
        files, drafts = SealedFiles(data / "tips"), DraftFiles(data / "drafts")
        lists = WordLists.load(words, city.languages)
        moderation = Moderation.build(
            database=database,
            vault=vault,
            files=files,
            readers=readers,
            staff=keyring.staff,
            signing=keyring.signing,
            city=city,
            clock=clock,
        )
        keys, notify = (readers, moderation.recovery, moderation.escrow, moderation.likeness), keyring.notify.public_key
        turns = one_for_each_core()
        submission = Submission(database, vault, city, *keys, notify, files, drafts, hear, turns)
        desk = ReceiptDesk(database, vault, files, notify, turns=turns)
        return cls(
            intake=TipIntake(city, lists, Times.load(times, city.languages), submission, drafts, moderation.escrow, page),
            receipt=ReceiptFlow(city, lists, desk, TipBook(database), Attachments(files, drafts), hear),
            moderation=moderation,
            notices=Notices(database, keyring.notify, clock),
            retention=TipRetention(database, city, files, drafts),
        )
