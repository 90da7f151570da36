"""Deleting messages from a private chat: Telegram lets a bot delete both sides' messages there for 48 hours."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram.api import BotApi
from bot.channels.telegram.outbox import Target
from bot.channels.telegram.pacer import seconds_of

log = logging.getLogger(__name__)

BATCH = 100
"""Messages that deleteMessages takes in one call (Bot API)."""

_TRIES = 3
_ALREADY_GONE = "message to delete not found"


class Eraser:
    """Deletes messages.

    Args:
        sleep: waits between two tries.
    """

    def __init__(self, api: BotApi, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._api = api
        self._sleep = sleep

    async def one(self, target: Target, number: int) -> bool:
        """Delete a message; false when it stays in the chat (older than 48 hours, or the server does not answer)."""
        return await self._is_gone("deleteMessage", chat_id=target.chat, message_id=number)

    async def many(self, target: Target, numbers: Sequence[int]) -> int:
        """Delete messages; returns how many stay in the chat. Those that are gone already count as deleted."""
        return sum([await self._batch(target, numbers[start : start + BATCH]) for start in range(0, len(numbers), BATCH)])

    async def _batch(self, target: Target, numbers: Sequence[int]) -> int:
        if await self._is_gone("deleteMessages", chat_id=target.chat, message_ids=list(numbers)):
            return 0
        # One that cannot be deleted keeps the whole batch; and a server may not know how to delete several.
        return sum([not await self.one(target, number) for number in numbers])

    async def _is_gone(self, method: str, **data: Any) -> bool:
        for pause in (0.5 * 2**tried for tried in range(_TRIES)):
            try:
                await self._api.call(method, **data)
            except (BadRequest, InvalidToken) as refusal:
                # An unknown method answers like an unknown token: 404.
                return _ALREADY_GONE in str(refusal).lower()
            except RetryAfter as halt:
                await self._sleep(seconds_of(halt))
            except NetworkError:
                await self._sleep(pause)
            except TelegramError as error:
                log.debug("%s was not done: %s", method, type(error).__name__)
                return False
            else:
                return True
        log.warning("%s was given up after %d tries", method, _TRIES)
        return False
