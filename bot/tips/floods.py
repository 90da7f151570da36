"""Keeps one chat from filling the queue: a generous number of tips, counted under a name that is gone at midnight.

It never stands before a tip that tells of danger to life.
"""

from __future__ import annotations

from datetime import datetime

from bot.errors import TooManyAttempts
from bot.tips.buckets import Bucket, DayNames, Levels

TIPS = Bucket(20, 1800.0)
"""Twenty tips at once, then one each half hour."""


class Floods:
    """Counts tips sent from each chat, in memory."""

    def __init__(self) -> None:
        self._names = DayNames()
        self._levels = Levels(TIPS)

    def check(self, person: str, now: datetime) -> None:
        """Raises TooManyAttempts when this chat has sent too many; ``retry_after`` in seconds."""
        wait = self._levels.wait(self._names.of(person, now), now)
        if wait > 0:
            raise TooManyAttempts(retry_after=wait)

    def count(self, person: str, now: datetime) -> None:
        """One tip was stored."""
        self._levels.add(self._names.of(person, now), now)
