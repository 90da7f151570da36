"""Rules that say on which days a campaign fires, on the city's wall clock. Pure: :mod:`bot.campaigns.schedule` makes moments of them.

Own arithmetic rather than ``dateutil.rrule``: four rhythms are a dozen lines, dateutil is no dependency of the bot, and rrule
leaves out the 31st in short months, where an officer who says "each month on the 31st" means its last day.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

LONGEST = timedelta(days=731)
"""How long a campaign repeats at most, from its first day."""
MOST = 104
"""How often a campaign repeats at most: each week for two years."""

IsFree = Callable[[date], bool]
"""Whether there is no school on a day."""


class Rhythm(StrEnum):
    """How days repeat. All but ``weekly`` go by the first day: its day of the month, or its weekday."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    FIRST_WEEKDAY = "first"
    LAST_WEEKDAY = "last"


@dataclass(frozen=True, slots=True)
class Repeat:
    """How a campaign repeats.

    ``weekdays`` (Monday is 0) only with ``weekly``. It ends after ``until`` (included) or after ``times``, whichever comes
    first. ``term_only``: days without school are left out and not counted.
    """

    rhythm: Rhythm
    weekdays: tuple[int, ...] = ()
    until: date | None = None
    times: int | None = None
    term_only: bool = False

    def fits(self, day: date, first: date) -> bool:
        """Whether ``day`` is one of those that began with ``first``. A month without its day has its last one instead."""
        last_of_month = monthrange(day.year, day.month)[1]
        match self.rhythm:
            case Rhythm.WEEKLY:
                return day.weekday() in self.weekdays
            case Rhythm.MONTHLY:
                return day.day == min(first.day, last_of_month)
            case Rhythm.FIRST_WEEKDAY:
                return day.weekday() == first.weekday() and day.day <= 7
            case Rhythm.LAST_WEEKDAY:
                return day.weekday() == first.weekday() and day.day > last_of_month - 7


@dataclass(frozen=True, slots=True)
class Once:
    """One moment on the wall clock (naive)."""

    at: datetime

    @property
    def repeat(self) -> Repeat | None:
        """It does not."""
        return None

    def walls(self, since: datetime) -> Iterator[datetime]:
        """The one time, if it is not before ``since``."""
        if self.at >= since:
            yield self.at


@dataclass(frozen=True, slots=True)
class Recurring:
    """The same time of day on the days of a rhythm; ``at`` (naive) is the first day on which it may fire, and the time."""

    at: datetime
    repeat: Repeat
    is_free: IsFree

    def walls(self, since: datetime) -> Iterator[datetime]:
        """The rule's times from ``since`` (naive, included) on."""
        days = islice(self._days(), min(self.repeat.times or MOST, MOST))
        return (wall for day in days if (wall := datetime.combine(day, self.at.time())) >= since)

    def _days(self) -> Iterator[date]:
        first = self.at.date()
        for number in range(LONGEST.days + 1):
            if first > date.max - timedelta(days=number):
                return
            day = first + timedelta(days=number)
            if self.repeat.until is not None and day > self.repeat.until:
                return
            if self.repeat.fits(day, first) and not (self.repeat.term_only and self.is_free(day)):
                yield day


def rule_of(at: datetime, repeat: Repeat | None, is_free: IsFree) -> Once | Recurring:
    """The rule of a plan."""
    return Once(at) if repeat is None else Recurring(at, repeat, is_free)


def dump_rule(at: datetime, repeat: Repeat | None) -> str:
    """A rule as JSON, for the campaign's row and for what an approval binds to."""
    first = {"at": at.isoformat(timespec="minutes")}
    if repeat is None:
        return json.dumps({"kind": "once", **first})
    until = repeat.until.isoformat() if repeat.until else None
    how = {"rhythm": repeat.rhythm, "weekdays": list(repeat.weekdays), "until": until, "times": repeat.times, "term_only": repeat.term_only}
    return json.dumps({"kind": "recurring", **first, **how})


def load_rule(dumped: str) -> tuple[datetime, Repeat | None]:
    """Read what :func:`dump_rule` wrote. Raises ValueError for a kind this version does not know."""
    value = json.loads(dumped)
    if value.get("kind") not in ("once", "recurring"):
        raise ValueError(f"unknown kind of rule: {value.get('kind')}")
    return datetime.fromisoformat(value["at"]), _repeat(value) if value["kind"] == "recurring" else None


def _repeat(value: dict[str, Any]) -> Repeat:
    until = date.fromisoformat(value["until"]) if value["until"] else None
    return Repeat(Rhythm(value["rhythm"]), tuple(value["weekdays"]), until, value["times"], value["term_only"])
