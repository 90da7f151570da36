"""Pages of the queue, filtered and deep, from Faro's queue and from a plain one on the same store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from benchmarks.tips.house import House, Moderator
from benchmarks.tips.rows import LABEL
from bot.console import tip_filters
from bot.storage import Database
from bot.tips.queue import Filters, Order, seen_by
from bot.tips.review import TipSummary, summary_of
from bot.tips.status import Status
from bot.tips.tables import TipLabelRow, TipRow

DEPTHS = (0, 10, 100)
"""Pages down that are asked for, as far as there are so many."""
_PAGE = 50


def kinds(me: str) -> dict[str, Filters]:
    """What moderators look at."""
    return {
        "everything": Filters(),
        "new": Filters(status=Status.NEW),
        "closed": Filters(status=Status.CLOSED),
        "one category": Filters(category="weapon"),
        "one district": Filters(district="hills"),
        "urgent, in review": Filters(urgent=True, status=Status.IN_REVIEW),
        "mine": Filters(assignee=me),
        "one label": Filters(label=LABEL),
        "unread": Filters(unread=True),
        "longest waiting": Filters(order=Order.WAITING),
        "new, category, district": Filters(status=Status.NEW, category="drugs", district="hills"),
        "closed, category, mine": Filters(status=Status.CLOSED, category="hate", assignee=me),
    }


class PlainDesk:
    """The peer: filters as they are, pages by OFFSET, tabs and total by COUNT(*). It has Faro's indexes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.offsets: dict[str, int] = {}
        """How many tips stand before a page that begins after this one."""

    async def queue(self, filters: Filters, *, limit: int, before: str | None, reader_id: str | None) -> list[TipSummary]:
        """A page, and the number of all tips that fit."""
        seen = seen_by(reader_id)
        query = select(TipRow, seen).where(*_plain(filters, seen))
        counted = select(func.count()).select_from(TipRow).where(*_plain(filters, seen))
        offset = self.offsets[before] if before else 0
        async with self._database.read() as session:
            await session.scalar(counted)
            rows = await session.execute(_ordered(query, filters).limit(limit).offset(offset))
            return [summary_of(row[0], row[1] or 0) for row in rows]

    async def count_up_to(self, limit: int) -> dict[Status, int]:
        """How many tips stand in each status."""
        async with self._database.read() as session:
            counted = dict(iter(await session.execute(select(TipRow.status, func.count()).group_by(TipRow.status))))
        return {status: counted.get(status.value, 0) for status in Status}


def _plain(filters: Filters, seen: object) -> list[ColumnElement[bool]]:
    labelled = TipRow.id.in_(select(TipLabelRow.tip_id).where(TipLabelRow.code == filters.label))
    chosen = (
        (filters.status is not None, TipRow.status == (filters.status or Status.NEW).value),
        (filters.category is not None, TipRow.category == filters.category),
        (filters.district is not None, TipRow.district == filters.district),
        (filters.urgent, TipRow.urgent.is_(True)),
        (filters.assignee is not None, TipRow.assignee == filters.assignee),
        (filters.label is not None, labelled),
        (filters.unread or filters.order is Order.WAITING, TipRow.waiting_since.is_not(None)),
        (filters.unread, TipRow.last_from_tipster > func.coalesce(seen, 0)),
    )
    return [condition for applies, condition in chosen if applies]


def _ordered(query: Select[Any], filters: Filters) -> Select[Any]:
    if filters.order is Order.WAITING:
        return query.order_by(TipRow.urgent.desc(), TipRow.waiting_since, TipRow.id)
    return query.order_by(TipRow.urgent.desc(), TipRow.created_at.desc(), TipRow.id.desc())


@dataclass(frozen=True, slots=True)
class Pages:
    """Milliseconds of each kind of page, on both sides."""

    faro: Mapping[str, Sequence[float]]
    plain: Mapping[str, Sequence[float]]


async def measure(house: House, moderator: Moderator, rounds: int, say: Callable[[str], None]) -> Pages:
    """Ask for the same pages on both sides in turn, round by round; the plain queue a quarter as often, since it takes long."""
    me, plain = moderator.key.staff_id, PlainDesk(house.database)
    places = {name: await _places(plain, filters, me) for name, filters in kinds(me).items()}
    sides = (moderator.browser(house), moderator.browser(house, plain))  # type: ignore[arg-type]  # only as much of a desk as the page asks
    taken: tuple[dict[str, list[float]], ...] = ({name: [] for name in places}, {name: [] for name in places})
    for turn in range(-1, rounds):
        for name, addresses in places.items():
            for side, browser in enumerate(sides):
                if side == 0 or turn % 4 == 0:
                    spent = await browser.open(addresses[turn // (1, 4)[side] % len(addresses)])
                    if turn >= 0:  # the first round only warms up
                        taken[side][name].append(spent)
        say(f"asking for pages, round {turn + 1} of {rounds}")
    return Pages(*taken)


async def _places(plain: PlainDesk, filters: Filters, me: str) -> list[str]:
    """Addresses of the first page and of pages further down. The plain queue is told where they begin."""
    query, found = tip_filters.written(filters, me), []
    for depth in DEPTHS:
        plain.offsets["start"] = depth * _PAGE - 1
        above = await plain.queue(filters, limit=1, before="start", reader_id=me) if depth else []
        if depth and not above:
            break
        if above:
            plain.offsets[above[0].id] = depth * _PAGE
        found.append(f"/tips?{query}" + (f"&before={above[0].id}" if above else ""))
    return found


__all__ = ["DEPTHS", "Pages", "PlainDesk", "kinds", "measure"]
