"""The rows of knowledge: what officers wrote, vectors of passages, and questions that nobody could answer."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKeyConstraint, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage import Base, Sealed, UtcDateTime


class ArticleRow(Base):
    """An article that officers wrote, or took over from the city's folder.

    ``version`` is the last one written, ``published_version`` the one that citizens read; without one they read the
    folder's article of the same name, if there is one. ``hidden``: they read neither.
    """

    __tablename__ = "article"

    slug: Mapped[str] = mapped_column(String(48), primary_key=True)
    version: Mapped[int]
    published_version: Mapped[int | None]
    hidden: Mapped[bool]


class ArticleVersionRow(Base):
    """What an article said at one time, apart from its languages. Never changed once written."""

    __tablename__ = "article_version"
    __table_args__ = (ForeignKeyConstraint(["slug"], ["article.slug"], ondelete="CASCADE"),)

    slug: Mapped[str] = mapped_column(String(48), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(48))
    checked_on: Mapped[date | None] = mapped_column(Date)
    sources: Mapped[str] = mapped_column(Text)
    """JSON: ``[[name, url or null], …]``."""


class ArticleTextRow(Base):
    """One version in one language."""

    __tablename__ = "article_text"
    __table_args__ = (
        ForeignKeyConstraint(["slug", "version"], ["article_version.slug", "article_version.version"], ondelete="CASCADE"),
    )

    slug: Mapped[str] = mapped_column(String(48), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    questions: Mapped[str] = mapped_column(Text)
    """One a line."""
    body: Mapped[str] = mapped_column(Text)


class ArticleDeedRow(Base):
    """Who did what with an article, and when. ``version`` is the last one written at that moment."""

    __tablename__ = "article_deed"
    __table_args__ = (ForeignKeyConstraint(["slug"], ["article.slug"], ondelete="CASCADE"),)

    slug: Mapped[str] = mapped_column(String(48), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    deed: Mapped[str] = mapped_column(String(12))
    version: Mapped[int]
    staff_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class KnowledgeRevisionRow(Base):
    """One row that counts every change, so that other processes see in one query whether they have to read anew."""

    __tablename__ = "knowledge_revision"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


class PassageVectorRow(Base):
    """The meaning of a passage, so that a restart asks for nothing twice. Passages are public texts of the city."""

    __tablename__ = "passage_vector"

    encoder: Mapped[str] = mapped_column(String(120), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the passage, hexadecimal."""
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class UnansweredQuestionRow(Base):
    """A question that nobody could answer: no pseudonym, nothing finer than the day.

    The random key tells no order, and without a row number there is no other one in the file.
    """

    __tablename__ = "unanswered_question"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    asked_on: Mapped[date] = mapped_column(Date, index=True)
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """JSON: language, masked words, and their vector with its encoder."""
