"""Tables of tips. Nothing here names a citizen, a chat, a message, or the exact moment somebody wrote.

Times are cut to the hour, so that they cannot be laid beside the conversation's tables. Keys are random and tables have
no row number (``WITHOUT ROWID``), so that SQLite does not remember in which order rows came.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage import Base, Sealed, UtcDateTime
from bot.tips.status import OPEN

_NO_ROW_NUMBER = {"sqlite_with_rowid": False}


_WAITS = text("waiting_since IS NOT NULL")
"""Few tips wait for an answer, however many there are: an index of these alone stays small."""
_IS_OPEN = text(" OR ".join(f"status = '{status.value}'" for status in OPEN))
"""Joined by OR, so that SQLite sees that one of these states fits."""


def _part(name: str) -> tuple[str, ...]:
    """The columns of the index behind the queue as a whole, or filtered by one of its columns."""
    order = ("urgent", "created_at", "id")
    return order if name == "all" else (name, *order)


def coarse(moment: datetime) -> datetime:
    """The hour that a moment lies in: all that is kept of when a citizen wrote."""
    return moment.replace(minute=0, second=0, microsecond=0)


def _tip_id(*, primary_key: bool = False) -> Mapped[str]:
    return mapped_column(ForeignKey("tip.id", ondelete="CASCADE"), primary_key=primary_key)


class TipRow(Base):
    """One tip. ``details`` seals where, when and the language; what it says stands in its entries."""

    __tablename__ = "tip"
    __table_args__ = (
        Index("ix_tip_queue", "status", "urgent", "created_at", "id"),
        *(Index(f"ix_tip_queue_{part}", *_part(part)) for part in ("all", "category", "district", "assignee")),
        Index("ix_tip_queue_open", "status", "category", "urgent", "created_at", "id", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        Index("ix_tip_queue_unread", "urgent", "created_at", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_tip_queue_waiting", "urgent", "waiting_since", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_tip_category_updated_at", "category", "updated_at"),
        _NO_ROW_NUMBER,
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    locator: Mapped[str] = mapped_column(String(9), unique=True)
    category: Mapped[str] = mapped_column(String(40))
    district: Mapped[str | None] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(16))
    urgent: Mapped[bool]
    urgency: Mapped[str] = mapped_column(String(80), default="", server_default="")
    """Why it is urgent: codes of ``urgency.Reason`` with commas between."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    details: Mapped[bytes] = mapped_column(Sealed)
    entries: Mapped[int] = mapped_column(default=0)
    """How many entries there are; the next one gets the next number."""
    last_from_tipster: Mapped[int] = mapped_column(default=0)
    """Number of the tipster's newest entry: unread for everybody whose read mark stands below."""
    assignee: Mapped[str | None] = mapped_column(String(32))
    """Id of the moderator who works on it."""
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Hour of the tipster's first word that nobody has answered yet."""
    first_answer_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Hour of the first answer."""
    hold_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """It is not deleted before then, whatever its retention says."""
    hold_reason: Mapped[bytes | None] = mapped_column(Sealed)
    holds: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many times it was held."""
    deletion_asked_by: Mapped[str | None] = mapped_column(String(32))
    """Id of the moderator who wants it deleted; another one has to agree."""


class TipEntryRow(Base):
    """One message of tipster or moderator."""

    __tablename__ = "tip_entry"
    __table_args__ = (UniqueConstraint("tip_id", "number"), _NO_ROW_NUMBER)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tip_id: Mapped[str] = _tip_id()
    number: Mapped[int]
    author: Mapped[str] = mapped_column(String(10))
    sealed: Mapped[bytes] = mapped_column(Sealed)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class TipGrantRow(Base):
    """The tip's private key, sealed to one holder: a reader (staff id), the receipt, or the recovery key.

    ``key_id`` names the public key it is sealed to (``vault.key_id``): a holder whose key was replaced cannot open it any
    more. Empty for receipts, and for grants of versions that did not note it.
    """

    __tablename__ = "tip_grant"
    __table_args__ = (Index("ix_tip_grant_holder", "kind", "holder"), _NO_ROW_NUMBER)

    tip_id: Mapped[str] = _tip_id(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    holder: Mapped[str] = mapped_column(String(32), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(Sealed)
    key_id: Mapped[str] = mapped_column(String(16), default="", server_default="")


class TipRecoveryKeyRow(Base):
    """The public half of the recovery key, sealed under ``staff.key``: who can only write to the database cannot plant another.

    ``id``: ``present``, or ``pending`` until somebody has typed the private half back.
    """

    __tablename__ = "tip_recovery_key"
    __table_args__ = (_NO_ROW_NUMBER,)

    id: Mapped[str] = mapped_column(String(8), primary_key=True)
    public_key: Mapped[bytes] = mapped_column(Sealed)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TipAttachmentRow(Base):
    """A file of an entry. ``details`` seals kind, size, SHA-256, name and the file's own key; the sealed files are named by the id.

    ``custody``: that key, sealed to the recovery key and nowhere else any more: the file was sealed off.
    """

    __tablename__ = "tip_attachment"
    __table_args__ = (Index("ix_tip_attachment_tip_id", "tip_id"), _NO_ROW_NUMBER)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tip_id: Mapped[str] = _tip_id()
    entry: Mapped[int]
    number: Mapped[int]
    details: Mapped[bytes] = mapped_column(Sealed)
    custody: Mapped[bytes | None] = mapped_column(Sealed)


class TipNoticeRow(Base):
    """Where to send news, only if the tipster asked. The address opens with the ``notify`` key and no other.

    ``state``: ``idle`` nothing to tell, ``due`` there is an answer, ``sending`` claimed until ``lease_until``.
    """

    __tablename__ = "tip_notice"
    __table_args__ = (Index("ix_tip_notice_state", "state"), _NO_ROW_NUMBER)

    tip_id: Mapped[str] = _tip_id(primary_key=True)
    address: Mapped[bytes] = mapped_column(Sealed)
    state: Mapped[str] = mapped_column(String(8))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TipPageRow(Base):
    """That the people on duty are called for a tip. Written with the tip, in one transaction.

    ``state``: ``calling``, ``taken`` (somebody acknowledged) or ``over`` (somebody took the tip up). ``step``: how many calls there
    were; the next is due at ``due_at``. ``lease_until``: a process is calling. ``opened_at`` is exact while it calls, and cut to the
    hour with the end; from then on ``minutes`` says how long it took. ``entry``: number of the message for which people are called.
    """

    __tablename__ = "tip_page"
    __table_args__ = (Index("ix_tip_page_state_due_at", "state", "due_at"), _NO_ROW_NUMBER)

    tip_id: Mapped[str] = _tip_id(primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    step: Mapped[int]
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    unstaffed: Mapped[bool]
    """Nobody was on duty at the last step, so everybody was called."""
    taken_by: Mapped[str | None] = mapped_column(String(32))
    minutes: Mapped[int | None]
    entry: Mapped[int] = mapped_column(default=1, server_default="1")


class TipCallRow(Base):
    """That a member was called for a tip, how often, and whether a call surely failed. ``token``: what their button carries."""

    __tablename__ = "tip_call"
    __table_args__ = (_NO_ROW_NUMBER,)

    tip_id: Mapped[str] = _tip_id(primary_key=True)
    member_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    calls: Mapped[int]
    failed: Mapped[int]


class TipReadRow(Base):
    """How far one reader has read: the number of the newest entry they saw."""

    __tablename__ = "tip_read"
    __table_args__ = (_NO_ROW_NUMBER,)

    tip_id: Mapped[str] = _tip_id(primary_key=True)
    reader: Mapped[str] = mapped_column(String(32), primary_key=True)
    seen: Mapped[int]


class TipNoteRow(Base):
    """A note among moderators. Tipsters never see it."""

    __tablename__ = "tip_note"
    __table_args__ = (Index("ix_tip_note_tip_id", "tip_id"), _NO_ROW_NUMBER)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tip_id: Mapped[str] = _tip_id()
    staff_id: Mapped[str] = mapped_column(String(32))
    sealed: Mapped[bytes] = mapped_column(Sealed)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class TipMaskRow(Base):
    """Words of a tip that are hidden from all but the custodian, sealed with the tip's key, and who hid them."""

    __tablename__ = "tip_mask"
    __table_args__ = (Index("ix_tip_mask_tip_id", "tip_id"), _NO_ROW_NUMBER)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tip_id: Mapped[str] = _tip_id()
    staff_id: Mapped[str] = mapped_column(String(32))
    sealed: Mapped[bytes] = mapped_column(Sealed)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class TipLabelRow(Base):
    """A label of a tip: ``code`` of the city's list, or a keyed hash of free words, which then stand sealed beside it.

    ``urgent`` and ``created_at`` repeat the tip's: the order of the queue among the tips of one label.
    """

    __tablename__ = "tip_label"
    __table_args__ = (Index("ix_tip_label_queue", "code", "urgent", "created_at", "tip_id"), _NO_ROW_NUMBER)

    tip_id: Mapped[str] = _tip_id(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    urgent: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TipLikenessRow(Base):
    """One band of a tip's keyed MinHash (``similarity.py``): tips that share one may say the same."""

    __tablename__ = "tip_likeness"
    __table_args__ = (Index("ix_tip_likeness_band_value", "band", "value"), _NO_ROW_NUMBER)

    tip_id: Mapped[str] = _tip_id(primary_key=True)
    band: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[bytes] = mapped_column(LargeBinary(8))


class TipLinkRow(Base):
    """Two tips about the same, as a moderator decided. Stored both ways."""

    __tablename__ = "tip_link"
    __table_args__ = (_NO_ROW_NUMBER,)

    tip_id: Mapped[str] = _tip_id(primary_key=True)
    other_id: Mapped[str] = _tip_id(primary_key=True)


class TipDeletionRow(Base):
    """That a tip was deleted: when (to the day), of which category, and why. Nothing leads to the tip."""

    __tablename__ = "tip_deletion"
    __table_args__ = (Index("ix_tip_deletion_deleted_on", "deleted_on"), _NO_ROW_NUMBER)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    deleted_on: Mapped[date] = mapped_column(Date)
    category: Mapped[str] = mapped_column(String(40))
    cause: Mapped[str] = mapped_column(String(12))


class TipCountRow(Base):
    """Of deleted tips whose quarter was not counted yet (``counting.py``): how many there were of a month, by one thing.

    ``month``: its first day. ``kind``: ``place`` (``first`` category, ``second`` district), ``outcome`` or ``wait``.
    """

    __tablename__ = "tip_count"
    __table_args__ = (_NO_ROW_NUMBER,)

    month: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    first: Mapped[str] = mapped_column(String(40), primary_key=True)
    second: Mapped[str] = mapped_column(String(40), primary_key=True)
    count: Mapped[int]


class TipFiguresRow(Base):
    """The figures of a quarter, such as ``2026-Q3``, as JSON (``tally.py``): only what may be shown."""

    __tablename__ = "tip_figures"
    __table_args__ = (_NO_ROW_NUMBER,)

    quarter: Mapped[str] = mapped_column(String(7), primary_key=True)
    figures: Mapped[str] = mapped_column(Text)


class TipViewRow(Base):
    """Filters of the queue that one moderator saved: their sealed name, and the query of the address."""

    __tablename__ = "tip_view"
    __table_args__ = (Index("ix_tip_view_staff_id", "staff_id"), _NO_ROW_NUMBER)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    staff_id: Mapped[str] = mapped_column(String(32))
    name: Mapped[bytes] = mapped_column(Sealed)
    query: Mapped[str] = mapped_column(String(300))
