"""The officers' desk: writing articles, publishing, withdrawing, and what happened to each one.

Who may do it is asked before, by role. Whatever is written becomes a new version; citizens read the published one until the
next is published, so nothing half-written is ever shown.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Conflict, Invalid, NotFound
from bot.knowledge.articles import is_stale
from bot.knowledge.city import KnowledgeCity
from bot.knowledge.drafts import ArticleDraft, Problem, changes, find_problems, slug_of
from bot.knowledge.shelf import (
    Deed,
    DeedDone,
    count_change,
    note_deed,
    read_deeds,
    read_last_deeds,
    read_rows,
    read_versions,
    write_version,
)
from bot.knowledge.tables import ArticleRow
from bot.messages import Clock
from bot.storage import Database


class State(StrEnum):
    """Where an article stands."""

    DRAFT = "draft"
    """Citizens do not see it."""
    PUBLISHED = "published"
    CHANGED = "changed"
    """Citizens read an earlier version, or the folder's; a newer one is being written."""
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as officers see it: its last version. ``version`` 0: the folder's, untouched; ``last``: the last deed."""

    slug: str
    draft: ArticleDraft
    state: State
    version: int
    stale: bool
    last: DeedDone | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of an article's history. ``changed``: see :func:`bot.knowledge.drafts.changes`; empty unless it was edited."""

    done: DeedDone
    changed: tuple[str, ...] = ()


_LIST = list[Entry]  # Inside the class, `list` is the method.


class Desk:
    """The articles of the console.

    Args:
        changed: called after each deed, so that this process shows it at once.
    """

    def __init__(self, database: Database, city: KnowledgeCity, clock: Clock, changed: Callable[[], Awaitable[None]]) -> None:
        self._database = database
        self._city = city
        self._clock = clock
        self._changed = changed
        self._folder = {one.slug: ArticleDraft(one.topic, one.checked_on, one.sources, one.texts) for one in city.articles}

    def check(self, draft: ArticleDraft) -> list[Problem]:
        """Everything that keeps the draft from being published now."""
        return find_problems(draft.cleaned(), self._city, self._clock())

    async def list(self) -> _LIST:
        """Every article, the folder's and the officers', by topic and name."""
        async with self._database.read() as session:
            rows = await read_rows(session)
            drafts = await read_versions(session, [(row.slug, row.version) for row in rows])
            last = await read_last_deeds(session)
        written = {row.slug: self._entry(row, drafts[row.slug, row.version], last[row.slug]) for row in rows}
        order = {topic: number for number, topic in enumerate(self._city.article_topics)}
        found = {slug: self._untouched(slug) for slug in self._folder} | written
        return sorted(found.values(), key=lambda one: (order.get(one.draft.topic, len(order)), one.slug))

    async def get(self, slug: str) -> Entry:
        """One article. Raises NotFound."""
        async with self._database.read() as session:
            return await self._get(session, slug)

    async def history(self, slug: str) -> tuple[Happening, ...]:
        """What was done with it, newest first; nothing for the folder's, untouched."""
        async with self._database.read() as session:
            deeds = await read_deeds(session, slug)
            versions = await read_versions(session, [(slug, number) for number in {deed.version for deed in deeds}])
        drafts = {number: draft for (_, number), draft in versions.items()}
        return tuple(Happening(deed, self._difference(slug, deed, drafts)) for deed in deeds)

    async def create(self, staff_id: str, draft: ArticleDraft, *, publish: bool = False) -> Entry:
        """Write a new article; its name is made of its title in the city's first language.

        Raises:
            Invalid: not even a draft may be so; or it is to be published and is not complete.
        """
        draft = self._storable(draft, publish=publish)
        async with self._database.begin() as session:
            await count_change(session)
            slug = await self._free(session, slug_of(draft.texts[self._city.languages[0]].title))
            row = ArticleRow(slug=slug, version=0, published_version=None, hidden=False)
            session.add(row)
            entry = await self._write(session, row, draft, staff_id, Deed.CREATED, publish=publish)
        await self._changed()
        return entry

    async def edit(self, staff_id: str, slug: str, version: int, draft: ArticleDraft, *, publish: bool = False) -> Entry:
        """Write a new version; with ``publish`` citizens read it at once.

        Raises:
            NotFound: there is no such article.
            Conflict: somebody wrote another version since ``version``.
            Invalid: as for :meth:`create`.
        """
        draft = self._storable(draft, publish=publish)
        async with self._database.begin() as session:
            await count_change(session)
            row = await self._taken_over(session, slug, version)
            entry = await self._write(session, row, draft, staff_id, Deed.EDITED, publish=publish)
        await self._changed()
        return entry

    async def publish(self, staff_id: str, slug: str, version: int) -> Entry:
        """Let citizens read the last version.

        Raises:
            NotFound, Conflict: as for :meth:`edit`.
            Invalid: it is not complete.
        """
        return await self._move(staff_id, slug, version, Deed.PUBLISHED)

    async def hide(self, staff_id: str, slug: str, version: int) -> Entry:
        """Withdraw it: citizens do not find it any more. Raises NotFound, Conflict."""
        return await self._move(staff_id, slug, version, Deed.HIDDEN)

    async def restore(self, staff_id: str, slug: str, version: int) -> Entry:
        """Bring a withdrawn one back as it was before. Raises NotFound, Conflict."""
        return await self._move(staff_id, slug, version, Deed.RESTORED)

    async def _move(self, staff_id: str, slug: str, version: int, deed: Deed) -> Entry:
        async with self._database.begin() as session:
            await count_change(session)
            row = await self._taken_over(session, slug, version)
            if row.version == 0:
                await self._copy_of_folder(session, row)
            draft = (await read_versions(session, [(slug, row.version)]))[slug, row.version]
            if deed is Deed.PUBLISHED:
                self._storable(draft, publish=True)
                row.published_version = row.version
            row.hidden = deed is Deed.HIDDEN
            await note_deed(session, row, deed, staff_id, self._clock())
            await session.flush()
            entry = self._entry(row, draft, (await read_deeds(session, slug))[0])
        await self._changed()
        return entry

    async def _write(
        self, session: AsyncSession, row: ArticleRow, draft: ArticleDraft, staff_id: str, deed: Deed, *, publish: bool
    ) -> Entry:
        row.version += 1
        await session.flush()
        await write_version(session, row.slug, row.version, draft)
        await note_deed(session, row, deed, staff_id, self._clock())
        if publish:
            row.published_version, row.hidden = row.version, False
            await session.flush()
            await note_deed(session, row, Deed.PUBLISHED, staff_id, self._clock())
        await session.flush()
        return self._entry(row, draft, (await read_deeds(session, row.slug))[0])

    async def _taken_over(self, session: AsyncSession, slug: str, version: int) -> ArticleRow:
        """The article's row; one of the folder gets its first. The change was counted before, so nobody else writes now."""
        row = await session.get(ArticleRow, slug)
        if row is None:
            if slug not in self._folder:
                raise NotFound
            row = ArticleRow(slug=slug, version=0, published_version=None, hidden=False)
            session.add(row)
        if row.version != version:
            raise Conflict
        return row

    async def _copy_of_folder(self, session: AsyncSession, row: ArticleRow) -> None:
        """The folder's words become version 1, so that the history shows what was withdrawn."""
        row.version = 1
        await session.flush()
        await write_version(session, row.slug, 1, self._folder[row.slug])

    async def _free(self, session: AsyncSession, slug: str) -> str:
        taken = {*self._folder, *(await session.scalars(select(ArticleRow.slug)))}
        return next(name for number in range(1, len(taken) + 2) if (name := slug if number == 1 else f"{slug}-{number}") not in taken)

    async def _get(self, session: AsyncSession, slug: str) -> Entry:
        row = await session.get(ArticleRow, slug)
        if row is not None:
            drafts = await read_versions(session, [(slug, row.version)])
            return self._entry(row, drafts[slug, row.version], (await read_deeds(session, slug))[0])
        if slug not in self._folder:
            raise NotFound
        return self._untouched(slug)

    def _entry(self, row: ArticleRow, draft: ArticleDraft, last: DeedDone) -> Entry:
        return Entry(row.slug, draft, self._state(row, draft), row.version, self._is_stale(draft.checked_on), last)

    def _untouched(self, slug: str) -> Entry:
        return Entry(slug, self._folder[slug], State.PUBLISHED, 0, self._is_stale(self._folder[slug].checked_on))

    def _state(self, row: ArticleRow, draft: ArticleDraft) -> State:
        if row.hidden:
            return State.HIDDEN
        if row.published_version == row.version:
            return State.PUBLISHED
        if row.published_version is None and row.slug not in self._folder:
            return State.DRAFT
        read = self._folder.get(row.slug) if row.published_version is None else None
        return State.PUBLISHED if draft == read else State.CHANGED

    def _is_stale(self, checked_on: date | None) -> bool:
        today = self._city.local(self._clock()).date()
        return checked_on is not None and is_stale(checked_on, today, self._city.article_max_age_days)

    def _storable(self, draft: ArticleDraft, *, publish: bool) -> ArticleDraft:
        draft = draft.cleaned()
        known = {language: part for language, part in draft.texts.items() if language in self._city.languages}
        draft = replace(draft, texts=known)
        for problem in find_problems(draft, self._city, self._clock()):
            if publish or problem.blocks_saving:
                raise Invalid(problem.field, problem.code)
        return draft

    def _difference(self, slug: str, deed: DeedDone, drafts: dict[int, ArticleDraft]) -> tuple[str, ...]:
        before = drafts.get(deed.version - 1) or self._folder.get(slug)
        return changes(before, drafts[deed.version]) if deed.deed is Deed.EDITED and before else ()
