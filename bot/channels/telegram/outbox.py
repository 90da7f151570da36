"""Answers to somebody who is waiting: sent in order, tried again until Telegram has them."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from telegram.error import TelegramError

from bot.channels.telegram.api import BotApi
from bot.channels.telegram.faults import fault_of
from bot.channels.telegram.pacing import Lane
from bot.channels.telegram.replies import Piece
from bot.errors import NotSent, Refused, Uncertain

log = logging.getLogger(__name__)

_PATIENCE = 3600.0
"""Seconds after which an answer is given up."""
_TYPING_AFTER = 0.3
_TYPING_AGAIN = 4.5
"""Telegram shows "typing" for five seconds."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to answer: a chat and, in a group with topics, the topic."""

    chat: int
    topic: int | None = None

    def arguments(self) -> dict[str, Any]:
        """As arguments of the Bot API."""
        return {"chat_id": self.chat} | ({} if self.topic is None else {"message_thread_id": self.topic})

    def __repr__(self) -> str:
        return "Target(hidden)"


class Outbox:
    """Sends replies, at least once.

    A reply whose fate is unknown (no answer, 5xx) is sent again: one that comes twice is a nuisance, one that never
    comes may have held the number to call. Broadcasts choose the opposite, see :mod:`messenger`.
    """

    def __init__(
        self,
        api: BotApi,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        patience: float = _PATIENCE,
    ) -> None:
        self._api = api
        self._sleep = sleep
        self._jitter = jitter
        self._patience = patience

    async def send(self, target: Target, piece: Piece) -> int | None:
        """Deliver one message; returns its number in the chat, None when the server told none.

        Raises:
            Unreachable: the person blocked the bot or the chat is gone.
            Refused: Telegram does not take this message, not even without formatting.
            NotSent, Uncertain: given up after an hour of trying.
        """
        waited, pause = 0.0, 0.25
        while True:
            try:
                return await self._try(target, piece)
            except (NotSent, Uncertain) as fault:
                if waited >= self._patience:
                    raise
                pause = min(pause * 2, 30.0)
                delay = max(pause * (0.5 + self._jitter()), fault.retry_after if isinstance(fault, NotSent) else 0.0)
                log.warning("a reply will be tried again in %.1f s: %s", delay, type(fault).__name__)
                await self._sleep(delay)
                waited += delay

    async def answer_press(self, query_id: str) -> None:
        """Stop the button's spinner. An old or invented press cannot be answered, and that is fine."""
        await self._optional("answerCallbackQuery", lane=Lane.REPLY, callback_query_id=query_id)

    @asynccontextmanager
    async def typing(self, target: Target) -> AsyncIterator[None]:
        """Show "typing" when the work inside takes longer than a moment. Never fails the work."""
        task: list[asyncio.Task[None]] = []
        start = asyncio.get_running_loop().call_later(_TYPING_AFTER, lambda: task.append(asyncio.create_task(self._type(target))))
        try:
            yield
        finally:
            start.cancel()
            for running in task:
                running.cancel()
            await asyncio.gather(*task, return_exceptions=True)

    async def _try(self, target: Target, piece: Piece) -> int | None:
        try:
            try:
                sent = await self._api.call("sendMessage", **target.arguments(), **piece.arguments())
            except TelegramError as error:
                if not isinstance(fault_of(error), Refused):
                    raise
                log.error("Telegram refused a reply's formatting; sending it plain")
                sent = await self._api.call("sendMessage", **target.arguments(), **piece.arguments(plain=True))
        except TelegramError as error:
            raise fault_of(error) from None
        number = sent.get("message_id") if isinstance(sent, dict) else None
        return number if isinstance(number, int) else None

    async def _type(self, target: Target) -> None:
        while await self._optional("sendChatAction", lane=Lane.OPTIONAL, action="typing", **target.arguments()):
            await self._sleep(_TYPING_AGAIN)

    async def _optional(self, method: str, *, lane: Lane, **data: Any) -> bool:
        try:
            await self._api.call(method, lane, **data)
        except TelegramError as error:
            log.debug("%s was not done: %s", method, type(error).__name__)
            return False
        return True
