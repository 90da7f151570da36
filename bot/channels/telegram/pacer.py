"""python-telegram-bot's rate limiter on top of the gate: waits, starts, and obeys 429."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.channels.telegram.pacing import Gate, Lane, Limits, Ticket
from bot.messages import Confirm

Monotonic = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]

_SLACK = 0.05
"""Seconds added to a deadline of Telegram's, because its whole seconds may be cut."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a request is to be sent. ``confirm`` is asked when it has its turn, before every try."""

    lane: Lane = Lane.REPLY
    confirm: Confirm | None = None


class Pacer(BaseRateLimiter[Terms]):
    """Keeps Telegram's limits for one bot in one process.

    After a 429 nothing of the bot is sent until the deadline, also by callers that come later; the reply that met it
    is then tried again (429 means that it was not taken), a broadcast is told with RetryAfter.
    """

    def __init__(self, limits: Limits | None = None, *, monotonic: Monotonic = time.monotonic, sleep: Sleep = asyncio.sleep) -> None:
        self._gate = Gate(limits or Limits())
        self._monotonic = monotonic
        self._sleep = sleep
        self._waiting: dict[Ticket, asyncio.Future[None]] = {}
        self._alarm: tuple[float, asyncio.Task[None]] | None = None

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Stop the alarm."""
        if self._alarm is not None:
            self._alarm[1].cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._alarm[1]
            self._alarm = None

    @property
    def halted_for(self) -> float:
        """Seconds until Telegram allows the bot to go on."""
        return self._gate.halted_for(self._monotonic())

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Terms | None,
    ) -> Any:
        """Start the request when the limits allow it.

        Raises:
            RetryAfter: the bot is halted, and the lane does not wait for that.
            Exception: whatever ``confirm`` raises; its place is free again at once.
        """
        terms = rate_limit_args or Terms()
        lane = terms.lane
        while True:
            ticket = await self._admitted(ticket_of(lane, endpoint, data))
            if terms.confirm is not None:
                await self._confirmed(ticket, terms.confirm)
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                self._halt(seconds_of(error))
                if lane is not Lane.REPLY:
                    raise
            finally:
                self._gate.done(ticket, self._monotonic())
                self._pump()

    async def _confirmed(self, ticket: Ticket, confirm: Confirm) -> None:
        """Asks a last time; then what waited through a halt is refused, too, although it had its turn."""
        try:
            await confirm()
            if (halted := self.halted_for) > 0 and ticket.lane is not Lane.REPLY:
                raise RetryAfter(timedelta(seconds=halted))
        except BaseException:
            self._gate.unused(ticket)
            self._pump()
            raise

    async def _admitted(self, ticket: Ticket) -> Ticket:
        halted = self.halted_for
        if halted > 0 and ticket.lane is not Lane.REPLY:
            raise RetryAfter(timedelta(seconds=halted))
        place = self._waiting[ticket] = asyncio.get_running_loop().create_future()
        self._gate.ask(ticket)
        self._pump()
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._gate.unused(ticket)
            self._gate.withdraw(ticket)
            raise
        finally:
            self._waiting.pop(ticket, None)
        return ticket

    def _pump(self) -> None:
        now = self._monotonic()
        for ticket in self._gate.admit(now):
            place = self._waiting[ticket]
            if place.done():  # cancelled a moment ago
                self._gate.unused(ticket)
            else:
                place.set_result(None)
        self._set_alarm(self._gate.next_chance(now))

    def _halt(self, seconds: float) -> None:
        until = self._monotonic() + seconds + _SLACK
        for ticket in self._gate.halt(until):
            place = self._waiting[ticket]
            if not place.done():
                place.set_exception(RetryAfter(timedelta(seconds=seconds)))

    def _set_alarm(self, moment: float | None) -> None:
        if moment is None or (self._alarm and not self._alarm[1].done() and self._alarm[0] <= moment):
            return
        if self._alarm:
            self._alarm[1].cancel()
        self._alarm = (moment, asyncio.create_task(self._ring(moment)))

    async def _ring(self, moment: float) -> None:
        await self._sleep(max(0.0, moment - self._monotonic()))
        self._alarm = None
        self._pump()


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def ticket_of(lane: Lane, endpoint: str, data: Mapping[str, Any]) -> Ticket:
    """What a request counts as: a message to a chat, or something that no message limit concerns."""
    chat = data.get("chat_id")
    message = endpoint.startswith(("send", "copy", "forward", "editMessage")) and endpoint != "sendChatAction"
    if not message or chat is None:
        return Ticket(lane, None)
    return Ticket(lane, str(chat), group=str(chat).startswith(("-", "@")))
