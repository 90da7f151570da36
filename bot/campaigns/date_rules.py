"""What speaks against changing a date of a plan. Pure; every moment is passed in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.campaigns.calendar import quiet_kind
from bot.campaigns.city import CityFacts
from bot.campaigns.dates import FURTHEST_MOVE, DateChange, PlanDate, firing_of, plan_dates
from bot.campaigns.rules import Repeat, rule_of
from bot.campaigns.schedule import to_utc


class Obstacle(StrEnum):
    """Why a date cannot be changed so; codes of the console's catalogue."""

    OVER = "date_over"
    LAST = "date_last"
    PAST = "date_past"
    TOO_FAR = "date_too_far"
    TAKEN = "date_taken"
    QUIET = "date_quiet"


@dataclass(frozen=True, slots=True)
class Dated:
    """A plan that repeats, as far as its dates go. ``begun``: the originals (UTC) that have fired."""

    send_at: datetime
    repeat: Repeat
    changes: tuple[DateChange, ...]
    begun: Set[datetime]

    def dates(self, city: CityFacts, changes: tuple[DateChange, ...] | None = None) -> dict[datetime, PlanDate]:
        """All its dates by original wall-clock time; ``changes`` instead of its own, when they are tried."""
        rule = rule_of(self.send_at, self.repeat, city.calendar.is_school_free)
        return {one.original: one for one in plan_dates(rule, self.changes if changes is None else changes)}

    def open_dates(self, city: CityFacts, now: datetime) -> set[datetime]:
        """The originals that are still to come or were left out for a day to come."""
        return {name for name, one in self.dates(city).items() if self._is_open(one, city, now)}

    def _is_open(self, one: PlanDate, city: CityFacts, now: datetime) -> bool:
        firing = firing_of(one, city.time_zone)
        return firing.scheduled_for not in self.begun and firing.fires_at > now


def find_obstacles(plan: Dated, changes: tuple[DateChange, ...], original: datetime, city: CityFacts, now: datetime) -> Iterator[Obstacle]:
    """Why its changes cannot become ``changes``, for somebody who pressed on the date ``original``.

    A place that the rule itself has given is always good: that is what was approved.
    """
    before, after = plan.dates(city), plan.dates(city, changes)
    open_ones = plan.open_dates(city, now)
    if original not in open_ones:
        yield Obstacle.OVER
        return
    if all(after[name].skipped for name in open_ones):
        yield Obstacle.LAST
    changed = [after[name] for name in open_ones if after[name] != before[name] and not after[name].skipped]
    crowded = _crowded(after)
    for one in sorted(changed, key=lambda one: one.at):
        yield from _against(one, before, crowded, city, now)


def _against(one: PlanDate, before: Mapping[datetime, PlanDate], crowded: Set[date], city: CityFacts, now: datetime) -> Iterator[Obstacle]:
    if to_utc(one.at, city.time_zone) <= now:
        yield Obstacle.PAST
    if abs(one.at.date() - one.original.date()) > FURTHEST_MOVE:
        yield Obstacle.TOO_FAR
    if one.at.date() in crowded:
        yield Obstacle.TAKEN
    # What its own rule puts into quiet hours waits for their end, as its author was told; nobody is asked again about a move.
    if one.moved and quiet_kind(one.at, city) and not quiet_kind(before[one.original].at, city):
        yield Obstacle.QUIET


def _crowded(dates: Mapping[datetime, PlanDate]) -> set[date]:
    """Days with two dates of one campaign: nobody gets the same message twice in a day."""
    days = Counter(one.at.date() for one in dates.values() if not one.skipped)
    return {day for day, number in days.items() if number > 1}
