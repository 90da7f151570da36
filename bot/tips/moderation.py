"""The moderators' side of tips put together."""

from __future__ import annotations

from dataclasses import dataclass

from bot.crypto import SigningKey, SymmetricKey
from bot.messages import Clock
from bot.storage import Database
from bot.tips.attachment_desk import AttachmentDesk
from bot.tips.case.desk import CaseDesk
from bot.tips.casework import Casework
from bot.tips.city import TipCity
from bot.tips.escrow.register import EscrowRegister
from bot.tips.escrow.requests import Requests
from bot.tips.files import SealedFiles
from bot.tips.grants import GrantDesk, Readers
from bot.tips.holding import Holding
from bot.tips.likeness import Likeness
from bot.tips.masks import Masks
from bot.tips.recovery import RecoveryKeys
from bot.tips.redaction import Redaction
from bot.tips.regrant import Regrant
from bot.tips.review import ReviewDesk
from bot.tips.search import SearchBook, SearchDesk
from bot.tips.vault import TipVault
from bot.tips.views import SavedViews


@dataclass(frozen=True, slots=True)
class Moderation:
    """Everything that tips offer to the people who work on them."""

    review: ReviewDesk
    grants: GrantDesk
    regrant: Regrant
    recovery: RecoveryKeys
    escrow: EscrowRegister
    escrow_requests: Requests
    casework: Casework
    likeness: Likeness
    holding: Holding
    attachments: AttachmentDesk
    views: SavedViews
    masks: Masks
    redaction: Redaction
    cases: CaseDesk
    search: SearchDesk
    searches: SearchBook

    @classmethod
    def build(
        cls,
        *,
        database: Database,
        vault: TipVault,
        files: SealedFiles,
        readers: Readers,
        staff: SymmetricKey,
        signing: SigningKey,
        city: TipCity,
        clock: Clock,
    ) -> Moderation:
        """Wire the moderators' side.

        Args:
            readers: returns every moderator to whom new tips are sealed.
            staff: ``Keyring.staff``: seals the public halves of recovery key and escrow; keys of hashes are derived from it.
            signing: ``Keyring.signing``: signs case packages.
        """
        recovery, escrow = RecoveryKeys(database, staff, clock), EscrowRegister(database, staff, clock)
        grants = GrantDesk(database, vault, readers, recovery)
        likeness = Likeness(database, grants, staff)
        review, masks = ReviewDesk(database, grants, files, clock), Masks(database, grants, clock)
        casework = Casework(database, grants, city.tip_labels, staff, clock)
        return cls(
            review=review,
            grants=grants,
            regrant=Regrant(database, vault, grants, recovery, escrow),
            recovery=recovery,
            escrow=escrow,
            escrow_requests=Requests(database, clock),
            casework=casework,
            likeness=likeness,
            holding=Holding(database, grants, files, city, clock),
            attachments=AttachmentDesk(database, vault, grants, recovery, files, clock),
            views=SavedViews(database, staff),
            masks=masks,
            redaction=Redaction(database, grants, likeness),
            cases=CaseDesk(review, masks, casework, signing, city.name, clock),
            search=SearchDesk(database, vault),
            searches=SearchBook(),
        )
