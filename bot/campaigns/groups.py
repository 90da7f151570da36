"""Results by groups of people, as they may be shown. Pure.

A group is what people told of themselves (language, age band, district), the channel, or the hour at which the message left.
Groups are never crossed: nobody counts who is of which age *and* from which district. For each group there is to how many the
message was sent, how many opened help, answered, and were right. Small numbers are hidden, and as many others as protect them
(:mod:`bot.suppression`); a column whose sum would have to be hidden is left out of all groups, since the sums stand elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

from bot.suppression import suppress_chain


class Dimension(StrEnum):
    """By what people are grouped. ``all``: everybody. ``variant``: which text of a trial they got; shown only as its result."""

    ALL = "all"
    LANGUAGE = "language"
    CHANNEL = "channel"
    AGE = "age"
    DISTRICT = "district"
    HOUR = "hour"
    VARIANT = "variant"


SHOWN = (Dimension.LANGUAGE, Dimension.CHANNEL, Dimension.AGE, Dimension.DISTRICT, Dimension.HOUR)
"""The dimensions that are shown as tables."""


class Event(StrEnum):
    """What is counted of a group. ``sent``: handed over and accepted. ``help``: pressed "I need help now"."""

    SENT = "sent"
    HELP = "help"
    ANSWERED = "answered"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Counts:
    """The exact numbers of a group: suppress before showing."""

    sent: int = 0
    help: int = 0
    answered: int = 0
    right: int = 0

    def whole(self) -> Counts:
        """With nobody who answered what was not sent: an outcome that was lost, or somebody who told of themselves meanwhile."""
        answered = max(self.answered, self.right)
        return replace(self, sent=max(self.sent, self.help, answered), answered=answered)

    def parts(self, events: Sequence[Event]) -> dict[str, int]:
        """Everybody of the group in exactly one part each, the last one being those with none of the events."""
        numbers = {event.value: int(getattr(self, event.value)) for event in events}
        if Event.RIGHT in events:
            return {"right": self.right, "wrong": self.answered - self.right, "rest": self.sent - self.answered}
        return {**numbers, "rest": self.sent - sum(numbers.values())}


@dataclass(frozen=True, slots=True)
class GroupTable:
    """A dimension's table. ``rows``: by the group's key (empty: not told), a number for each of ``columns``; None: hidden."""

    dimension: Dimension
    columns: tuple[Event, ...]
    rows: Mapping[str, tuple[int | None, ...]]
    total: tuple[int, ...]


_QUIZ: tuple[tuple[Event, ...], ...] = ((Event.ANSWERED, Event.RIGHT), (Event.ANSWERED,), ())
_HELP: tuple[tuple[Event, ...], ...] = ((Event.HELP,), ())


def protect(dimension: Dimension, groups: Mapping[str, Counts], minimum: int, *, quiz: bool, right: bool) -> GroupTable | None:
    """The table with as many columns as can be shown; None: there is but one group, or too few people.

    ``quiz`` and ``right``: whether the sums of those who answered, and who were right, are shown elsewhere as well.
    """
    whole = {key: groups[key].whole() for key in sorted(groups)}
    if len(whole) < 2 or sum(counts.sent for counts in whole.values()) < minimum:
        return None
    possible = [one for one in _QUIZ if (quiz or not one) and (right or Event.RIGHT not in one)]
    tables = (_protected(dimension, whole, minimum, help_, answers) for answers, help_ in product(possible, _HELP))
    return next((table for table in tables if table is not None), None)


def _protected(
    dimension: Dimension, groups: Mapping[str, Counts], minimum: int, help_: tuple[Event, ...], answers: tuple[Event, ...]
) -> GroupTable | None:
    """The table with these columns; None when one of their sums would be hidden."""
    keys = list(groups)
    dimensions, counts = [keys], []
    if help_:
        dimensions.insert(0, ["help", "rest"])
        counts.append({(part, key): number for key, one in groups.items() for part, number in one.parts(help_).items()})
    if answers:
        dimensions.append([*next(iter(groups.values())).parts(answers)])
        counts.append({(key, part): number for key, one in groups.items() for part, number in one.parts(answers).items()})
    chain = suppress_chain(dimensions, counts or [{(key, ""): one.sent for key, one in groups.items()}], minimum)
    place = 1 if help_ else 0
    sums = [margin for number, margin in enumerate(chain.margins) if number != place]
    if any(number is None for margin in sums for number in margin.values()):
        return None
    columns = (Event.SENT, *help_, *answers)
    rows = {key: (chain.margins[place][key], *_cells(key, chain.tables, help_, answers)) for key in keys}
    total = tuple(sum(int(getattr(one, event.value)) for one in groups.values()) for event in columns)
    return GroupTable(dimension, columns, rows, total)


def _cells(
    key: str, tables: Sequence[Mapping[tuple[str, str], int | None]], help_: tuple[Event, ...], answers: tuple[Event, ...]
) -> Iterator[int | None]:
    if help_:
        yield tables[0]["help", key]
    if Event.RIGHT in answers:
        right, wrong = tables[-1][key, "right"], tables[-1][key, "wrong"]
        yield None if right is None or wrong is None else right + wrong
        yield right
    elif answers:
        yield tables[-1][key, "answered"]
