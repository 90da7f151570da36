"""Reading an update: what kind of message it is, from which chat, and whether it asks for an answer.

In a group the bot answers only when it is spoken to (a command, its name, a reply to it, a button) or was just added.
What says nothing to it stays without an answer: other people's words in a group, service notes such as "pinned a
message", a live location that moves on, an update without any chat.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.ext.filters import StatusUpdate

from bot.channels.telegram.inbox import Raw, Stored
from bot.channels.telegram.outbox import Target
from bot.channels.telegram.replies import FORGET
from bot.messages import Address, Channel, Command, Content, Incoming, Media, MediaKind, Membership, Press, Text

KINDS = ("message", "edited_message", "channel_post", "callback_query", "my_chat_member", "poll_answer")
"""The updates Faro asks for."""

_COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>[A-Za-z0-9_]+))?(?:\s+(?P<argument>.*))?", re.DOTALL)

_OF_PRESSED = frozenset({"message_id", "date", "chat", "message_thread_id", "is_topic_message"})

Fetch = Callable[[str, int | None], Awaitable[bytes]]
"""Downloads a file by its id; the size is what Telegram said about it, in bytes."""


class Me(NamedTuple):
    """The bot itself."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Received:
    """An update that asks for something.

    ``incoming`` None: only ``forget`` is asked, deleting the message ``message_id``. ``message_id`` is the person's own
    message, or the one under whose button they pressed.
    """

    target: Target
    incoming: Incoming | None
    message_id: int | None = None
    forget: bool = False


class Reader:
    """Turns stored updates into messages for the conversation.

    Args:
        fetch: downloads a file; nothing is downloaded before somebody awaits ``Media.fetch``.
        now: used where an update carries no time of its own.
    """

    def __init__(self, me: Me, fetch: Fetch, now: Callable[[], datetime]) -> None:
        self._me = me
        self._fetch = fetch
        self._now = now

    def read(self, stored: Stored) -> Received | None:
        """The message in an update; None when it asks for no answer."""
        try:
            update = Update.de_json(_lean(stored.raw), None)
        except (TypeError, KeyError, ValueError, AttributeError):
            # A server (or a future Telegram) sends something that the library cannot read: still somebody wrote.
            return self._unreadable(stored)
        if update.callback_query:
            return self._press(stored, update.callback_query)
        if update.my_chat_member:
            return self._membership(stored, update.my_chat_member)
        if update.poll_answer and update.poll_answer.user:
            return self._made(stored, Target(update.poll_answer.user.id), Media(MediaKind.POLL))
        message = update.message or update.edited_message or update.channel_post
        return self._message(stored, message) if message else None

    def _message(self, stored: Stored, message: Message) -> Received | None:
        group = message.chat.type != ChatType.PRIVATE
        if (group and not self._spoken_to(message)) or _is_note(message):
            return None
        content = self._content(message, edited="edited_message" in stored.raw)
        if content is None:
            return None
        target = Target(message.chat.id, message.message_thread_id if message.is_topic_message else None)
        hint = message.from_user.language_code if message.from_user else None
        at = message.edit_date or message.date
        return self._made(stored, target, content, message_id=message.message_id, at=at, hint=hint, group=group)

    def _content(self, message: Message, *, edited: bool) -> Content | None:
        if message.text is not None:
            return Text(message.text, edited=True) if edited else self._words(message.text)
        if edited and message.location:
            return None
        media = self._media(message)
        if edited and media.kind is MediaKind.OTHER and message.caption:
            return Text(message.caption, edited=True)
        return media

    def _words(self, text: str) -> Content:
        match = _COMMAND.fullmatch(text.strip())
        if match is None or not self._is_mine(match["bot"]):
            return Text(text)
        return Command(match["name"].lower(), (match["argument"] or "").strip())

    def _media(self, message: Message) -> Media:
        caption = message.caption or ""
        for kind, file in _files(message):
            size, media_type = getattr(file, "file_size", None), getattr(file, "mime_type", None)
            name = getattr(file, "file_name", None) or ""
            return Media(kind, caption, size, media_type, fetch=self._fetcher(file.file_id, size), name=name)
        if message.location:
            return Media(MediaKind.LOCATION, latitude=message.location.latitude, longitude=message.location.longitude)
        if message.contact:
            return Media(MediaKind.CONTACT)
        return Media(MediaKind.POLL if message.poll else MediaKind.OTHER, caption)

    def _fetcher(self, file_id: str, size: int | None) -> Callable[[], Awaitable[bytes]]:
        return lambda: self._fetch(file_id, size)

    def _press(self, stored: Stored, query: CallbackQuery) -> Received | None:
        message = query.message
        chat = message.chat if message else None
        if chat is None and query.inline_message_id:
            return None
        group = chat is not None and chat.type != ChatType.PRIVATE
        topic = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
        target = Target(chat.id if chat else query.from_user.id, topic)
        message_id = message.message_id if message else None
        if query.data == FORGET and message_id is not None:
            return Received(target, None, message_id, forget=True)
        content = Press((query.data or "")[:64])
        return self._made(stored, target, content, message_id=message_id, hint=query.from_user.language_code, group=group)

    def _membership(self, stored: Stored, change: ChatMemberUpdated) -> Received | None:
        here = change.new_chat_member.status not in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
        was_here = change.old_chat_member.status not in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
        target, hint = Target(change.chat.id), change.from_user.language_code
        if change.chat.type == ChatType.PRIVATE:
            return self._made(stored, target, Membership(reachable=here), at=change.date, hint=hint)
        if not here or was_here or change.chat.type == ChatType.CHANNEL:
            return None
        # Just added to a group: the same as being called there.
        return self._made(stored, target, Command("start"), at=change.date, hint=hint, group=True)

    def _unreadable(self, stored: Stored) -> Received | None:
        chat = _private_chat(stored.raw)
        return None if chat is None else self._made(stored, Target(chat), Media(MediaKind.OTHER))

    def _made(
        self,
        stored: Stored,
        target: Target,
        content: Content,
        *,
        message_id: int | None = None,
        at: datetime | None = None,
        hint: str | None = None,
        group: bool = False,
    ) -> Received:
        incoming = Incoming(
            # The mark keeps apart two updates to which a newly set up server gave the same number.
            id=f"{self._me.id}:{stored.update_id}:{stored.mark.hex()[:12]}",
            address=Address(Channel.TELEGRAM, str(target.chat)),
            content=content,
            sent_at=at or self._now(),
            language_hint=hint,
            group=group,
        )
        return Received(target, incoming, message_id)

    def _spoken_to(self, message: Message) -> bool:
        words = message.text or message.caption or ""
        command = _COMMAND.fullmatch(words.strip())
        if command is not None:
            return self._is_mine(command["bot"])
        replied = message.reply_to_message
        if replied is not None and replied.from_user is not None and replied.from_user.id == self._me.id:
            return True
        return bool(self._me.username) and f"@{self._me.username}".lower() in words.lower()

    def _is_mine(self, bot: str | None) -> bool:
        return bot is None or bot.lower() == self._me.username.lower()


def _lean(raw: Raw) -> dict[str, Any]:
    """The update without the words and buttons of the message under which a button was pressed: long to read, never used."""
    query = raw.get("callback_query")
    if not isinstance(query, Mapping) or not isinstance(under := query.get("message"), Mapping):
        return dict(raw)
    kept = {name: value for name, value in under.items() if name in _OF_PRESSED}
    return {**raw, "callback_query": {**query, "message": kept}}


def _is_note(message: Message) -> bool:
    return message.text is None and bool(StatusUpdate.ALL.check_update(Update(0, message=message)))


def _files(message: Message) -> list[tuple[MediaKind, Any]]:
    # The order matters: an animation also looks like a document, for clients that do not know animations.
    kinds = (
        (MediaKind.PHOTO, message.photo[-1] if message.photo else None),
        (MediaKind.VIDEO, message.animation or message.video or message.video_note),
        (MediaKind.VOICE, message.voice),
        (MediaKind.AUDIO, message.audio),
        (MediaKind.DOCUMENT, message.document),
        (MediaKind.STICKER, message.sticker),
    )
    return [(kind, file) for kind, file in kinds if file]


def _private_chat(raw: Raw) -> int | None:
    for name in ("message", "edited_message"):
        body = raw.get(name)
        chat = body.get("chat") if isinstance(body, dict) else None
        if isinstance(chat, dict) and isinstance(chat.get("id"), int) and chat["id"] > 0:
            return int(chat["id"])
    return None
