"""Slows guessing at receipts down, without keeping the right person out for long.

Three leaky buckets: the person who tries (under a name of the day), the locator that is tried, and everybody together.
Each failure fills them, time empties them, and a full one means waiting for its next drop: at most a minute for one person,
seconds for a locator that others attack, a fraction of a second for all. Kept in memory only, each kind apart, so that
nothing ever says who asked for which tip; 77 bits do not depend on a restart.
"""

from __future__ import annotations

from datetime import datetime

from bot.errors import TooManyAttempts
from bot.tips.buckets import Bucket, DayNames, Levels

PERSON = Bucket(5, 60.0)
LOCATOR = Bucket(20, 5.0)
EVERYBODY = Bucket(120, 0.25)


class Attempts:
    """Counts tries at receipts."""

    def __init__(self) -> None:
        self._names = DayNames()
        self._people, self._locators, self._everybody = Levels(PERSON), Levels(LOCATOR), Levels(EVERYBODY)

    def enter(self, person: str, locator: str, now: datetime) -> None:
        """Count one try before it is checked.

        Raises:
            TooManyAttempts: not yet; nothing was counted. ``retry_after`` in seconds, never more than a minute.
        """
        levels = self._levels(person, locator, now)
        wait = max(level.wait(name, now) for level, name in levels)
        if wait > 0:
            raise TooManyAttempts(retry_after=wait)
        for level, name in levels:
            level.add(name, now)

    def succeeded(self, person: str, locator: str, now: datetime) -> None:
        """The try was right: it does not count."""
        for level, name in self._levels(person, locator, now):
            level.add(name, now, -1)
        self._people.empty(self._names.of(person, now))

    def _levels(self, person: str, locator: str, now: datetime) -> tuple[tuple[Levels, str], ...]:
        return (self._people, self._names.of(person, now)), (self._locators, locator), (self._everybody, "")
