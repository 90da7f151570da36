"""The calendar as a page shows it: which days, in which rows, and where to leaf to. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from bot.campaigns.agenda import Sheet
from bot.campaigns.calendar import Entry, Hour, clock_change, hour_of
from bot.campaigns.spans import Span, month_of, week_of, weeks_of
from bot.city import City

_YEARS = 5
"""How far from today one can leaf: campaigns are planned two years ahead."""


class View(StrEnum):
    """The three ways to look at it."""

    MONTH = "month"
    WEEK = "week"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Place:
    """What somebody looks at: a view, and a day in it."""

    view: View
    day: date

    @classmethod
    def read(cls, view: str, day: str, today: date) -> Place:
        """From an address; what cannot be read is this month."""
        try:
            asked = date.fromisoformat(day)
        except ValueError:
            asked = today
        near = abs(asked.year - today.year) <= _YEARS
        return cls(View(view) if view in tuple(View) else View.MONTH, asked if near else today)

    def span(self, first_weekday: int) -> Span:
        """The days to show; a week begins as the reader's language says (0 is Monday)."""
        if self.view is View.WEEK:
            return week_of(self.day, first_weekday)
        return weeks_of(month_of(self.day), first_weekday) if self.view is View.MONTH else month_of(self.day)

    @property
    def before(self) -> Place:
        """The week or month before."""
        return Place(self.view, self.day - timedelta(days=7) if self.view is View.WEEK else month_of(self.day).first - timedelta(days=1))

    @property
    def after(self) -> Place:
        """The next week or month."""
        return Place(self.view, self.day + timedelta(days=7) if self.view is View.WEEK else month_of(self.day).last + timedelta(days=1))

    def seen_as(self, view: View) -> Place:
        """The same day in another view."""
        return Place(view, self.day)

    @property
    def path(self) -> str:
        """Its address below the console."""
        return "/campaigns/calendar?" + urlencode({"view": self.view, "day": self.day.isoformat()})


@dataclass(frozen=True, slots=True)
class Day:
    """One day. ``outside``: of the month before or after; ``jump``: by how much the clocks go forward (backward: negative)."""

    date: date
    entries: Sequence[Entry]
    is_free: bool
    is_past: bool
    is_today: bool
    outside: bool
    jump: timedelta


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour of a day in the week's table."""

    hour: Hour
    entries: Sequence[Entry]
    is_past: bool

    @property
    def is_idle(self) -> bool:
        """Whether nothing stands in it and nothing can be sent in it."""
        return not self.entries and self.hour.whole


@dataclass(frozen=True)
class Layout:
    """The days of a sheet, arranged. ``now``: on the city's clock (aware)."""

    place: Place
    sheet: Sheet
    city: City
    now: datetime

    @property
    def days(self) -> list[Day]:
        """All days of the sheet in order."""
        by_day: dict[date, list[Entry]] = defaultdict(list)
        for entry in self.sheet.entries:
            by_day[entry.day].append(entry)
        return [self._day(day, by_day[day]) for day in self.sheet.span.days()]

    @property
    def weeks(self) -> list[list[Day]]:
        """The days in rows of seven."""
        days = self.days
        return [days[start : start + 7] for start in range(0, len(days), 7)]

    @property
    def hours(self) -> list[list[Cell]]:
        """A row of seven days for each hour of the wall clock. An hour that comes twice has one row, with what is in both."""
        by_hour: dict[tuple[date, int], list[Entry]] = defaultdict(list)
        for entry in self.sheet.entries:
            by_hour[entry.day, entry.at.hour].append(entry)
        return [[self._cell(day, hour, by_hour[day, hour]) for day in self.sheet.span.days()] for hour in range(24)]

    def _day(self, day: date, entries: Sequence[Entry]) -> Day:
        today = self.now.date()
        outside = self.place.view is View.MONTH and day.month != self.place.day.month
        free = self.city.calendar.is_school_free(day)
        return Day(day, entries, free, day < today, day == today, outside, clock_change(day, self.city.time_zone))

    def _cell(self, day: date, hour: int, entries: Sequence[Entry]) -> Cell:
        found = hour_of(day, hour, self.city)
        return Cell(found, entries, found.start + timedelta(minutes=59) < self.now.replace(tzinfo=None))
