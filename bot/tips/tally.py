"""Counting tips without opening one, and what may be shown of the counts. Pure.

Counted is what a tip's row says in the clear: category, district, month, status, and how long the first answer took. Nothing
else of a tip is read, and no key is needed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.suppression import suppress, suppress_chain
from bot.tips.quarters import Quarter
from bot.tips.status import Status

NOWHERE = ""
"""In place of a district: the tip names none."""

WITHDRAWN, DELETED = "withdrawn", "deleted"
OUTCOMES = (*(status.value for status in Status), WITHDRAWN, DELETED)
"""Where a tip stands when its quarter is counted: its status, or that its teller withdrew it, or that moderators deleted it."""

Shown = Mapping[str, int | None]
"""Numbers by key as they are shown; None: hidden."""


class Wait(StrEnum):
    """How long the first answer took. Moments are kept to the hour, so the bands are wider than that."""

    FOUR_HOURS = "four_hours"
    DAY = "day"
    THREE_DAYS = "three_days"
    WEEK = "week"
    LONGER = "longer"
    NONE = "none"


_UP_TO = {
    Wait.FOUR_HOURS: timedelta(hours=4),
    Wait.DAY: timedelta(days=1),
    Wait.THREE_DAYS: timedelta(days=3),
    Wait.WEEK: timedelta(days=7),
}


def wait_of(created_at: datetime, answered_at: datetime | None) -> Wait:
    """The band of one tip."""
    if answered_at is None:
        return Wait.NONE
    return next((band for band, most in _UP_TO.items() if answered_at - created_at <= most), Wait.LONGER)


@dataclass
class Tally:
    """Counts of one quarter, as they are: nothing here may be shown before :meth:`figures`."""

    places: Counter[tuple[date, str, str]] = field(default_factory=Counter)
    """By month, category and district."""
    outcomes: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)

    def add(self, month: date, category: str, district: str | None, outcome: str, wait: str) -> None:
        """Count one tip."""
        self.places[month, category, district or NOWHERE] += 1
        self.outcomes[outcome] += 1
        self.waits[wait] += 1

    def figures(self, quarter: Quarter, categories: Sequence[str], districts: Sequence[str], minimum: int, on: date) -> Figures:
        """What may be shown. Categories and districts that the city gave up since are counted under their old codes.

        Months, categories and districts are protected together, as their tables share margins; outcomes and waits share only
        the total with them and with each other, and that is never hidden.
        """
        months = [month.isoformat() for month in quarter.months]
        rows = _all(categories, (category for _, category, _ in self.places))
        columns = _all([*districts, NOWHERE], (district for _, _, district in self.places))
        by_month, by_district = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for (month, category, district), count in self.places.items():
            by_month[month.isoformat(), category] += count
            by_district[category, district] += count
        chain = suppress_chain([months, rows, columns], [by_month, by_district], minimum)
        return Figures(
            quarter=quarter,
            counted_on=on,
            minimum=minimum,
            total=chain.total,
            months=chain.margins[0],
            categories=chain.margins[1],
            districts=chain.margins[2],
            by_month=chain.tables[0],
            by_district=chain.tables[1],
            outcomes=_list_shown(OUTCOMES, self.outcomes, minimum),
            waits=_list_shown([wait.value for wait in Wait], self.waits, minimum),
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """What is shown of a quarter, small numbers hidden (None). Made once, and the same for everybody.

    Attributes:
        minimum: the city's minimum when it was counted.
        total: None: fewer tips than the minimum, so nothing at all is shown.
        by_month: by month (first day) and category.
        by_district: by category and district; :data:`NOWHERE` where a tip named none.
        waits: by :class:`Wait`.
    """

    quarter: Quarter
    counted_on: date
    minimum: int
    total: int | None
    months: Shown
    categories: Shown
    districts: Shown
    by_month: Mapping[tuple[str, str], int | None]
    by_district: Mapping[tuple[str, str], int | None]
    outcomes: Shown
    waits: Shown

    def to_json(self) -> str:
        """To be kept."""
        lists = {name: dict(getattr(self, name)) for name in _LISTS}
        tables = {name: [[*place, count] for place, count in getattr(self, name).items()] for name in _TABLES}
        about = {"counted_on": self.counted_on.isoformat(), "minimum": self.minimum, "total": self.total}
        return json.dumps(about | lists | tables)

    @classmethod
    def from_json(cls, quarter: Quarter, kept: str) -> Figures:
        """As :meth:`to_json` wrote it."""
        read = json.loads(kept)
        tables: dict[str, Any] = {name: {(a, b): count for a, b, count in read[name]} for name in _TABLES}
        lists: dict[str, Any] = {name: read[name] for name in _LISTS}
        on = date.fromisoformat(read["counted_on"])
        return cls(quarter=quarter, counted_on=on, minimum=read["minimum"], total=read["total"], **lists, **tables)


_LISTS = ("months", "categories", "districts", "outcomes", "waits")
_TABLES = ("by_month", "by_district")


def within(waits: Shown, total: int, share: float) -> Wait | None:
    """The band within which ``share`` of all tips had their first answer; None where what is shown does not tell it.

    It is worked out from the shown numbers alone, so it tells nothing that they do not.
    """
    rest = total - sum(count or 0 for count in waits.values())
    first, last = _reached(waits, total * share, rest, early=True), _reached(waits, total * share, rest, early=False)
    return first if first is last else None


def _reached(waits: Shown, enough: float, hidden: int, *, early: bool) -> Wait:
    """The band that reaches ``enough`` if all the hidden ones stand in the first hidden band (``early``), or in the last."""
    unknown = [wait for wait in Wait if waits[wait.value] is None]
    where = None if not unknown else unknown[0] if early else unknown[-1]
    so_far = 0
    for wait in Wait:
        so_far += (waits[wait.value] or 0) + (hidden if wait is where else 0)
        if so_far >= enough:
            return wait
    return Wait.NONE


def _all(known: Sequence[str], counted: Iterable[str]) -> list[str]:
    return [*known, *sorted(set(counted) - set(known))]


def _list_shown(keys: Sequence[str], counts: Mapping[str, int], minimum: int) -> Shown:
    """Nought stays here: that nobody waits, or nothing was handed over, is no secret about anybody."""
    numbers = {key: counts.get(key, 0) for key in keys}
    line = suppress(numbers, minimum)
    if line.total is None:  # The total is shown beside the tables, so more of the list has to be hidden.
        return suppress_chain([keys], [{(key, ""): count for key, count in numbers.items()}], minimum).margins[0]
    return line.cells
