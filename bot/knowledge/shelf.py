"""Reading and writing the rows of articles, in the caller's transaction."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.city import ArticleText, Source
from bot.knowledge.drafts import ArticleDraft
from bot.knowledge.tables import ArticleDeedRow, ArticleRow, ArticleTextRow, ArticleVersionRow, KnowledgeRevisionRow
from bot.messages import Language
from bot.storage import insert_or_ignore

Key = tuple[str, int]
"""An article's slug and the number of a version."""


class Deed(StrEnum):
    """What somebody did with an article."""

    CREATED = "created"
    EDITED = "edited"
    PUBLISHED = "published"
    HIDDEN = "hidden"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class DeedDone:
    """One line of an article's history."""

    number: int
    deed: Deed
    version: int
    staff_id: str
    at: datetime


async def read_revision(session: AsyncSession) -> int:
    """The number of changes so far."""
    return await session.scalar(select(KnowledgeRevisionRow.number)) or 0


async def count_change(session: AsyncSession) -> None:
    """Tell all processes that something changed. Also puts writers in a row: the row is locked until the end."""
    await session.execute(insert_or_ignore(session, KnowledgeRevisionRow).values(id=1, number=0))
    await session.execute(update(KnowledgeRevisionRow).values(number=KnowledgeRevisionRow.number + 1))


async def read_rows(session: AsyncSession) -> Sequence[ArticleRow]:
    """Every article that officers touched."""
    return (await session.scalars(select(ArticleRow).order_by(ArticleRow.slug))).all()


async def read_versions(session: AsyncSession, keys: Iterable[Key]) -> dict[Key, ArticleDraft]:
    """What articles said in these versions."""
    wanted = list(keys)
    versions = await session.scalars(_of(ArticleVersionRow, wanted))
    texts: dict[Key, dict[Language, ArticleText]] = defaultdict(dict)
    for row in await session.scalars(_of(ArticleTextRow, wanted)):
        questions = tuple(filter(None, row.questions.split("\n")))
        texts[row.slug, row.version][Language(row.language)] = ArticleText(row.title, questions, row.body)
    return {
        (row.slug, row.version): ArticleDraft(row.topic, row.checked_on, _sources(row.sources), _ordered(texts[row.slug, row.version]))
        for row in versions
    }


async def write_version(session: AsyncSession, slug: str, version: int, draft: ArticleDraft) -> None:
    """Add a version; its article's row is there."""
    sources = json.dumps([[one.name, one.url] for one in draft.sources], ensure_ascii=False)
    session.add(ArticleVersionRow(slug=slug, version=version, topic=draft.topic, checked_on=draft.checked_on, sources=sources))
    await session.flush()
    for language, part in draft.texts.items():
        words = {"title": part.title, "questions": "\n".join(part.questions), "body": part.text}
        session.add(ArticleTextRow(slug=slug, version=version, language=language, **words))


async def note_deed(session: AsyncSession, row: ArticleRow, deed: Deed, staff_id: str, at: datetime) -> None:
    """Add a line to the history of an article."""
    number = await session.scalar(select(func.max(ArticleDeedRow.number)).where(ArticleDeedRow.slug == row.slug)) or 0
    session.add(ArticleDeedRow(slug=row.slug, number=number + 1, deed=deed, version=row.version, staff_id=staff_id, at=at))


async def read_deeds(session: AsyncSession, slug: str) -> list[DeedDone]:
    """An article's history, newest first."""
    rows = await session.scalars(select(ArticleDeedRow).where(ArticleDeedRow.slug == slug).order_by(ArticleDeedRow.number.desc()))
    return [DeedDone(row.number, Deed(row.deed), row.version, row.staff_id, row.at) for row in rows]


async def read_last_deeds(session: AsyncSession) -> dict[str, DeedDone]:
    """The last deed on each article."""
    latest = select(ArticleDeedRow.slug, func.max(ArticleDeedRow.number)).group_by(ArticleDeedRow.slug)
    rows = await session.scalars(select(ArticleDeedRow).where(tuple_(ArticleDeedRow.slug, ArticleDeedRow.number).in_(latest)))
    return {row.slug: DeedDone(row.number, Deed(row.deed), row.version, row.staff_id, row.at) for row in rows}


def _of(row: type[ArticleVersionRow] | type[ArticleTextRow], keys: list[Key]) -> Select[Any]:
    return select(row).where(tuple_(row.slug, row.version).in_(keys))


def _sources(text: str) -> tuple[Source, ...]:
    return tuple(Source(name, url) for name, url in json.loads(text))


def _ordered(texts: dict[Language, ArticleText]) -> dict[Language, ArticleText]:
    return dict(sorted(texts.items()))
