"""Sessions of the web chat and their sealed entries. Nothing here says who somebody is or what was written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage import Base, Sealed, UtcDateTime


class WebchatSession(Base):
    """One browser's chat. ``id`` is a hash of its cookie; ``public_key`` belongs to a private key that only the cookie gives."""

    __tablename__ = "webchat_session"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    language: Mapped[str | None] = mapped_column(String(8))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class WebchatEntry(Base):
    """One thing on the page, from either side, sealed to its session.

    ``turn`` is the message's id as the page gave it (pushed messages have one of their own): a turn is kept once.
    ``fleeting`` entries are gone with the person's next message.
    """

    __tablename__ = "webchat_entry"
    __table_args__ = (UniqueConstraint("session_id", "turn", "position"),)

    # SQLite counts up by itself only where the type is INTEGER.
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("webchat_session.id", ondelete="CASCADE"))
    turn: Mapped[str] = mapped_column(String(64))
    position: Mapped[int] = mapped_column(Integer)
    fleeting: Mapped[bool] = mapped_column(Boolean)
    sealed: Mapped[bytes] = mapped_column(Sealed)
