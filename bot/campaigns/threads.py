"""Threads: series that each person walks at their own pace, and that may fork on an answer. Pure.

A thread begins for everybody on a day, or for each person some days after they chose the topic. After an episode its
:class:`Onward` says which one is next and when. All episodes come at one hour of the city's clock, unless an answer calls the
next one at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot.campaigns.schedule import to_utc

END = ""
"""Stands where a key does: the thread ends there."""
LONGEST_WAIT = 60
"""Days, between joining and the first episode, and between two episodes."""
LATE = timedelta(hours=24)
"""How long an episode still makes sense, in a new thread: own quiet hours of a night are waited out."""
MARGIN = timedelta(minutes=5)
"""Who joins so shortly before the hour begins a day later: a wish may be written down a little after its moment."""

_DAY = timedelta(days=1)


class Pace(StrEnum):
    """When the next episode comes to somebody who has answered.

    ``time``: when it would have come anyway; ``next_day``: at the thread's hour of the next day; ``at_once``.
    """

    TIME = "time"
    NEXT_DAY = "next_day"
    AT_ONCE = "at_once"


@dataclass(frozen=True, slots=True)
class Onward:
    """How a thread goes on after an episode.

    Attributes:
        key: the episode's own name within the thread.
        next: the episode for whoever has not answered, or chose an answer that is not in ``answers``; :data:`END`: none.
        days: when that one comes, counted from this one.
        answers: the number of an answer and the episode that it leads to, or :data:`END`.
        pace: when the next episode comes after an answer.
        joining: of a thread's first episode: how many days after choosing the topic it comes; None: on the campaign's day.
    """

    key: str
    next: str = END
    days: int = 7
    answers: tuple[tuple[int, str], ...] = ()
    pace: Pace = Pace.TIME
    joining: int | None = None

    def after(self, answer: int) -> str:
        """The episode that an answer leads to."""
        return dict(self.answers).get(answer, self.next)

    @property
    def ends(self) -> bool:
        """Whether nothing can follow, whatever is answered."""
        return not any(self.targets)

    @property
    def targets(self) -> list[str]:
        """Where it may go on, each once, the one without an answer first."""
        return list(dict.fromkeys([self.next, *(target for _, target in self.answers)]))


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a thread. ``index``: of the episode, from 0; ``part``: of its :class:`Onward`; ``code``: a catalogue key."""

    index: int
    part: tuple[str | int, ...]
    code: str
    target: str = ""


FAULTS = frozenset({"thread_twice", "thread_nowhere", "thread_circle", "thread_unreachable", "thread_no_answer"})
"""Everything that may be wrong with a thread's ways."""


def find_faults(onwards: Sequence[Onward], answers: Sequence[int]) -> list[Fault]:
    """What keeps a thread from being told: names used twice, ways to nowhere, circles, episodes that nobody can reach.

    Args:
        answers: how many answers each episode's quiz offers; 0: it has none.
    """
    places = {one.key: index for index, one in reversed(list(enumerate(onwards)))}
    faults = [Fault(index, ("id",), "thread_twice", one.key) for index, one in enumerate(onwards) if places[one.key] != index]
    for index, one in enumerate(onwards):
        faults += [Fault(index, part, "thread_nowhere", target) for part, target in _ways(one) if target and target not in places]
        faults += [Fault(index, ("answers", str(n)), "thread_no_answer") for n, _ in one.answers if not 1 <= n <= answers[index]]
    reached, circles = _walked(onwards, places)
    unreached = [Fault(index, (), "thread_unreachable", one.key) for index, one in enumerate(onwards) if index not in reached]
    return sorted([*faults, *circles, *unreached], key=lambda fault: fault.index)


def _ways(one: Onward) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Where it may go on, with the part that says so."""
    yield ("next",), one.next
    yield from ((("answers", str(number)), target) for number, target in one.answers)


def _walked(onwards: Sequence[Onward], places: dict[str, int]) -> tuple[set[int], list[Fault]]:
    """Which episodes can be reached from the first one, and the ways that lead back to where one has been."""
    reached: set[int] = set()
    circles: list[Fault] = []

    def walk(index: int, been: frozenset[int]) -> None:
        reached.add(index)
        for part, target in _ways(onwards[index]):
            if (following := places.get(target)) is None:
                continue
            if following in been:
                circles.append(Fault(index, part, "thread_circle", target))
            elif following not in reached:
                walk(following, been | {following})

    if onwards:
        walk(0, frozenset({0}))
    return reached, circles


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a thread's outline. ``depth``: how far it is set in; ``answers``: those that lead here, 0: no answer, or another one.

    ``index`` None: the thread ends here. ``again``: the episode stands further up, with what follows it.
    """

    depth: int
    index: int | None
    answers: tuple[int, ...] = ()
    again: bool = False


def outline(onwards: Sequence[Onward]) -> list[Line]:
    """The thread as an indented list: what follows one after the other is not set in, what forks is. Each episode is unfolded once."""
    places = {one.key: index for index, one in reversed(list(enumerate(onwards)))}
    lines: list[Line] = []
    unfolded: set[int] = set()

    def write(index: int | None, depth: int, answers: tuple[int, ...]) -> None:
        again = index in unfolded
        lines.append(Line(depth, index, answers, again))
        if index is None or again:
            return
        unfolded.add(index)
        one = onwards[index]
        forks = len(one.targets) > 1
        for target in one.targets:
            if forks or target:
                write(places.get(target), depth + forks, _leading(one, target) if forks else ())

    if onwards:
        write(0, 0, ())
    return lines


def _leading(one: Onward, target: str) -> tuple[int, ...]:
    chosen = tuple(number for number, to in one.answers if to == target)
    return (*chosen, 0) if target == one.next else chosen


def at_hour(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The thread's hour of a day (UTC)."""
    return to_utc(datetime.combine(day, at), zone)


def days_later(moment: datetime, days: int, at: time, zone: ZoneInfo) -> datetime:
    """The thread's hour (UTC) so many days after the day on which ``moment`` lies in ``zone``."""
    return at_hour(moment.astimezone(zone).date() + timedelta(days=days), at, zone)


def next_hour(after: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The thread's hour (UTC) that comes next, strictly after ``after``."""
    days = (days_later(after, number, at, zone) for number in range(-1, 3))
    return next(moment for moment in days if moment > after)


def joined(due: datetime, days: int, at: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Who begins at ``due``, an hour of the thread: those who chose the topic from the first moment to before the second (UTC).

    With ``days``, those of a whole day of the city's clock; with none, those since the hour before. Each moment belongs to
    exactly one hour.
    """
    day = due.astimezone(zone).date()
    if days:
        return at_hour(day - days * _DAY, time(), zone), at_hour(day - (days - 1) * _DAY, time(), zone)
    return at_hour(day - _DAY, at, zone) - MARGIN, due - MARGIN


def dump_onward(onward: Onward) -> str:
    """As it is stored, and as an approval names it: JSON."""
    return json.dumps(asdict(onward), sort_keys=True)


def load_onward(dumped: str) -> Onward:
    """The reverse of :func:`dump_onward`."""
    kept: dict[str, Any] = json.loads(dumped)
    answers = tuple((int(number), str(target)) for number, target in kept["answers"])
    return Onward(kept["key"], kept["next"], kept["days"], answers, Pace(kept["pace"]), kept["joining"])
