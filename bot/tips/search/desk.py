"""Looks through tips, newest first, a bounded stretch at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, tuple_

from bot.errors import FaroError, SealBroken
from bot.storage import Database
from bot.tips.queue import Filters, Order, conditions_of, seen_by
from bot.tips.review import TipSummary
from bot.tips.search.opening import Opened, Place, Sealed, opened, tips_for, with_parts
from bot.tips.search.wanted import Piece, Wanted
from bot.tips.tables import TipLabelRow, TipRow
from bot.tips.vault import Reader, TipVault

SECONDS = 2.0
"""How long one stretch may take."""
MOST_HITS = 20
"""How many hits end a stretch."""
_BATCH = 100
_EXCERPTS = 3

GoesOn = Callable[[], Awaitable[bool]]
"""Whether somebody still waits for the answer, and may have it."""


class Stopped(FaroError):
    """Nobody waits for this search any more, or the session's key is gone."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a search has come: the tip that it looked at last."""

    created_at: datetime
    tip_id: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """``hits``: ids. ``looked``: tips that were opened; ``broken``: those that did not open. ``mark`` None: there are no more tips."""

    hits: Sequence[str]
    looked: int
    broken: int
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A tip that fits, and its words around the hits."""

    summary: TipSummary
    excerpts: Sequence[tuple[Place, Sequence[Piece]]] = field(repr=False)


class SearchDesk:
    """Searches in what a reader may open. It keeps nothing.

    Args:
        timer: seconds that only go forward.
    """

    def __init__(self, database: Database, vault: TipVault, timer: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._vault = vault
        self._timer = timer

    async def look(self, reader: Reader, wanted: Wanted, filters: Filters, mark: Mark | None, goes_on: GoesOn) -> Stretch:
        """Look through the next tips that fit the filters, behind ``mark``; their order does not count here.

        Raises:
            Stopped: ``goes_on`` said no.
        """
        began, hits, looked, broken = self._timer(), list[str](), 0, 0
        while len(hits) < MOST_HITS and self._timer() - began < SECONDS:
            if not await goes_on():
                raise Stopped
            batch = await self._batch(reader, filters, mark)
            readable = [sealed for sealed in batch if sealed.grant is not None]
            found = await asyncio.to_thread(self._opened, reader, readable, wanted)
            hits += [one.summary.id for one in found if one is not None]
            looked, broken = looked + len(readable), broken + found.count(None)
            if len(batch) < _BATCH:
                return Stretch(hits, looked, broken, None)
            mark = Mark(batch[-1].tip.created_at, batch[-1].tip.id)
        return Stretch(hits, looked, broken, mark)

    async def show(self, reader: Reader, tip_ids: Sequence[str], wanted: Wanted) -> list[Hit]:
        """The tips with their excerpts, newest first, as they are now: what was deleted, taken back or masked since is left out."""
        async with self._database.read() as session:
            rows = await session.execute(tips_for(reader).where(TipRow.id.in_(tip_ids)))
            batch = [sealed for sealed in await with_parts(session, rows) if sealed.grant is not None]
        found = await asyncio.to_thread(self._opened, reader, batch, wanted)
        hits = [Hit(one.summary, _excerpts(one, wanted)) for one in found if one is not None]
        return sorted(hits, key=lambda hit: (hit.summary.created_at, hit.summary.id), reverse=True)

    def _opened(self, reader: Reader, batch: Sequence[Sealed], wanted: Wanted) -> list[Opened | None]:
        """Those that fit; None for each that does not open."""
        found: list[Opened | None] = []
        for sealed in batch:
            try:
                one = opened(self._vault, reader, sealed)
            except SealBroken:
                found.append(None)
            else:
                if wanted.is_in(words for _, words in one.texts):
                    found.append(one)
        return found

    async def _batch(self, reader: Reader, filters: Filters, mark: Mark | None) -> list[Sealed]:
        """The next tips by age: urgent and others are read each in the order of their index, and laid together."""
        async with self._database.read() as session:
            rows: list[Any] = []
            for query in _by_age(tips_for(reader), reader, filters, mark):
                rows += (await session.execute(query)).all()
            rows.sort(key=lambda row: (row[0].created_at, row[0].id), reverse=True)
            return await with_parts(session, rows[:_BATCH])


def _excerpts(one: Opened, wanted: Wanted) -> Sequence[tuple[Place, Sequence[Piece]]]:
    found = [(place, wanted.excerpt(words)) for place, words in one.texts]
    return [(place, pieces) for place, pieces in found if pieces][:_EXCERPTS]


def _by_age(query: Select[Any], reader: Reader, filters: Filters, mark: Mark | None) -> list[Select[Any]]:
    query = query.where(*conditions_of(replace(filters, order=Order.NEWEST), seen_by(reader.staff_id)))
    place: Any = (TipRow.urgent, TipRow.created_at, TipRow.id)
    if filters.label is not None:
        query = query.join(TipLabelRow, TipLabelRow.tip_id == TipRow.id).where(TipLabelRow.code == filters.label)
        place = (TipLabelRow.urgent, TipLabelRow.created_at, TipLabelRow.tip_id)
    urgent, *age = place
    if mark is not None:
        query = query.where(tuple_(*age) < tuple_(literal(mark.created_at, TipRow.created_at.type), literal(mark.tip_id)))
    query = query.order_by(*(column.desc() for column in age)).limit(_BATCH)
    return [query.where(urgent.is_(kind)) for kind in ((True,) if filters.urgent else (True, False))]
