"""Slows guessing at receipts down, without keeping the right person out for long.

Three leaky buckets: the person who tries, the locator that is tried, and everybody together. Each failure fills them,
time empties them, and a full one means waiting for its next drop: at most a minute for one person, seconds for a
locator that others attack, a fraction of a second for all. Kept in memory only, so that no table ever says who asked for
which tip; 77 bits do not depend on a restart.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from bot.errors import TooManyAttempts


@dataclass(frozen=True, slots=True)
class Bucket:
    """``size`` failures at once, then one more each ``seconds``."""

    size: int
    seconds: float


PERSON = Bucket(5, 60.0)
LOCATOR = Bucket(20, 5.0)
EVERYBODY = Bucket(120, 0.25)
_REMEMBERED = 10_000


class Attempts:
    """Counts tries at receipts."""

    def __init__(self) -> None:
        self._levels: OrderedDict[tuple[Bucket, str], tuple[float, datetime]] = OrderedDict()

    def enter(self, person: str, locator: str, now: datetime) -> None:
        """Count one try before it is checked.

        Raises:
            TooManyAttempts: not yet; nothing was counted. ``retry_after`` in seconds, never more than a minute.
        """
        keys = _keys(person, locator)
        wait = max((self._level(key, now) - key[0].size + 1) * key[0].seconds for key in keys)
        if wait > 0:
            raise TooManyAttempts(retry_after=wait)
        for key in keys:
            self._set(key, self._level(key, now) + 1, now)

    def succeeded(self, person: str, locator: str, now: datetime) -> None:
        """The try was right: it does not count."""
        for key in _keys(person, locator):
            self._set(key, max(0.0, self._level(key, now) - 1), now)
        self._levels.pop((PERSON, person), None)

    def _level(self, key: tuple[Bucket, str], now: datetime) -> float:
        level, since = self._levels.get(key, (0.0, now))
        return max(0.0, level - max(0.0, (now - since).total_seconds()) / key[0].seconds)

    def _set(self, key: tuple[Bucket, str], level: float, now: datetime) -> None:
        self._levels[key] = (level, now)
        self._levels.move_to_end(key)
        while len(self._levels) > _REMEMBERED:
            self._levels.popitem(last=False)


def _keys(person: str, locator: str) -> tuple[tuple[Bucket, str], ...]:
    return (PERSON, person), (LOCATOR, locator), (EVERYBODY, "")
