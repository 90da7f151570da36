"""What the console needs of the rest of Faro, passed in by ``bot/app.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.campaigns.planning import Planner
from bot.city import City
from bot.messages import Clock, Language
from bot.staff.accounts import Accounts
from bot.staff.audit import AuditTrail
from bot.staff.credentials import Credentials
from bot.staff.sessions import Sessions
from bot.staff.sign_in import SignIn
from bot.tips.status import Status
from bot.tips.vault import Reader

Translate = Callable[[str, Language, Mapping[str, Any]], str]
"""``(key, language, params) -> text``; raises KeyError for an unknown key. ``Catalogue.say`` is one."""


class TipSummary(Protocol):
    """A line of the queue."""

    @property
    def id(self) -> str: ...
    @property
    def locator(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def district(self) -> str | None: ...
    @property
    def status(self) -> Status: ...
    @property
    def urgent(self) -> bool: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def updated_at(self) -> datetime: ...
    @property
    def unread(self) -> bool: ...
    @property
    def entries(self) -> int: ...


class TipAttachment(Protocol):
    """A file that came with an entry."""

    @property
    def id(self) -> str: ...
    @property
    def media_type(self) -> str: ...


class TipEntry(Protocol):
    """One message of the dialogue."""

    @property
    def author(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def attachments(self) -> Sequence[TipAttachment]: ...


class TipView(Protocol):
    """A tip, opened."""

    @property
    def summary(self) -> TipSummary: ...
    @property
    def where(self) -> str: ...
    @property
    def when(self) -> str: ...
    @property
    def entries(self) -> Sequence[TipEntry]: ...


class AttachmentView(Protocol):
    """A file, opened."""

    @property
    def data(self) -> bytes: ...
    @property
    def media_type(self) -> str: ...


class TipDesk(Protocol):
    """What the console asks of :class:`bot.tips.review.ReviewDesk`."""

    async def queue(
        self, *, status: Status | None = None, category: str | None = None, limit: int = 50, before: str | None = None
    ) -> Sequence[TipSummary]:
        """Tips, the most urgent and newest first; ``before``: only those after the tip of that id in this order."""

    async def count_by_status(self) -> Mapping[Status, int]:
        """How many tips stand where."""

    async def open(self, reader: Reader, tip_id: str) -> TipView:
        """Read one tip. Raises NotFound, NotAllowed (no grant)."""

    async def change_status(self, reader: Reader, tip_id: str, status: Status) -> None:
        """Move it on. Raises NotFound, NotAllowed."""

    async def reply(self, reader: Reader, tip_id: str, text: str) -> None:
        """Write to the tipster. Raises NotFound, NotAllowed, Invalid."""

    async def attachment(self, reader: Reader, tip_id: str, attachment_id: str) -> AttachmentView:
        """Open a file. Raises NotFound, NotAllowed."""


@dataclass(frozen=True)
class Services:
    """The console's collaborators.

    Attributes:
        languages: those that the console's catalogue has; the first is the default.
        public_url: the address that browsers use, such as ``https://faro.example``; None: whatever ``Host`` says.
    """

    accounts: Accounts
    sign_in: SignIn
    credentials: Credentials
    sessions: Sessions
    audit: AuditTrail
    tips: TipDesk
    campaigns: Planner
    city: City
    translate: Translate
    languages: tuple[Language, ...]
    clock: Clock
    public_url: str | None = None
