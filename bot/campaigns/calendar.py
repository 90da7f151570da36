"""What stands on the calendar: every campaign's occurrences in a span of days, and what speaks against them. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import takewhile
from zoneinfo import ZoneInfo

from bot.campaigns.city import CityFacts, TermTime
from bot.campaigns.dates import FURTHEST_MOVE, DateChange, PlanDate, plan_dates
from bot.campaigns.letters import CAP_WINDOW
from bot.campaigns.rules import Repeat, rule_of
from bot.campaigns.schedule import to_utc
from bot.campaigns.spans import Span
from bot.campaigns.tables import CampaignState, OccurrenceState

CHANGEABLE = (CampaignState.DRAFT, CampaignState.SUBMITTED, CampaignState.APPROVED, CampaignState.RUNNING, CampaignState.PAUSED)
"""Where single dates of a campaign that repeats can be changed."""
_MOVABLE = (CampaignState.DRAFT, CampaignState.SUBMITTED, CampaignState.APPROVED)
_DAY = timedelta(days=1)
_LAST_MINUTE = 59


class Clash(StrEnum):
    """What speaks against a date. None of them forbids to write it down; at ``night`` and in ``school`` it cannot be submitted."""

    NIGHT = "night"
    SCHOOL = "school"
    SAME_DAY = "same_day"
    WEEKLY_CAP = "weekly_cap"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the calendar needs of a campaign. ``send_at``: wall clock of the city; ``next_fire_at`` (UTC): once it is approved."""

    id: int
    version: int
    title: str
    topic: str
    state: CampaignState
    send_at: datetime
    repeat: Repeat | None = None
    next_fire_at: datetime | None = None
    episode: int | None = None
    changes: tuple[DateChange, ...] = ()

    @property
    def can_move(self) -> bool:
        """See :func:`can_move`."""
        return can_move(self.state, self.repeat)


@dataclass(frozen=True, slots=True)
class Fired:
    """A firing that has begun: when its rule had it (UTC), where it stands, how many people it was for, and when it was due instead."""

    scheduled_for: datetime
    state: OccurrenceState
    total: int
    moved_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One occurrence. ``at``: when it fires or fired, on the city's clock (aware). ``fired`` None: it is still to come.

    ``planned``: which of the rule's dates it is; None: it has fired. ``moved_from``: where that stood (on the city's clock), if elsewhere.
    """

    plan: Plan
    at: datetime
    fired: Fired | None = None
    clashes: tuple[Clash, ...] = ()
    planned: PlanDate | None = None
    moved_from: datetime | None = None

    @property
    def skipped(self) -> bool:
        """Whether it was left out."""
        return self.planned is not None and self.planned.skipped

    @property
    def can_move(self) -> bool:
        """Whether it can be given another time: by itself when it is one of several."""
        if self.plan.repeat is None:
            return self.plan.can_move
        return self.fired is None and not self.skipped and self.plan.state in CHANGEABLE

    @property
    def day(self) -> date:
        """The day it stands on."""
        return self.at.date()

    @property
    def state(self) -> CampaignState:
        """Where this occurrence stands. The coming dates of a campaign that repeats are approved while an earlier one runs."""
        if self.fired is not None:
            return CampaignState(self.fired.state)
        return CampaignState.APPROVED if self.plan.state is CampaignState.RUNNING else self.plan.state

    def is_missed(self, now: datetime) -> bool:
        """Whether its time passed while nobody had approved it."""
        return self.fired is None and self.state in (CampaignState.DRAFT, CampaignState.SUBMITTED) and self.at < now


def can_move(state: CampaignState, repeat: Repeat | None) -> bool:
    """Whether a campaign's date can be changed by itself: it fires once, and has not begun to."""
    return repeat is None and state in _MOVABLE


def coming(plan: Plan, city: CityFacts, span: Span, now: datetime) -> list[Entry]:
    """The occurrences of a plan in ``span`` that have not begun, in order.

    What fires once and was not approved in time stays where it was written, so that somebody sees it.
    """
    since = _coming_since(plan, now)
    if since is None:
        return []
    found = ((one, to_utc(one.at, city.time_zone)) for one in _dates(plan, city, span))
    start, end = span.moments(city.time_zone)
    # What was left out is no turn that could be missed: it is shown for as long as it can be taken back.
    shown = [(one, moment) for one, moment in found if start <= moment < end and moment >= (min(since, now) if one.skipped else since)]
    return [_entry(plan, one, moment, city.time_zone) for one, moment in sorted(shown, key=lambda each: each[1])]


def begun(plan: Plan, fired: Fired, zone: ZoneInfo) -> Entry:
    """A firing that has begun, where it was due."""
    original = fired.scheduled_for.astimezone(zone)
    if fired.moved_to is None:
        return Entry(plan, original, fired)
    return Entry(plan, fired.moved_to.astimezone(zone), fired, moved_from=original)


def with_clashes(entries: Iterable[Entry], city: CityFacts) -> list[Entry]:
    """In order of time, each with what speaks against it. Nothing is held against what has begun, but it counts against others."""
    ordered = sorted(entries, key=lambda one: (one.at, one.plan.id))
    by_topic: dict[str, list[datetime]] = defaultdict(list)
    for one in ordered:
        if not _is_over(one):
            by_topic[one.plan.topic].append(one.at.astimezone(UTC))
    days = Counter((one.plan.topic, one.day) for one in ordered if not _is_over(one))
    full = {topic: _overfull(moments, city.weekly_cap) for topic, moments in by_topic.items()}
    return [one if one.fired or one.skipped else replace(one, clashes=tuple(_clashes(one, city, days, full))) for one in ordered]


def quiet_kind(wall: datetime, city: CityFacts) -> Clash | None:
    """Why a time on the wall clock (naive) is quiet; None: it is not."""
    if city.quiet_hours.night.contains(wall):
        return Clash.NIGHT
    return Clash.SCHOOL if TermTime(city.quiet_hours.school, city.calendar).contains(wall) else None


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of a day on the wall clock. ``quiet``: of its first quiet minute; ``whole``: all of it is quiet."""

    start: datetime
    quiet: Clash | None
    whole: bool
    exists: bool
    """False: the clocks jump over all of it."""


def hour_of(day: date, hour: int, city: CityFacts) -> Hour:
    """An hour as the calendar of a week shows it."""
    start = datetime.combine(day, time(hour))
    begins, ends = quiet_kind(start, city), quiet_kind(start.replace(minute=_LAST_MINUTE), city)
    exists = any(_is_on_the_clock(start.replace(minute=minute), city.time_zone) for minute in (0, _LAST_MINUTE))
    return Hour(start, begins or ends, bool(begins and ends), exists)


def clock_change(day: date, zone: ZoneInfo) -> timedelta:
    """By how much the clocks go forward on a day (backward: negative); nought on nearly all of them."""
    midnight, next_midnight = Span(day, day).moments(zone)
    return _DAY - (next_midnight - midnight)


def _coming_since(plan: Plan, now: datetime) -> datetime | None:
    """From when on its rule counts; None: nothing more comes of it."""
    if plan.next_fire_at is not None:
        return plan.next_fire_at
    if plan.state not in (CampaignState.DRAFT, CampaignState.SUBMITTED):
        return None
    return now if plan.repeat else datetime.min.replace(tzinfo=UTC)


def _dates(plan: Plan, city: CityFacts, span: Span) -> Iterator[PlanDate]:
    """The plan's dates that can lie in ``span``, wherever they were moved from.

    Looks a day further on either side: a jump of the clocks moves a time on the wall by less than that.
    """
    rule = rule_of(plan.send_at, plan.repeat, city.calendar.is_school_free)
    reach = FURTHEST_MOVE + _DAY if plan.changes else _DAY
    last = datetime.combine(span.last, time()) + _DAY + reach
    dates = plan_dates(rule, plan.changes, datetime.combine(span.first, time()) - reach)
    return takewhile(lambda one: one.original <= last, dates)


def _entry(plan: Plan, date: PlanDate, moment: datetime, zone: ZoneInfo) -> Entry:
    moved_from = to_utc(date.original, zone).astimezone(zone) if date.moved else None
    return Entry(plan, moment.astimezone(zone), planned=date, moved_from=moved_from)


def _is_over(entry: Entry) -> bool:
    """Left out, or cancelled while it was sent: it takes nobody's place."""
    return entry.skipped or entry.state is CampaignState.CANCELLED


def _clashes(entry: Entry, city: CityFacts, days: Counter[tuple[str, date]], full: dict[str, list[datetime]]) -> Iterator[Clash]:
    if (quiet := quiet_kind(entry.at.replace(tzinfo=None), city)) is not None:
        yield quiet
    if days[entry.plan.topic, entry.day] > 1:
        yield Clash.SAME_DAY
    moment, overfull = entry.at.astimezone(UTC), full.get(entry.plan.topic, [])
    if bisect_left(overfull, moment) < bisect_left(overfull, moment + CAP_WINDOW):
        yield Clash.WEEKLY_CAP


def _overfull(moments: Sequence[datetime], cap: int) -> list[datetime]:
    """Those of ascending moments that are more than the cap allows, with the ones in the seven days before them."""
    return [moment for number, moment in enumerate(moments) if number + 1 - bisect_right(moments, moment - CAP_WINDOW) > cap]


def _is_on_the_clock(wall: datetime, zone: ZoneInfo) -> bool:
    return to_utc(wall, zone).astimezone(zone).replace(tzinfo=None, fold=0) == wall
