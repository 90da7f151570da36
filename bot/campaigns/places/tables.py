"""The rows of public places, and the ledger of what is posted in them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage import Base, UtcDateTime

_Id = BigInteger().with_variant(Integer, "sqlite")
_UNDER_WAY = text("state IN ('pending', 'sending')")

TITLE_LIMIT = 128
"""Characters of a title, which is what Telegram allows."""


class PlaceState(StrEnum):
    """What staff decided about a place."""

    WAITING = "waiting"
    ALLOWED = "allowed"
    REFUSED = "refused"


POST_REASONS = frozenset({"place_not_allowed", "place_gone", "place_muted"})
"""What may stand beside a post's state, beyond :data:`bot.campaigns.tables.REASONS`."""


class PlaceRow(Base):
    """A public place that Faro was added to. Nothing here is about a person: who added it is not kept."""

    __tablename__ = "place"

    id: Mapped[int] = mapped_column(_Id, primary_key=True, autoincrement=True)
    chat: Mapped[str] = mapped_column(String(32), unique=True)
    """Telegram's number of it; a group that becomes a supergroup gets another one."""
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(TITLE_LIMIT))
    username: Mapped[str | None] = mapped_column(String(32))
    language: Mapped[str | None] = mapped_column(String(8))
    """In which campaigns are posted there; None: nobody has decided."""
    state: Mapped[str] = mapped_column(String(12))
    standing: Mapped[str] = mapped_column(String(12))
    noticed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stood_since: Mapped[datetime] = mapped_column(UtcDateTime)
    """Since when ``standing`` is so."""
    decided_by: Mapped[str | None] = mapped_column(String(64))


class PostRow(Base):
    """One occurrence in one place. Unique, so that nothing is listed twice; ``attempts`` fences as in the ledger of deliveries."""

    __tablename__ = "post"
    __table_args__ = (
        Index("ix_post_under_way", "state", "not_before", sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY),
        Index(None, "place_id"),
    )

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int]
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(24))
    chat: Mapped[str | None] = mapped_column(String(32))
    """Where the place was when it was posted: that is where its messages stay."""
    messages: Mapped[str] = mapped_column(Text, server_default="[]")
    """JSON list of the messages' numbers."""
    link: Mapped[str | None] = mapped_column(String(120))
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_back_by: Mapped[str | None] = mapped_column(String(64))


POST_UNDER_WAY = PostRow.state.in_((literal_column("'pending'"), literal_column("'sending'")))
"""Written out, not bound: only then can both databases see that the partial index fits."""
