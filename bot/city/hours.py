"""Hours that repeat every week: when a helpline answers, when people sleep, when staff read tips.

The notation is a small part of OpenStreetMap's ``opening_hours``: ``24/7``, ``Mo-Fr 09:00-12:00,14:00-18:00``,
``Mo-Fr 09:00-18:00; Sa 10:00-12:00``, ``Fr,Sa 22:00-06:00`` (past midnight: until the next day). Rules add up.
All times are wall-clock times of one place, so a change to summer time needs no care here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY = 24 * 60
_WEEK = 7 * _DAY
_RULE = re.compile(r"(?:(?P<days>[A-Z][A-Za-z,\- ]*?)\s+)?(?P<times>\d[\d:,\- ]*)")
_TIMES = re.compile(r"(\d{2}):(\d{2})\s*-\s*(\d{2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Spans of a week. ``spans`` are minutes since Monday 00:00, start included, end excluded, sorted and disjoint."""

    notation: str
    spans: tuple[tuple[int, int], ...] = field(repr=False)

    @classmethod
    def parse(cls, notation: str) -> WeeklyHours:
        """Read the notation above.

        Raises:
            ValueError: says which part cannot be read, and shows an example.
        """
        if notation.strip() == "24/7":
            return cls("24/7", ((0, _WEEK),))
        spans = [span for rule in notation.split(";") for span in _rule(rule.strip())]
        return cls(notation.strip(), _joined(spans))

    @property
    def always(self) -> bool:
        """True for hours that never end."""
        return self.spans == ((0, _WEEK),)

    def contains(self, local: datetime) -> bool:
        """True when the wall-clock moment lies inside the hours."""
        minute = _minute_of_week(local)
        return any(start <= minute < end for start, end in self.spans)

    def next_start(self, local: datetime) -> datetime | None:
        """The first moment after ``local``, to the minute, at which the hours begin. None: they never begin again."""
        return None if self.always else self._next(local, [start for start, _ in self._circular()])

    def next_end(self, local: datetime) -> datetime | None:
        """The first moment after ``local``, to the minute, at which the hours end. None: they never end."""
        return None if self.always else self._next(local, [end % _WEEK for _, end in self._circular()])

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much of the wall-clock time between two moments lies inside the hours, in whole minutes; nought when ``end`` is earlier."""
        first, total = _minute_of_week(start), int((end.replace(tzinfo=None) - start.replace(tzinfo=None)).total_seconds() // 60)
        weeks, last = divmod(first + max(total, 0), _WEEK)
        whole = sum(stop - begin for begin, stop in self.spans)
        return timedelta(minutes=weeks * whole + self._until(last) - self._until(first))

    def _until(self, minute: int) -> int:
        """Minutes inside the hours from Monday 00:00 to a minute of the week."""
        return sum(max(0, min(stop, minute) - begin) for begin, stop in self.spans)

    def _circular(self) -> list[tuple[int, int]]:
        """The spans on the circle of a week: Sunday's night is joined to Monday's morning."""
        spans = list(self.spans)
        if len(spans) > 1 and spans[0][0] == 0 and spans[-1][1] == _WEEK:
            spans = [*spans[1:-1], (spans[-1][0], _WEEK + spans[0][1])]
        return spans

    @staticmethod
    def _next(local: datetime, marks: list[int]) -> datetime:
        minute = _minute_of_week(local)
        wait = min((mark - minute - 1) % _WEEK + 1 for mark in marks)
        return local.replace(second=0, microsecond=0) + timedelta(minutes=wait)


def _minute_of_week(local: datetime) -> int:
    return local.weekday() * _DAY + local.hour * 60 + local.minute


def _rule(rule: str) -> list[tuple[int, int]]:
    match = _RULE.fullmatch(rule)
    if match is None:
        raise ValueError(f"cannot read the hours {rule!r}; write for example 24/7 or Mo-Fr 09:00-18:00; Sa 10:00-12:00")
    days = _days(match["days"]) if match["days"] else range(7)
    times = [_times(part.strip()) for part in match["times"].split(",")]
    return [span for day in days for start, end in times for span in _in_week(day * _DAY + start, day * _DAY + end)]


def _in_week(start: int, end: int) -> list[tuple[int, int]]:
    """A span, cut in two where it runs from Sunday into Monday."""
    return [(start, end)] if end <= _WEEK else [(start, _WEEK), (0, end - _WEEK)]


def _days(text: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        if first not in _DAYS or (dash and last not in _DAYS):
            raise ValueError(f"cannot read the days {text!r}; days are {' '.join(_DAYS)}, such as Mo-Fr or Sa,Su")
        length = (_DAYS.index(last) - _DAYS.index(first)) % 7 if dash else 0
        days += [(_DAYS.index(first) + step) % 7 for step in range(length + 1)]
    return days


def _times(text: str) -> tuple[int, int]:
    """Start and end in minutes of the day; an end at or before the start lies on the next day."""
    match = _TIMES.fullmatch(text)
    if match is None:
        raise ValueError(f"cannot read the times {text!r}; write for example 09:00-18:00")
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if int(match[2]) > 59 or int(match[4]) > 59 or start >= _DAY or end > _DAY:
        raise ValueError(f"there is no such time in {text!r}; times go from 00:00 to 24:00")
    return start, end if end > start else end + _DAY


def _joined(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
