"""The API's only table: answers to be given again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage import Base, UtcDateTime


class ApiAnswerRow(Base):
    """What was answered under an idempotency key. Kept for a day."""

    __tablename__ = "api_answer"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the token's id and the client's key."""
    request: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the body: the same key with another body is a mistake."""
    campaign_id: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int | None]
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
