"""Updates on their way: stored before Telegram is told that they arrived, emptied as soon as they are handled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage import Base, Sealed, UtcDateTime

_WAITING = text("chat IS NOT NULL")


class InboxRow(Base):
    """One update. ``sealed`` and ``chat`` are set while it waits; afterwards only the mark that it was seen stays.

    ``mark`` is part of the key because a server that is set up anew (a test server, another data centre) may count its
    updates from one again: the same number with other content is another update.
    """

    __tablename__ = "telegram_inbox"
    __table_args__ = (
        Index("ix_telegram_inbox_waiting", "bot_id", "chat", "update_id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index(None, "received_at"),
    )

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    mark: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    """Keyed hash of what makes the update itself, so that a repeated one is known without its content."""
    chat: Mapped[str | None] = mapped_column(String(32))
    """Keyed hash of the chat, for the order within it. Another hash than the conversation's pseudonym."""
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)


class FileRow(Base):
    """A picture that Telegram has already: what it is called there, for one bot."""

    __tablename__ = "telegram_file"

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    file_id: Mapped[str] = mapped_column(Text)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LeaseRow(Base):
    """A chat that one of several bot processes is answering right now. Unused with a single process (SQLite)."""

    __tablename__ = "telegram_lease"

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chat: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(32))
    until: Mapped[datetime] = mapped_column(UtcDateTime)


class TrailRow(Base):
    """Which messages of a chat belong to a tip, so that they can be deleted from it: their numbers, sealed, for 48 hours."""

    __tablename__ = "telegram_trail"
    __table_args__ = (Index(None, "expires_at"),)

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chat: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Keyed hash of the chat; another one than the inbox's."""
    sealed: Mapped[bytes] = mapped_column(Sealed)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
