"""Doing together what was asked for one by one: while one round is under way, the next one fills (group commit)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Gathering(Generic[Item, Result]):
    """Hands items over to ``work`` in rounds. Nobody waits for a round to fill: the first one begins at once.

    Args:
        work: gives one result for each item, in their order. What it raises is raised to everybody of its round.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]]) -> None:
        self._work = work
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._rounds: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> Result:
        """Have it done. It is done, too, when whoever waits here is cancelled."""
        place: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, place))
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.create_task(self._run())
        return await place

    async def finished(self) -> None:
        """Wait until nothing is under way any more."""
        if self._rounds is not None:
            await asyncio.wait({self._rounds})

    async def _run(self) -> None:
        while self._waiting:
            round_, self._waiting = self._waiting, []
            try:
                results = await self._work([item for item, _ in round_])
            except Exception as error:
                _fail([place for _, place in round_], error)
            else:
                for (_, place), result in zip(round_, results, strict=True):
                    if not place.done():
                        place.set_result(result)


def _fail(places: Sequence[asyncio.Future[Result]], error: Exception) -> None:
    for place in places:
        if not place.done():
            place.set_exception(error)
