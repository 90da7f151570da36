"""The queue's questions to the store: filters, order, pages by keyset. Builds statements, runs none.

A page never counts or skips rows: it begins after the last tip of the page above, and an index stands behind each order and
filter, so that it takes as long among a million tips as among a thousand (``benchmarks/tips``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, literal_column, select, tuple_

from bot.tips.status import OPEN, Status
from bot.tips.tables import TipLabelRow, TipReadRow, TipRow


class Order(StrEnum):
    """In which order tips stand. Urgent ones are always first."""

    NEWEST = "newest"
    WAITING = "waiting"
    """Only those that wait for an answer, the longest first."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which tips to show; None or false: all.

    ``assignee``: a moderator's id, or empty for tips that nobody works on. ``label``: a code, see ``Casework.code_of``.
    ``unread``: the tipster wrote, nobody has answered, and this reader has not read it.
    """

    status: Status | None = None
    category: str | None = None
    district: str | None = None
    urgent: bool = False
    assignee: str | None = None
    label: str | None = None
    unread: bool = False
    order: Order = Order.NEWEST


EVERYTHING = Filters()


def pages_of(filters: Filters, reader_id: str | None, after: TipRow | None, limit: int) -> list[Select[Any]]:
    """Statements that give a page together, to be run one after the other until it is full.

    Each gives rows of the tip and the number of the newest entry that the reader saw (None: none). ``after``: the last tip of the
    page above. Without a reader, a tip counts as read when anybody has read it.
    """
    seen = seen_by(reader_id)
    query = select(TipRow, seen).where(*conditions_of(filters, seen)).limit(limit)
    if filters.order is Order.WAITING:
        return _longest_waiting(query, filters, after)
    return [_newest(query, filters, after)]


def _newest(query: Select[Any], filters: Filters, after: TipRow | None) -> Select[Any]:
    place: Any = (TipRow.urgent, TipRow.created_at, TipRow.id)
    if filters.label is not None:
        # Labels know their tip's place, so that those of one label come in order from its own index.
        query = query.join(TipLabelRow, TipLabelRow.tip_id == TipRow.id).where(TipLabelRow.code == filters.label)
        place = (TipLabelRow.urgent, TipLabelRow.created_at, TipLabelRow.tip_id)
    query = query.order_by(*(column.desc() for column in place))
    if after is None:
        return query
    below = (literal(after.urgent), literal(after.created_at, TipRow.created_at.type), literal(after.id))
    # Among urgent ones alone the first part is always equal: without it, SQLite finds the page in the index of the status.
    start = 1 if filters.urgent else 0
    return query.where(tuple_(*place[start:]) < tuple_(*below[start:]))


def _longest_waiting(query: Select[Any], filters: Filters, after: TipRow | None) -> list[Select[Any]]:
    """Urgent ones first, then the others: each read in the order of the index."""
    if filters.label is not None:
        query = query.where(TipRow.id.in_(select(TipLabelRow.tip_id).where(TipLabelRow.code == filters.label)))
    query = query.where(TipRow.waiting_since.is_not(None)).order_by(TipRow.waiting_since, TipRow.id)
    if after is None:
        return [query.where(TipRow.urgent.is_(True)), query.where(TipRow.urgent.is_(False))]
    place = tuple_(literal(after.waiting_since or after.created_at, TipRow.created_at.type), literal(after.id))
    below = query.where(TipRow.urgent.is_(after.urgent), tuple_(TipRow.waiting_since, TipRow.id) > place)
    return [below, query.where(TipRow.urgent.is_(False))] if after.urgent else [below]


def seen_by(reader_id: str | None) -> Any:
    """The number of the newest entry that a reader, or anybody, saw."""
    newest: Select[Any] = select(func.max(TipReadRow.seen)).where(TipReadRow.tip_id == TipRow.id)
    if reader_id is not None:
        newest = newest.where(TipReadRow.reader == reader_id)
    return newest.scalar_subquery()


def count_of(status: Status, up_to: int) -> Select[int]:
    """How many tips stand in a status, counted no further than ``up_to``."""
    return select(func.count()).select_from(select(literal(1)).where(TipRow.status == status.value).limit(up_to).subquery())


def conditions_of(filters: Filters, seen: Any) -> list[ColumnElement[bool]]:
    """What a tip has to be, but for label and order; ``seen``: see :func:`seen_by`."""
    # SQLite cannot know that few tips wait or are open, and would go through all tips of a category instead.
    is_open = filters.status in OPEN
    few = filters.unread or filters.label is not None or filters.order is Order.WAITING
    chosen = (
        (filters.status is not None, _stands(filters.status or Status.NEW)),
        (filters.category is not None, _is(TipRow.category, filters.category, by_index=not few)),
        (filters.district is not None, _is(TipRow.district, filters.district, by_index=not few and not is_open)),
        (filters.urgent, TipRow.urgent.is_(True)),
        (filters.assignee == "", TipRow.assignee.is_(None)),
        (bool(filters.assignee), _is(TipRow.assignee, filters.assignee, by_index=not few and not is_open)),
        (filters.unread, and_(TipRow.waiting_since.is_not(None), TipRow.last_from_tipster > func.coalesce(seen, 0))),
    )
    return [condition for applies, condition in chosen if applies]


def _stands(status: Status) -> ColumnElement[bool]:
    """Where it stands; written out where tips are open: only then is PostgreSQL sure that the partial index fits."""
    return TipRow.status == (literal_column(f"'{status.value}'") if status in OPEN else status.value)


def _is(column: Any, value: str | None, *, by_index: bool) -> ColumnElement[bool]:
    """Equality; without the index, the column stands in an expression that no index knows."""
    equal: ColumnElement[bool] = (column if by_index else column.concat("")) == value
    return equal
