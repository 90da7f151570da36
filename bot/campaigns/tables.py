"""The rows of campaigns: who wants what, the plans, and the ledger of deliveries."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, Integer, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage import Base, Sealed, UtcDateTime

_Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only in a column of type INTEGER.
_PENDING = text("state = 'pending'")
_SENDING = text("state = 'sending'")


EMERGENCY = "!"
"""Stands where a topic does, in broadcasts to everybody who can be reached. No topic of a city can be called so."""


class CampaignState(StrEnum):
    """Where a campaign stands. An edit leads back to ``draft`` from everywhere before ``running``."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class OccurrenceState(StrEnum):
    """Where one firing of a campaign stands."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class DeliveryState(StrEnum):
    """What is known about one message to one person.

    ``pending`` and ``sending`` are under way. ``stopped``: unsubscribed or cancelled before it was sent.
    ``uncertain``: handed to the channel, fate unknown.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    BLOCKED = "blocked"
    FAILED = "failed"
    EXPIRED = "expired"
    UNCERTAIN = "uncertain"
    STOPPED = "stopped"


REASONS = frozenset(
    {"unreachable", "refused", "not_sent", "address_unreadable", "not_presentable", "no_text", "too_late", "lease_ended", "no_answer",
     "error", "cancelled", "unsubscribed", "paused_by_person", "weekly_cap"}
)  # fmt: skip
"""Everything that may stand beside a delivery's state."""


class RecipientRow(Base):
    """Someone who subscribed to at least one topic. Deleted with the last subscription, and the address with it."""

    __tablename__ = "recipient"

    pseudonym: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[bytes] = mapped_column(Sealed)
    language: Mapped[str] = mapped_column(String(8))
    reachable: Mapped[bool]
    unreachable_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    evening: Mapped[int | None]
    """The hour (18 to 20) from which this person wants no messages; None: as the city."""
    morning: Mapped[int | None]
    """The hour until which this person wants no messages; None: as the city."""
    age_band: Mapped[str | None] = mapped_column(String(8))
    """Told by the person, as the district; nobody has to."""
    district: Mapped[str | None] = mapped_column(String(32))


class SubscriptionRow(Base):
    """One person's wish to get messages about one topic."""

    __tablename__ = "subscription"
    __table_args__ = (Index(None, "topic", "pseudonym"),)

    pseudonym: Mapped[str] = mapped_column(ForeignKey("recipient.pseudonym", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(40), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class CampaignRow(Base):
    """A plan. ``rule`` and ``time_zone`` say when on the wall clock; ``next_fire_at`` is that moment, once approved."""

    __tablename__ = "campaign"
    __table_args__ = (Index(None, "state", "next_fire_at"),)

    id: Mapped[int] = mapped_column(_Id, primary_key=True, autoincrement=True)
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    topic: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12))
    author_id: Mapped[str] = mapped_column(String(64))
    writers: Mapped[str] = mapped_column(Text)
    """JSON list of everybody who wrote at it; none of them may approve."""
    approver_id: Mapped[str | None] = mapped_column(String(64))
    approved_hash: Mapped[str | None] = mapped_column(String(64))
    cancelled_by: Mapped[str | None] = mapped_column(String(64))
    paused_by: Mapped[str | None] = mapped_column(String(64))
    """Who paused it; empty: the sender itself, after too many errors. None when it is not paused."""
    note: Mapped[str] = mapped_column(Text)
    """Why it was sent back, for the author."""
    rule: Mapped[str] = mapped_column(Text)
    """See :func:`bot.campaigns.rules.dump_rule`."""
    audience: Mapped[str] = mapped_column(Text, server_default="{}")
    """See :func:`bot.campaigns.narrowing.dump_narrowing`."""
    places: Mapped[str] = mapped_column(Text, server_default="[]")
    """See :func:`bot.campaigns.places.destinations.dump_destinations`."""
    sources: Mapped[str] = mapped_column(Text, server_default="[]")
    """JSON list of name and address (or null): where its facts come from."""
    right_answer: Mapped[int | None]
    """Of its quiz, counted from 1; None: no quiz, or no answer is better than the others."""
    metric: Mapped[str | None] = mapped_column(String(10))
    """What decides between its two texts (:class:`bot.campaigns.trial.Metric`); None: it has one."""
    series: Mapped[str | None] = mapped_column(String(16))
    """The same random word in all campaigns that were started together as a series."""
    episode: Mapped[int | None]
    """Its place in the series, counted from 1."""
    onward: Mapped[str | None] = mapped_column(Text)
    """How its thread goes on after it, see :func:`bot.campaigns.threads.dump_onward`; None: it is no episode of a thread."""
    time_zone: Mapped[str] = mapped_column(String(64))
    late_after: Mapped[int]
    """Seconds after the planned moment when sending makes no sense any more."""
    resend_uncertain: Mapped[bool]
    next_fire_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DateChangeRow(Base):
    """A date of a campaign that was moved, alone or with all that follow, or left out; see :mod:`bot.campaigns.dates`."""

    __tablename__ = "campaign_date_change"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    original: Mapped[str] = mapped_column(String(16), primary_key=True)
    """The wall-clock time that its rule gave it, to the minute."""
    reach: Mapped[str] = mapped_column(String(10), primary_key=True)
    moved_to: Mapped[str | None] = mapped_column(String(16))
    """A wall-clock time; None: left out."""
    staff_id: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CampaignTextRow(Base):
    """What a campaign says in one language, in small markup."""

    __tablename__ = "campaign_text"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    """Empty while only the quiz or the picture is there."""
    quiz: Mapped[str | None] = mapped_column(Text)
    """See :func:`bot.campaigns.quiz.dump_text`."""
    picture: Mapped[str | None] = mapped_column(String(64))
    """The digest of a :class:`CampaignPictureRow`."""
    picture_alt: Mapped[str | None] = mapped_column(Text)
    """What the picture shows."""
    second: Mapped[str | None] = mapped_column(Text)
    """The other text of a trial."""


class CampaignPictureRow(Base):
    """A picture, by the SHA-256 of its bytes. Never changed: campaigns and all their versions name it by its digest."""

    __tablename__ = "campaign_picture"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    """A JPEG with nothing but its pixels."""
    width: Mapped[int]
    height: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CampaignVersionRow(Base):
    """A campaign as somebody saved it."""

    __tablename__ = "campaign_version"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The campaign's number at that moment. Approving, pausing and the like count on, so numbers are left out."""
    staff_id: Mapped[str] = mapped_column(String(64))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[str] = mapped_column(Text)
    """See :func:`bot.campaigns.versions.dump_draft`."""


class EmergencyRow(Base):
    """What a broadcast in an emergency has beyond a campaign; its campaign has :data:`EMERGENCY` for a topic."""

    __tablename__ = "emergency"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    template: Mapped[str] = mapped_column(String(64))
    """The template's name; of an all-clear that of the template whose end it tells."""
    blanks: Mapped[str] = mapped_column(Text)
    """JSON: what was filled in, by blank and language."""
    reason: Mapped[str] = mapped_column(Text)
    """Why it is sent, for colleagues and the record."""
    follows: Mapped[int | None] = mapped_column(ForeignKey("campaign.id", ondelete="SET NULL"))
    """The broadcast that this one ends or corrects."""
    confirmed_by: Mapped[str | None] = mapped_column(String(64))
    """Who confirmed first; the second one is the campaign's approver."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OccurrenceRow(Base):
    """One firing of a campaign. Unique by its original date, so that two clockworks cannot fire it twice, wherever it was moved."""

    __tablename__ = "occurrence"
    __table_args__ = (UniqueConstraint("campaign_id", "scheduled_for"), Index(None, "state"), Index(None, "expires_at"))

    id: Mapped[int] = mapped_column(_Id, primary_key=True, autoincrement=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    scheduled_for: Mapped[datetime] = mapped_column(UtcDateTime)
    """When its rule had it."""
    moved_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was due instead; None: it was not moved."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    total: Mapped[int]
    results: Mapped[str | None] = mapped_column(Text)
    """JSON counts, written when the deliveries themselves are purged."""
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was counted, once and after its end, which groups of people it reached."""


class DeliveryRow(Base):
    """One part of one occurrence for one person: the ledger's line. Unique, so that nobody is listed twice.

    ``attempts`` counts claims and fences them: an outcome counts only for the claim it belongs to. The key is the
    only full index, so that a snapshot of a million rows stays fast; what is under way has two small partial ones.
    No foreign key to the recipient: whoever unsubscribes is deleted, the count of what was sent stays. None to the occurrence
    either: a snapshot writes both in one transaction, and nothing deletes occurrences (ADR 6).
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_pending", "occurrence_id", "not_before", sqlite_where=_PENDING, postgresql_where=_PENDING),
        Index("ix_delivery_sending", "occurrence_id", "lease_until", sqlite_where=_SENDING, postgresql_where=_SENDING),
        {"sqlite_with_rowid": False},
    )

    occurrence_id: Mapped[int] = mapped_column(_Id, primary_key=True, autoincrement=False)
    pseudonym: Mapped[str] = mapped_column(String(64), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(8))
    attempts: Mapped[int]
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(24))


class ThreadWalkRow(Base):
    """Where one person stands in a thread: which episode they got last, and which comes next. Gone with the subscription.

    Deleted when nothing follows any more. Without row numbers, which would keep the order in which people began.
    """

    __tablename__ = "thread_walk"
    __table_args__ = (
        ForeignKeyConstraint(["pseudonym", "topic"], ["subscription.pseudonym", "subscription.topic"], ondelete="CASCADE"),
        Index(None, "series", "due_at"),
        Index(None, "occurrence_id"),
        {"sqlite_with_rowid": False},
    )

    pseudonym: Mapped[str] = mapped_column(String(64), primary_key=True)
    series: Mapped[str] = mapped_column(String(16), primary_key=True)
    topic: Mapped[str] = mapped_column(String(40))
    occurrence_id: Mapped[int | None] = mapped_column(BigInteger)
    """The sending of the last episode; None: there was none yet."""
    next: Mapped[str] = mapped_column(String(40))
    """The key of the next episode; empty: it only ends, unless an answer comes before ``due_at``."""
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered: Mapped[bool]
    """Whether ``next`` was chosen by an answer: the first one counts. Which one it was is not kept."""


class QuizCountRow(Base):
    """How many people chose an answer of a quiz in a language. Never who, never when."""

    __tablename__ = "quiz_count"

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    answer: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


class GroupCountRow(Base):
    """How many people of a group did something. Never who, never when, and never by two things they told at once.

    See :mod:`bot.campaigns.groups` for what stands in ``dimension`` and ``event``; ``key`` is the group, empty: not told.
    """

    __tablename__ = "campaign_group_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"), primary_key=True)
    dimension: Mapped[str] = mapped_column(String(10), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    event: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[int]


class QuizMarkRow(Base):
    """That somebody has answered a quiz, so that each counts once: a keyed hash of occurrence and person, without the answer.

    Without row numbers, which would keep the order of the answers. Deleted together with the deliveries.
    """

    __tablename__ = "quiz_mark"
    __table_args__ = ({"sqlite_with_rowid": False},)

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(32), primary_key=True)
