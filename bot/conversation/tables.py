"""What the conversation remembers of a person: a language, and one sealed state. No name, no address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage import Base, Sealed, UtcDateTime


class FlowRow(Base):
    """What one flow keeps of one person between messages, such as the draft of a tip. Deleted when its time is over."""

    __tablename__ = "person_flow"
    __table_args__ = (Index(None, "expires_at"),)

    pseudonym: Mapped[str] = mapped_column(String(32), primary_key=True)
    flow: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[bytes] = mapped_column(Sealed)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PersonRow(Base):
    """One chat with Faro, under its pseudonym."""

    __tablename__ = "person"
    __table_args__ = (Index(None, "expires_at"), Index(None, "replay_until"))

    pseudonym: Mapped[str] = mapped_column(String(32), primary_key=True)
    language: Mapped[str | None] = mapped_column(String(8))
    state: Mapped[bytes | None] = mapped_column(Sealed)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replay: Mapped[bytes | None] = mapped_column(Sealed)
    """The last turn, kept for minutes, in case the channel delivers the same message again."""
    replay_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
