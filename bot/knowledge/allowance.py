"""How much one person may add in a day. In memory only: who asked is written nowhere."""

from __future__ import annotations

from collections import Counter
from datetime import date


class Allowance:
    """So many a day for each name, so many for all together; counts are forgotten when the day ends."""

    def __init__(self, each: int, together: int) -> None:
        self._each = each
        self._together = together
        self._day: date | None = None
        self._used: Counter[str] = Counter()

    def take(self, name: str, day: date) -> bool:
        """Use one up; False when there is none left today."""
        if day != self._day:
            self._day = day
            self._used.clear()
        if self._used[name] >= self._each or self._used.total() >= self._together:
            return False
        self._used[name] += 1
        return True
