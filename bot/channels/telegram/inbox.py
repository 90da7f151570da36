"""The inbox: every update is stored sealed before it is acknowledged, and its content is destroyed once handled."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Connection, Table, Update, bindparam, delete, select, update

from bot.channels.telegram.tables import InboxRow
from bot.crypto import Keyring
from bot.errors import SealBroken
from bot.messages import Clock
from bot.storage import Database, affected, put_if_new

Raw = Mapping[str, Any]
"""An update as Telegram sent it, decoded from JSON."""

SEEN_FOR = timedelta(days=3)
"""How long the mark of a handled update stays. Telegram offers an update again for at most 24 hours."""

_TABLE = cast(Table, InboxRow.__table__)
_THIS = update(_TABLE).where(
    _TABLE.c.bot_id == bindparam("this_bot"), _TABLE.c.update_id == bindparam("this_update"), _TABLE.c.mark == bindparam("this_mark")
)
_TRIED = _THIS.values(tries=bindparam("tries_now"))
_EMPTIED = _THIS.values(sealed=None, chat=None, received_at=bindparam("day"))

_WITH_CHAT = ("message", "edited_message", "channel_post", "edited_channel_post", "my_chat_member", "chat_member", "chat_join_request")


@dataclass(slots=True)
class Stored:
    """An update that waits. ``recovered``: it was left over when a process ended, so it may be why it ended."""

    update_id: int
    mark: bytes
    chat: str
    raw: Raw = field(repr=False)
    tries: int = 0
    recovered: bool = False


class Inbox:
    """The waiting updates of one bot.

    Args:
        keyring: ``state`` seals the updates, ``pseudonym`` hashes chats and marks.
        bot_id: Telegram's number of the bot; the rows of several bots never mix.
    """

    def __init__(self, database: Database, keyring: Keyring, bot_id: int, clock: Clock) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self.bot_id = bot_id

    async def store(self, updates: Iterable[Raw]) -> list[Stored]:
        """Commit the updates; returns the ones not seen before, oldest first. After this they may be acknowledged."""
        fresh = {(s.update_id, s.mark): s for s in (self._stored(raw) for raw in updates)}
        if not fresh:
            return []
        rows = [(stored, self._row(stored)) for stored in fresh.values()]

        def work(connection: Connection) -> list[Stored]:
            return [stored for stored, row in rows if put_if_new(connection, InboxRow, **row)]

        return sorted(await self._database.write(work, durable=True), key=lambda stored: stored.update_id)

    async def waiting(self) -> list[Stored]:
        """Everything not handled yet, oldest first: what an ended process left behind."""
        query = select(InboxRow).where(InboxRow.bot_id == self.bot_id, InboxRow.chat.is_not(None)).order_by(InboxRow.update_id)
        async with self._database.read() as session:
            return self.opened((await session.execute(query)).scalars().all())

    def opened(self, rows: Sequence[InboxRow]) -> list[Stored]:
        """Unseal rows. One that does not open any more (another key) gives an empty update, which says nothing."""
        return [
            Stored(row.update_id, bytes(row.mark), row.chat or "", self._open(row), tries=row.tries, recovered=True)
            for row in rows
            if row.sealed is not None
        ]

    async def note_try(self, stored: Stored) -> None:
        """Keep the number of tries, so that an update which ends the process is not tried for ever."""
        await self._change(_TRIED, stored, tries_now=stored.tries)

    async def finish(self, stored: Stored) -> None:
        """Destroy the content. The mark stays for :data:`SEEN_FOR`; its time is rounded to the day."""
        day = self._clock().replace(hour=0, minute=0, second=0, microsecond=0)
        await self._change(_EMPTIED, stored, day=day)

    async def purge(self) -> int:
        """Delete old marks; returns how many."""
        old = delete(InboxRow).where(InboxRow.chat.is_(None), InboxRow.received_at < self._clock() - SEEN_FOR)
        async with self._database.begin() as session:
            result = await session.execute(old)
        return affected(result)

    async def _change(self, change: Update, stored: Stored, **values: Any) -> None:
        values |= {"this_bot": self.bot_id, "this_update": stored.update_id, "this_mark": stored.mark}

        def work(connection: Connection) -> None:
            connection.execute(change, values)

        await self._database.write(work)

    def _stored(self, raw: Raw) -> Stored:
        return Stored(update_id_of(raw), self._hash(f"mark:{identity_of(raw)}"), self._hash(f"chat:{chat_of(raw)}").hex(), raw)

    def _row(self, stored: Stored) -> dict[str, Any]:
        return {
            "bot_id": self.bot_id,
            "update_id": stored.update_id,
            "mark": stored.mark,
            "chat": stored.chat,
            "sealed": self._keyring.state.seal_json(stored.raw, self._context(stored.update_id)),
            "received_at": self._clock(),
            "tries": 0,
        }

    def _open(self, row: InboxRow) -> Raw:
        try:
            opened: Raw = self._keyring.state.open_json(row.sealed or b"", self._context(row.update_id))
        except SealBroken:
            return {"update_id": row.update_id}
        return opened

    def _context(self, update_id: int) -> str:
        return f"telegram_inbox.sealed:{self.bot_id}:{update_id}"

    def _hash(self, what: str) -> bytes:
        return hmac.digest(self._keyring.pseudonym, f"telegram-inbox:{self.bot_id}:{what}".encode("utf-8", "replace"), hashlib.sha256)[:16]


def update_id_of(raw: Raw) -> int:
    """The update's number. Raises ValueError when it has none: then it is not an update."""
    number = raw.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 1 << 63:
        raise ValueError("an update without a number")
    return number


def chat_of(raw: Raw) -> int:
    """The chat whose order the update belongs to: a private chat has its person's number. 0 for those without any."""
    for name in _WITH_CHAT:
        if name in raw:
            return _number(raw[name], "chat")
    query = raw.get("callback_query")
    if isinstance(query, Mapping):
        return _number(query.get("message"), "chat") or _number(query, "from")
    for name, person in (("poll_answer", "user"), ("inline_query", "from")):
        if name in raw:
            return _number(raw[name], person)
    return 0


def identity_of(raw: Raw) -> str:
    """What stays the same when one update is delivered twice, and differs between two updates."""
    kind = next((name for name in raw if name != "update_id"), "")
    body = raw.get(kind)
    if not isinstance(body, Mapping):
        return json.dumps([kind, body], default=str)
    parts = [body.get(name) for name in ("id", "message_id", "poll_id", "date", "edit_date")]
    return json.dumps([kind, update_id_of(raw), chat_of(raw), *parts], default=str)


def _number(holder: object, name: str) -> int:
    inner = holder.get(name) if isinstance(holder, Mapping) else None
    number = inner.get("id") if isinstance(inner, Mapping) else None
    return number if isinstance(number, int) else 0
