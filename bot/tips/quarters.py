"""Quarters of a year, the only periods that figures are counted for. Pure; days are those of UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

SETTLED_AFTER = timedelta(days=30)
"""A quarter is counted so long after its end: by then its last tips have had time to be answered."""


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a year. ``number``: 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter that a day lies in."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, name: str) -> Quarter:
        """The quarter of that name. Raises ValueError for anything that is none."""
        found = re.fullmatch(r"([12]\d{3})-Q([1-4])", name, re.ASCII)
        if found is None:
            raise ValueError("not a quarter")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def due(cls, now: datetime) -> Quarter:
        """The newest quarter that ended :data:`SETTLED_AFTER` ago or earlier."""
        return cls.of((now - SETTLED_AFTER).astimezone(UTC).date()).before

    def __str__(self) -> str:
        return f"{self.year:04}-Q{self.number}"

    @property
    def months(self) -> tuple[date, date, date]:
        """The first days of its months."""
        first = 3 * self.number - 2
        return date(self.year, first, 1), date(self.year, first + 1, 1), date(self.year, first + 2, 1)

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, 3 * self.number - 2, 1, tzinfo=UTC)

    @property
    def next(self) -> Quarter:
        """The one after it."""
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    @property
    def before(self) -> Quarter:
        """The one before it."""
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)
