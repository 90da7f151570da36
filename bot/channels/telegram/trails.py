"""Numbers of the messages that may have to be deleted from a chat: sealed, and forgotten once Telegram refuses to delete them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select

from bot.channels.telegram.tables import TrailRow
from bot.crypto import Keyring
from bot.errors import SealBroken
from bot.messages import Clock
from bot.storage import Database, affected, put

DELETABLE_FOR = timedelta(hours=48)
"""How long Telegram lets a bot delete a message of a private chat (Bot API, deleteMessage)."""

MOST = 2_000
"""Messages remembered of one trail; of more than that the oldest are counted only."""


@dataclass(slots=True)
class Remembered:
    """One trail: numbers with the time of each (seconds since 1970), and how many became too old to be deleted."""

    numbers: dict[int, float] = field(default_factory=dict)
    too_old: int = 0

    def add(self, numbers: Sequence[int], now: datetime) -> None:
        """Remember messages of now."""
        self.numbers |= dict.fromkeys(numbers, now.timestamp())
        self.settle(now)

    def settle(self, now: datetime) -> None:
        """Drop the numbers of what Telegram does not delete any more; their count stays."""
        oldest = (now - DELETABLE_FOR).timestamp()
        kept = {number: at for number, at in list(self.numbers.items())[-MOST:] if at > oldest}
        self.too_old += len(self.numbers) - len(kept)
        self.numbers = kept


_Trails = dict[str, Remembered]


class Trails:
    """The trails of one bot's chats.

    Args:
        keyring: ``state`` seals them, ``pseudonym`` hashes chats.
    """

    def __init__(self, database: Database, keyring: Keyring, bot_id: int, clock: Clock) -> None:
        self._database = database
        self._keyring = keyring
        self._bot_id = bot_id
        self._clock = clock

    async def note(self, chat: int, mark: str, numbers: Sequence[int]) -> None:
        """Remember messages of a chat."""

        def added(trails: _Trails) -> None:
            trails.setdefault(mark, Remembered()).add(numbers, self._clock())

        await self._change(chat, added)

    async def of(self, chat: int, mark: str) -> Remembered:
        """What is remembered under a mark; under the empty one: everything."""
        name = self._name(chat)
        trails = await self._database.fetch(lambda connection: self._load(connection, name))
        found = list(trails.values()) if not mark else [trails[mark]] if mark in trails else []
        together = Remembered(too_old=sum(trail.too_old for trail in found))
        for trail in found:
            together.numbers |= trail.numbers
        together.settle(self._clock())
        return together

    async def forget(self, chat: int, mark: str) -> None:
        """Forget a trail; under the empty mark: all of this chat."""

        def removed(trails: _Trails) -> None:
            for each in [mark] if mark else list(trails):
                trails.pop(each, None)

        await self._change(chat, removed)

    async def purge(self) -> int:
        """Delete the trails of chats whose last message cannot be deleted any more; returns how many."""
        async with self._database.begin() as session:
            result = await session.execute(delete(TrailRow).where(TrailRow.expires_at <= self._clock()))
        return affected(result)

    async def _change(self, chat: int, change: Callable[[_Trails], None]) -> None:
        name = self._name(chat)

        def work(connection: Connection) -> None:
            trails = self._load(connection, name)
            change(trails)
            self._save(connection, name, trails)

        await self._database.write(work)

    def _load(self, connection: Connection, name: str) -> _Trails:
        this = (TrailRow.bot_id == self._bot_id, TrailRow.chat == name, TrailRow.expires_at > self._clock())
        sealed = connection.execute(select(TrailRow.sealed).where(*this)).scalar_one_or_none()
        if sealed is None:
            return {}
        try:
            return {mark: _read(raw) for mark, raw in self._keyring.state.open_json(sealed, self._context(name)).items()}
        except SealBroken:
            return {}  # A restored database with another key.

    def _save(self, connection: Connection, name: str, trails: _Trails) -> None:
        if not trails:
            connection.execute(delete(TrailRow).where(TrailRow.bot_id == self._bot_id, TrailRow.chat == name))
            return
        written = {mark: [trail.too_old, list(trail.numbers.items())] for mark, trail in trails.items()}
        # Up to the full hour: the row says no more than that somebody told something on that day.
        expires_at = (self._clock() + DELETABLE_FOR + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
        sealed = self._keyring.state.seal_json(written, self._context(name))
        put(connection, TrailRow, bot_id=self._bot_id, chat=name, sealed=sealed, expires_at=expires_at)

    def _context(self, name: str) -> str:
        return f"telegram_trail.sealed:{self._bot_id}:{name}"

    def _name(self, chat: int) -> str:
        """Another hash than the inbox's: the two tables tell nothing about each other."""
        what = f"telegram-trail:{self._bot_id}:{chat}".encode()
        return hmac.digest(self._keyring.pseudonym, what, hashlib.sha256)[:16].hex()


def _read(raw: list[Any]) -> Remembered:
    too_old, numbers = raw
    return Remembered(dict(numbers), too_old)
