"""The newest figures, read from the store at most once an hour, however many people look."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot.messages import Clock
from bot.tips.figures import FigureBook
from bot.tips.tally import Figures

SHOWN = 4
"""How many quarters the page shows."""
_FRESH = timedelta(hours=1)


class Shelf:
    """Keeps what was read last."""

    def __init__(self, book: FigureBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._read_at: datetime | None = None
        self._kept: list[Figures] = []

    async def quarters(self) -> list[Figures]:
        """The last :data:`SHOWN` quarters that were counted, newest first. Raises what the store raises."""
        async with self._one_at_a_time:
            if self._read_at is None or self._clock() - self._read_at >= _FRESH:
                self._kept = await self._read()
                self._read_at = self._clock()
            return self._kept

    async def _read(self) -> list[Figures]:
        newest = (await self._book.quarters())[:SHOWN]
        return (await self._book.of(newest[-1], newest[0]))[::-1] if newest else []
