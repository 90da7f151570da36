"""Where updates are worked on, once the bot's number is known: taken in, handed out chat by chat, looked after."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.channels.telegram.answering import Answering
from bot.channels.telegram.claims import Claims
from bot.channels.telegram.dispatch import Dispatcher
from bot.channels.telegram.inbox import Inbox, update_id_of
from bot.channels.telegram.trails import Trails

log = logging.getLogger(__name__)

_ROUND = 20.0
"""Seconds between two rounds of housekeeping: a third of a lease."""
_ROUNDS_A_PURGE = 180


class Desk:
    """The updates of one bot.

    Args:
        spinner: stops the spinner of a pressed button, by the callback query's id, in its own time.
    """

    def __init__(
        self, inbox: Inbox, trails: Trails, claims: Claims, answering: Answering, spinner: Callable[[str], object]
    ) -> None:
        self._inbox = inbox
        self._trails = trails
        self._claims = claims
        self._answering = answering
        self._dispatcher = Dispatcher(answering.work)
        self._spinner = spinner

    @property
    def waiting(self) -> int:
        """Updates received and not answered yet."""
        return self._claims.size

    @property
    def put_aside(self) -> int:
        """Updates given up since the start."""
        return self._answering.put_aside

    async def take_up(self) -> None:
        """Begin with what an ended process left, before anything new is accepted: nothing is in memory twice, old comes first."""
        for chat in await self._claims.left_over():
            self._dispatcher.wake(chat)

    async def accept(self, updates: Sequence[Any]) -> int:
        """Store updates and have them worked on; returns how many are new. After this they may be acknowledged."""
        fresh = await self._inbox.store(raw for raw in updates if _is_update(raw))
        self._claims.add(fresh)
        for stored in fresh:
            query = stored.raw.get("callback_query")
            if isinstance(query, Mapping) and query.get("id"):
                # At once, not in the chat's order: the spinner must not wait for messages before it.
                self._spinner(str(query["id"]))
            self._dispatcher.wake(stored.chat)
        return len(fresh)

    async def keep_house(self) -> None:
        """Keep the chats in work, take up those that others left, let old marks go; for ever."""
        rounds = 0
        while True:
            await asyncio.sleep(_ROUND if rounds else 1.0)
            try:
                await self._claims.renew()
                await self.take_up()
                if rounds % _ROUNDS_A_PURGE == 0:
                    await self._inbox.purge()
                    await self._trails.purge()
            except Exception as error:
                log.error("housekeeping waits: %s", type(error).__name__)
            rounds += 1

    async def close(self, grace: float) -> None:
        """Finish what is under way within ``grace`` seconds; the rest stays in the inbox, for whoever comes next."""
        await self._dispatcher.close(grace)
        try:
            await self._claims.close()
        except Exception as error:
            log.error("leases could not be given back (%s); they run out by themselves", type(error).__name__)


def _is_update(raw: object) -> bool:
    try:
        update_id_of(raw)  # type: ignore[arg-type]
    except (ValueError, AttributeError):
        log.error("something that is no update came instead of one")
        return False
    return True
