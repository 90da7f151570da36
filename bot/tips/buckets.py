"""Leaky buckets in memory, and names for people that mean nothing a day later.

Nothing here is written down: a table of who did what would be the very link between a person and a tip that must not exist.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime

_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Bucket:
    """``size`` at once, then one more each ``seconds``."""

    size: int
    seconds: float


class Levels:
    """How full buckets of one kind are, by name. The least used are forgotten first."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._levels: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def wait(self, name: str, now: datetime) -> float:
        """Seconds until one more fits, 0 or less when it does already."""
        return (self._level(name, now) - self._bucket.size + 1) * self._bucket.seconds

    def add(self, name: str, now: datetime, drops: int = 1) -> None:
        """Fill by so many drops; a negative number takes them back."""
        self._levels[name] = (max(0.0, self._level(name, now) + drops), now)
        self._levels.move_to_end(name)
        while len(self._levels) > _REMEMBERED:
            self._levels.popitem(last=False)

    def empty(self, name: str) -> None:
        """Forget a name."""
        self._levels.pop(name, None)

    def __len__(self) -> int:
        return len(self._levels)

    def _level(self, name: str, now: datetime) -> float:
        level, since = self._levels.get(name, (0.0, now))
        return max(0.0, level - max(0.0, (now - since).total_seconds()) / self._bucket.seconds)


class DayNames:
    """Names people for one day: a keyed hash whose key is random, never stored, and thrown away at midnight (UTC)."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._key = b""

    def of(self, person: str, now: datetime) -> str:
        """The person's name of the day."""
        if self._day != now.date():
            self._day, self._key = now.date(), secrets.token_bytes(32)
        return hashlib.blake2b(person.encode(), key=self._key, digest_size=16).hexdigest()
