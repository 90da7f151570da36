"""Tables of staff: members, their roles and recovery codes, sessions, tokens, sign-in attempts, and the audit trail."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage import Base, Sealed, UtcDateTime


class MemberRow(Base):
    """One member of staff. Never deleted, only disabled: the audit trail names them."""

    __tablename__ = "staff_member"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(8))
    password_hash: Mapped[str] = mapped_column(String(255))
    must_change_password: Mapped[bool] = mapped_column(default=True)
    totp_secret: Mapped[bytes | None] = mapped_column(Sealed)
    totp_pending: Mapped[bytes | None] = mapped_column(Sealed)
    totp_last_step: Mapped[int] = mapped_column(default=0)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    wrapped_key: Mapped[bytes | None] = mapped_column(Sealed)
    former_key: Mapped[bytes | None] = mapped_column(Sealed)
    """The key before a renewal, wrapped as well, until every grant to it was sealed anew."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MemberRoleRow(Base):
    """A role that a member holds."""

    __tablename__ = "staff_member_role"

    member_id: Mapped[str] = mapped_column(ForeignKey("staff_member.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)


class RecoveryCodeRow(Base):
    """A recovery code for a lost second factor: only its keyed hash, gone once used."""

    __tablename__ = "staff_recovery_code"

    member_id: Mapped[str] = mapped_column(ForeignKey("staff_member.id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)


class LinkRow(Base):
    """A member's own chat, and the hash of a code that links one until ``code_until``."""

    __tablename__ = "staff_link"

    member_id: Mapped[str] = mapped_column(ForeignKey("staff_member.id"), primary_key=True)
    address: Mapped[bytes | None] = mapped_column(Sealed)
    linked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    code_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReachRow(Base):
    """How a member wants to be reached. ``digest_on``: the city's day of the last digest."""

    __tablename__ = "staff_reach"

    member_id: Mapped[str] = mapped_column(ForeignKey("staff_member.id"), primary_key=True)
    email: Mapped[bytes | None] = mapped_column(Sealed)
    pages: Mapped[bool]
    digest_hour: Mapped[int | None]
    digest_on: Mapped[date | None] = mapped_column(Date)


class ShiftRow(Base):
    """A line of the duty roster. ``weekdays``: digits, 0 is Monday. ``starts`` and ``ends``: ``HH:MM`` of the city's clock."""

    __tablename__ = "staff_shift"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("staff_member.id"))
    rank: Mapped[int]
    weekdays: Mapped[str] = mapped_column(String(7))
    starts: Mapped[str] = mapped_column(String(5))
    ends: Mapped[str] = mapped_column(String(5))
    first: Mapped[date | None] = mapped_column(Date)
    last: Mapped[date | None] = mapped_column(Date)


class SessionRow(Base):
    """A session by the hash of its token. ``verified``: the second factor was shown in it."""

    __tablename__ = "staff_session"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("staff_member.id"), index=True)
    verified: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TokenRow(Base):
    """A token for the API, by its public id. A token that was removed has no row."""

    __tablename__ = "staff_token"

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("staff_member.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    """SHA-256 of the 32 random bytes that only its owner has."""
    scopes: Mapped[str] = mapped_column(String(120))
    """Names with spaces between them."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_on: Mapped[date | None]


class SignInAttemptRow(Base):
    """How often sign-in failed under one key (a keyed hash of login, client or both), and until when it waits."""

    __tablename__ = "staff_sign_in_attempt"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    wait_until: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditRow(Base):
    """One link of the audit chain. ``detail`` is canonical JSON and never holds content."""

    __tablename__ = "staff_audit"
    __table_args__ = (Index("ix_staff_audit_subject", "subject"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(Text)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditHeadRow(Base):
    """The chain's last number and hash: the row that writers lock, and that shows a cut-off end."""

    __tablename__ = "staff_audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
