"""When a campaign fires: wall-clock rules to moments in UTC. Pure; every moment is passed in.

Officers think in wall-clock time ("Friday at 18:00"), clocks jump twice a year. Two rules settle it: a time that a jump
forward leaves out becomes the first valid minute after it; a time that comes twice is the first of the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


class Rule(Protocol):
    """Wall-clock times, without time zone, in ascending order; see :mod:`bot.campaigns.rules`."""

    def walls(self, since: datetime) -> Iterator[datetime]:
        """The rule's times from ``since`` (naive, included) on; may never end."""


def to_utc(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment (UTC) when the wall clock in ``zone`` shows ``wall`` (naive), by the two rules above."""
    moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    # In a gap, fold 1 reads the time with the offset after the jump: an earlier moment, before the jump (PEP 495).
    return _next_full_minute(_jump(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), moment, zone))


def next_after(rule: Rule, zone: ZoneInfo, after: datetime) -> datetime | None:
    """The rule's first moment (UTC) strictly after ``after``, None when it is over.

    Looks from a day earlier on: a jump can move a wall-clock time past ``after``, by less than that.
    """
    since = after.astimezone(zone).replace(tzinfo=None, fold=0) - _DAY
    return next((moment for wall in rule.walls(since) if (moment := to_utc(wall, zone)) > after), None)


class Hours(Protocol):
    """Hours that repeat every week, on the wall clock (naive)."""

    def contains(self, local: datetime) -> bool:
        """Whether the wall-clock time lies inside."""

    def next_end(self, local: datetime) -> datetime | None:
        """When they end next after ``local``; None: never."""


def next_allowed(moment: datetime, zone: ZoneInfo, quiet: Iterable[Hours]) -> datetime:
    """``moment`` itself, or the end of the quiet hours it falls into (UTC).

    Raises:
        ValueError: the quiet hours leave no minute of the week.
    """
    quiet = tuple(quiet)
    limit = moment + 8 * _DAY
    while (end := _end_of_quiet(moment, zone, quiet)) is not None:
        if end > limit:
            raise ValueError("the quiet hours leave no time for any message")
        moment = end
    return moment.astimezone(UTC)


def _end_of_quiet(moment: datetime, zone: ZoneInfo, quiet: tuple[Hours, ...]) -> datetime | None:
    wall = moment.astimezone(zone).replace(tzinfo=None, fold=0)
    ends = [hours.next_end(wall) or wall + 9 * _DAY for hours in quiet if hours.contains(wall)]
    # In a repeated hour the end may lie behind already: hours that have ended are not quiet a second time.
    return max((end for wall_end in ends if (end := to_utc(wall_end, zone)) > moment), default=None)


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment, to the second, when the offset changes between the two."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def _next_full_minute(moment: datetime) -> datetime:
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + _MINUTE
