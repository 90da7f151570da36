"""Spans of days as calendars show them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.campaigns.letters import CAP_WINDOW
from bot.campaigns.schedule import to_utc

MOST_DAYS = 62
"""The longest span that is looked at: a month in whole weeks, and a week more on either side."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``first`` to ``last``, both included.

    Raises:
        ValueError: none, or more than :data:`MOST_DAYS`.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if not 1 <= (self.last - self.first).days + 1 <= MOST_DAYS:
            raise ValueError("the span is empty or too long")

    def days(self) -> Iterator[date]:
        """All of its days in order."""
        return (self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))

    def contains(self, day: date) -> bool:
        """Whether the day is one of them."""
        return self.first <= day <= self.last

    def widened(self) -> Span:
        """With a week more on both sides: as far as the weekly cap reaches."""
        return Span(self.first - CAP_WINDOW, self.last + CAP_WINDOW)

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its beginning, and the beginning of the day after it (UTC)."""
        return to_utc(datetime.combine(self.first, time()), zone), to_utc(datetime.combine(self.last + _DAY, time()), zone)


def week_of(day: date, first_weekday: int) -> Span:
    """The week that holds ``day``; ``first_weekday``: 0 is Monday, as the reader's language begins weeks."""
    first = day - timedelta(days=(day.weekday() - first_weekday) % 7)
    return Span(first, first + 6 * _DAY)


def month_of(day: date) -> Span:
    """The month that holds ``day``, without the days around it."""
    first = day.replace(day=1)
    return Span(first, (first + 31 * _DAY).replace(day=1) - _DAY)


def weeks_of(month: Span, first_weekday: int) -> Span:
    """A month in whole weeks."""
    return Span(week_of(month.first, first_weekday).first, week_of(month.last, first_weekday).last)
