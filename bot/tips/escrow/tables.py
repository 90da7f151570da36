"""Tables of the escrow: its public key, whose shares there are, and what two people agreed to do with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage import Base, Sealed, UtcDateTime

_NO_ROW_NUMBER = {"sqlite_with_rowid": False}


class EscrowRow(Base):
    """An escrow by the name of its public key (``vault.key_id``), which stands sealed under ``staff.key``.

    ``state``: ``present``; or ``former`` until no tip is sealed to it any more.
    """

    __tablename__ = "tip_escrow"
    __table_args__ = (_NO_ROW_NUMBER,)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    public_key: Mapped[bytes] = mapped_column(Sealed)
    state: Mapped[str] = mapped_column(String(8))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EscrowShareRow(Base):
    """Who holds which share: its fingerprint, never a word of it. ``proven_at``: when it was last typed in and found right."""

    __tablename__ = "tip_escrow_share"
    __table_args__ = (_NO_ROW_NUMBER,)

    escrow_id: Mapped[str] = mapped_column(ForeignKey("tip_escrow.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    holder: Mapped[str] = mapped_column(String(32))
    """Id of a member of staff."""
    fingerprint: Mapped[str] = mapped_column(String(16))
    proven_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lost_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EscrowRequestRow(Base):
    """Something to be done with the escrow, with who asked, who agreed and why. Never more than one is open.

    ``detail`` is JSON: the three holders, or who gets access to which category. ``told``: the last state that those concerned were told of.
    """

    __tablename__ = "tip_escrow_request"
    __table_args__ = (_NO_ROW_NUMBER,)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    detail: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(300))
    asked_by: Mapped[str] = mapped_column(String(32))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    agreed_by: Mapped[str | None] = mapped_column(String(32))
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    slot: Mapped[int | None] = mapped_column(unique=True)
    """1 while it is open: the constraint keeps a second one out."""
    told: Mapped[str] = mapped_column(String(8), default="")
