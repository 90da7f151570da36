"""Asking Telegram for updates. They are acknowledged, by the next call's offset, only after they were stored."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.channels.telegram.api import POLL_SECONDS, BotApi
from bot.channels.telegram.state import Phase
from bot.channels.telegram.updates import KINDS

log = logging.getLogger(__name__)

Accept = Callable[[Sequence[Any]], Awaitable[int]]
"""Stores updates and returns how many were new. What it raises keeps them unacknowledged."""

MOST_WAITING = 2000
"""Updates held in memory; while there are more, the rest waits at Telegram, which keeps them for a day."""

_STAND_BY = 10.0
_FORGET_OFFSET_AFTER = 3600.0
"""Seconds without news after which the offset is dropped: Telegram may begin at another number after a quiet week."""


class Backoff:
    """Growing pauses with jitter: 0.5 s, 1 s, … up to ``longest``."""

    def __init__(self, longest: float, jitter: Callable[[], float] = random.random) -> None:
        self._longest = longest
        self._jitter = jitter
        self._pause = 0.5

    def next(self) -> float:
        """Seconds to wait now."""
        pause, self._pause = self._pause, min(self._pause * 2, self._longest)
        return pause * (0.75 + self._jitter() / 2)

    def reset(self) -> None:
        """It worked."""
        self._pause = 0.5


class Polling:
    """Long polling.

    Args:
        report: hears how it goes (:class:`Phase`).
        waiting: how many updates are held in memory.
    """

    def __init__(
        self,
        api: BotApi,
        accept: Accept,
        report: Callable[[Phase], None],
        waiting: Callable[[], int],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api = api
        self._accept = accept
        self._report = report
        self._waiting = waiting
        self._sleep = sleep
        self._monotonic = monotonic
        self._backoff = Backoff(longest=30.0)
        self._offset: int | None = None
        self._connected = False
        self._news_at = monotonic()

    async def run(self) -> None:
        """Receive until cancelled.

        Raises:
            InvalidToken: the server does not know the token any more.
        """
        while True:
            while self._waiting() > MOST_WAITING:
                await self._sleep(0.1)
            try:
                await self._round()
            except InvalidToken:
                raise
            except Conflict:
                # Another process polls, or a webhook is set. Be there when it ends.
                self._connected = False
                self._report(Phase.STAND_BY)
                await self._sleep(_STAND_BY)
                await self._drop_webhook()
            except TelegramError as error:
                log.debug("getUpdates: %s", type(error).__name__)
                self._connected = False
                self._report(Phase.UNREACHABLE)
                # A server that comes back may count from another number; what it repeats is known by its mark.
                self._offset = None
                await self._sleep(self._backoff.next())

    async def _round(self) -> None:
        started = self._monotonic()
        # The first call after a break does not wait for news, so that everybody sees at once that it works again.
        batch = await self._api.updates(self._offset, KINDS, seconds=POLL_SECONDS if self._connected else 0)
        self._connected = True
        self._report(Phase.POLLING)
        try:
            new = await self._accept(batch) if batch else 0
        except Exception as error:
            log.error("updates could not be stored (%s); Telegram keeps them", type(error).__name__)
            await self._sleep(self._backoff.next())
            return
        self._backoff.reset()
        self._move_on(batch)
        if not new and self._monotonic() - started < 0.2:
            await self._sleep(0.2)  # a server that does not wait, or repeats itself

    def _move_on(self, batch: Sequence[Any]) -> None:
        numbers = [raw["update_id"] for raw in batch if isinstance(raw, dict) and isinstance(raw.get("update_id"), int)]
        if numbers:
            self._offset, self._news_at = max(numbers) + 1, self._monotonic()
        elif self._monotonic() - self._news_at > _FORGET_OFFSET_AFTER:
            self._offset = None

    async def _drop_webhook(self) -> None:
        try:
            await self._api.call("deleteWebhook")
        except TelegramError as error:
            log.debug("deleteWebhook: %s", type(error).__name__)
