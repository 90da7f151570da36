"""The dates of a plan, with those that were moved or left out. Pure.

Each date keeps the name that its rule gave it: its original time on the wall clock. By that name, as a moment, the ledger knows
it (``occurrence.scheduled_for``), wherever it was moved: so none of them fires twice. Moves are kept as wall-clock times, too, and
become moments only when they are asked for: a date at 18:00 stays at 18:00 when the clocks change in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.campaigns.schedule import Rule, to_utc

FURTHEST_MOVE = timedelta(days=31)
"""How far from its original day a date can be moved: further off it is another campaign."""
_DAY = timedelta(days=1)
_EVER = datetime.min  # noqa: DTZ901 - on the wall clock, which has no zone


class Reach(StrEnum):
    """Which dates a change is for. Of ``following`` ones those that were moved or left out by themselves stay so."""

    ONE = "one"
    FOLLOWING = "following"


@dataclass(frozen=True, slots=True)
class DateChange:
    """A date was moved ``to`` another time, or left out (None). Both are wall-clock times (naive).

    ``following``: all dates from ``original`` on move by as many days, to the same time of day.
    """

    original: datetime
    reach: Reach
    to: datetime | None


@dataclass(frozen=True, slots=True)
class PlanDate:
    """A date of a plan on the wall clock (naive). ``at``: when it fires, or would if it were not left out; ``change``: why so."""

    original: datetime
    at: datetime
    change: DateChange | None = None

    @property
    def skipped(self) -> bool:
        """Whether it was left out."""
        return self.change is not None and self.change.to is None

    @property
    def moved(self) -> bool:
        """Whether it stands elsewhere than its rule says."""
        return self.at != self.original


@dataclass(frozen=True, slots=True, order=True)
class Firing:
    """A date as moments (UTC): when it fires, and by which one the ledger knows it."""

    fires_at: datetime
    scheduled_for: datetime


def plan_dates(rule: Rule, changes: Iterable[DateChange], since: datetime = _EVER) -> Iterator[PlanDate]:
    """The rule's dates whose original time is not before ``since`` (naive), in the order of these."""
    changes = tuple(changes)
    alone = {one.original: one for one in changes if one.reach is Reach.ONE}
    onward = sorted((one for one in changes if one.reach is Reach.FOLLOWING), key=lambda one: one.original, reverse=True)
    for wall in rule.walls(since):
        shift = next((one for one in onward if one.original <= wall), None)
        yield _placed(wall, alone.get(wall), shift)


def firings(rule: Rule, changes: Iterable[DateChange], zone: ZoneInfo, since: datetime) -> list[Firing]:
    """When the plan fires from ``since`` (aware, included) on, in the order in which it does."""
    first = since.astimezone(zone).replace(tzinfo=None, fold=0) - FURTHEST_MOVE - 2 * _DAY
    found = [firing_of(one, zone) for one in plan_dates(rule, changes, first) if not one.skipped]
    return sorted(one for one in found if one.fires_at >= since)


def firing_of(date: PlanDate, zone: ZoneInfo) -> Firing:
    """A date as moments."""
    return Firing(to_utc(date.at, zone), to_utc(date.original, zone))


def with_change(changes: Iterable[DateChange], new: DateChange) -> tuple[DateChange, ...]:
    """The changes after one more: it takes the place of what was said of that date; of all that follow, of earlier such moves there."""
    return (*(one for one in changes if not _gives_way(one, new)), new)


def _gives_way(old: DateChange, new: DateChange) -> bool:
    if old.reach is Reach.FOLLOWING:
        return new.reach is Reach.FOLLOWING and old.original >= new.original
    return old.original == new.original


def _placed(wall: datetime, alone: DateChange | None, shift: DateChange | None) -> PlanDate:
    if alone is not None and alone.to is not None:
        return PlanDate(wall, alone.to, alone)
    at = wall if shift is None or shift.to is None else _shifted(wall, shift.original, shift.to)
    return PlanDate(wall, at, alone or shift)


def _shifted(wall: datetime, pivot: datetime, to: datetime) -> datetime:
    return datetime.combine(wall.date() + (to.date() - pivot.date()), to.time())
