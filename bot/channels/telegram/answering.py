"""One update at a time of a chat: read it, let the conversation answer, show the answer, destroy the content."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.channels.telegram.claims import Claims
from bot.channels.telegram.erasing import Eraser
from bot.channels.telegram.inbox import Inbox, Stored
from bot.channels.telegram.news import Hear, news_of, unheard
from bot.channels.telegram.outbox import Outbox, Target
from bot.channels.telegram.replies import pieces
from bot.channels.telegram.sweeping import Sweeper
from bot.channels.telegram.updates import Reader, Received
from bot.errors import DeliveryError, Unreachable
from bot.messages import Incoming, Language, Membership, Press, Reply, Turn

log = logging.getLogger(__name__)

MOST_TRIES = 3
"""An update that makes the handling fail this often is put aside."""

_STORE_TROUBLE = (OperationalError, InterfaceError, PoolTimeoutError, OSError)
"""The store is locked, full or away: not the update's fault, so it keeps waiting."""


class Texts(Protocol):
    """The text of a catalogue key in a language, with the city's own words filled in."""

    def __call__(self, key: str, language: Language, **params: object) -> str:
        """Say it."""


T = TypeVar("T")


class Conversation(Protocol):
    """What this channel needs of the conversation."""

    async def handle(self, incoming: Incoming) -> Turn:
        """Answer one message. A repeated id gets the same answer and changes nothing."""


class Answering:
    """Handles the updates of chats, each chat in order (see :mod:`dispatch`).

    Args:
        texts: for the few words that the channel says itself, keys ``telegram.…``.
        languages: the city's languages, the default first.
        hear: told what updates say about groups and channels.
        at_once: how many messages the conversation works on at the same time.
    """

    def __init__(
        self,
        inbox: Inbox,
        claims: Claims,
        reader: Reader,
        outbox: Outbox,
        conversation: Conversation,
        texts: Texts,
        languages: Sequence[Language],
        eraser: Eraser,
        sweeper: Sweeper,
        *,
        hear: Hear = unheard,
        at_once: int = 16,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._inbox = inbox
        self._claims = claims
        self._reader = reader
        self._outbox = outbox
        self._conversation = conversation
        self._texts = texts
        self._languages = languages
        self._eraser = eraser
        self._sweeper = sweeper
        self._hear = hear
        self._room = asyncio.Semaphore(at_once)
        self._sleep = sleep
        self._told: set[bytes] = set()  # marks of updates whose people know that the answer takes longer
        self.put_aside = 0
        """Updates given up since the start."""

    async def work(self, chat: str) -> bool:
        """Handle the chat's next update; false when there is none."""
        stored = await self._surely(lambda: self._claims.take(chat))
        if stored is None:
            return False
        if await self._is_settled(stored):
            await self._surely(lambda: self._inbox.finish(stored))
            self._claims.drop(stored)
            self._told.discard(stored.mark)
        return True

    async def _is_settled(self, stored: Stored) -> bool:
        """Try once. False: try again later."""
        if stored.recovered and stored.tries >= MOST_TRIES:
            return await self._give_up(stored, "it ended the process")
        await self._begin(stored)
        try:
            await self._answer(stored)
        except _STORE_TROUBLE as trouble:
            return await self._wait_for_store(stored, trouble)
        except Exception as error:
            return await self._failed(stored, error)
        return True

    async def _begin(self, stored: Stored) -> None:
        # Fresh updates save this write. A recovered one had a try that nobody counted, and may be why the process ended.
        stored.tries = (max(stored.tries, 1) if stored.recovered else stored.tries) + 1
        if stored.recovered:
            await self._surely(lambda: self._inbox.note_try(stored))

    async def _answer(self, stored: Stored) -> None:
        if (news := news_of(stored.raw)) is not None:
            await self._hear(news)
        received = self._reader.read(stored)
        if received is None:
            return
        if received.incoming is None:
            await self._forget(received)
            return
        try:
            await self._converse(received, received.incoming)
        except Unreachable:
            if not received.incoming.group:
                await self._conversation.handle(_gone(received.incoming))
        except DeliveryError as fault:
            log.error("an answer could not be delivered: %s", type(fault).__name__)

    async def _converse(self, received: Received, incoming: Incoming) -> None:
        async with self._outbox.typing(received.target), self._room:
            turn = await self._conversation.handle(incoming)
        language, target = turn.language or self._language(incoming), received.target
        if incoming.group:
            turn = replace(turn, erase=False, trail=None)
        own = _own(received)
        stays = turn.erase and not all([await self._eraser.one(target, number) for number in own])
        swept = await self._surely(lambda: self._sweeper.before(target, turn.trail, own))
        shown = [number for reply in turn.replies for number in await self._show(target, reply, language)]
        if swept is not None:
            await self._say(target, swept.said_by, language, count=swept.left or swept.deleted)
        elif stays:
            await self._say(target, "telegram.forget_late", language)
        await self._surely(lambda: self._sweeper.after(target, turn.trail, [*own, *shown]))

    async def _show(self, target: Target, reply: Reply, language: Language) -> list[int]:
        """Send a reply; returns the numbers that its messages have in the chat."""
        label = self._texts("telegram.forget", language) if reply.sensitive else None
        sent = [await self._outbox.send(target, piece) for piece in pieces(reply, label)]
        return [number for number in sent if number is not None]

    async def _forget(self, received: Received) -> None:
        if received.message_id is not None and not await self._eraser.one(received.target, received.message_id):
            await self._say(received.target, "telegram.forget_late", self._languages[0])

    async def _failed(self, stored: Stored, error: Exception) -> bool:
        # Neither the message nor the values of the traceback: they may hold the person's words.
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        log.error("update %d: try %d failed with %s at %s", stored.update_id, stored.tries, type(error).__name__, where)
        if stored.tries >= MOST_TRIES:
            return await self._give_up(stored, "every try failed")
        await self._surely(lambda: self._inbox.note_try(stored))
        await self._sleep(0.5 * stored.tries)
        return False

    async def _give_up(self, stored: Stored, reason: str) -> bool:
        log.error("update %d is put aside after %d tries: %s", stored.update_id, stored.tries, reason)
        self.put_aside += 1
        await self._own_words(stored, "telegram.trouble")
        return True

    async def _wait_for_store(self, stored: Stored, trouble: Exception) -> bool:
        log.error("the store does not answer (%s); update %d waits", type(trouble).__name__, stored.update_id)
        stored.tries -= 1
        if stored.mark not in self._told:
            self._told.add(stored.mark)
            await self._own_words(stored, "telegram.later")
        await self._sleep(2.0)
        return False

    async def _own_words(self, stored: Stored, key: str) -> None:
        try:
            received = self._reader.read(stored)
        except Exception as error:
            log.error("update %d cannot be read: %s", stored.update_id, type(error).__name__)
            return
        if received is not None and received.incoming is not None and not received.incoming.group:
            await self._say(received.target, key, self._language(received.incoming))

    async def _say(self, target: Target, key: str, language: Language, **params: object) -> None:
        try:
            await self._show(target, Reply(self._texts(key, language, **params)), language)
        except DeliveryError as fault:
            log.error("%s could not be delivered: %s", key, type(fault).__name__)

    def _language(self, incoming: Incoming) -> Language:
        hint = (incoming.language_hint or "")[:2].lower()
        return next((language for language in self._languages if language == hint), self._languages[0])

    async def _surely(self, act: Callable[[], Awaitable[T]]) -> T:
        """Do something with the store, however long it takes to come back."""
        pause = 0.25
        while True:
            try:
                return await act()
            except _STORE_TROUBLE as trouble:
                log.error("the store does not answer: %s", type(trouble).__name__)
                await self._sleep(pause)
                pause = min(pause * 2, 10.0)


def _own(received: Received) -> list[int]:
    """The number of the person's own message. Of a press it is that of Faro's message with the button, known already."""
    pressed = received.incoming is not None and isinstance(received.incoming.content, Press | Membership)
    return [] if pressed or received.message_id is None else [received.message_id]


def _gone(incoming: Incoming) -> Incoming:
    return Incoming(f"{incoming.id}:gone", incoming.address, Membership(reachable=False), incoming.sent_at)
