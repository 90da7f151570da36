"""The moderators' side of tips put together."""

from __future__ import annotations

from dataclasses import dataclass

from bot.crypto import SymmetricKey
from bot.messages import Clock
from bot.storage import Database
from bot.tips.attachment_desk import AttachmentDesk
from bot.tips.casework import Casework
from bot.tips.city import TipCity
from bot.tips.files import SealedFiles
from bot.tips.grants import GrantDesk, Readers
from bot.tips.holding import Holding
from bot.tips.likeness import Likeness
from bot.tips.recovery import RecoveryKeys
from bot.tips.regrant import Regrant
from bot.tips.review import ReviewDesk
from bot.tips.vault import TipVault
from bot.tips.views import SavedViews


@dataclass(frozen=True, slots=True)
class Moderation:
    """Everything that tips offer to the people who work on them."""

    review: ReviewDesk
    grants: GrantDesk
    regrant: Regrant
    recovery: RecoveryKeys
    casework: Casework
    likeness: Likeness
    holding: Holding
    attachments: AttachmentDesk
    views: SavedViews

    @classmethod
    def build(
        cls, *, database: Database, vault: TipVault, files: SealedFiles, readers: Readers, staff: SymmetricKey, city: TipCity, clock: Clock
    ) -> Moderation:
        """Wire the moderators' side.

        Args:
            readers: returns every moderator to whom new tips are sealed.
            staff: ``Keyring.staff``: seals the recovery key's public half; keys of hashes are derived from it.
        """
        recovery = RecoveryKeys(database, staff, clock)
        grants = GrantDesk(database, vault, readers, recovery)
        return cls(
            review=ReviewDesk(database, grants, files, clock),
            grants=grants,
            regrant=Regrant(database, vault, grants, recovery),
            recovery=recovery,
            casework=Casework(database, grants, city.tip_labels, staff, clock),
            likeness=Likeness(database, grants, staff),
            holding=Holding(database, grants, files, city, clock),
            attachments=AttachmentDesk(database, vault, grants, recovery, files, clock),
            views=SavedViews(database, staff),
        )
