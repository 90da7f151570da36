"""The people on the other side: they write, press, send things, block the bot, and read what it answered."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from tests.emulator.markup import units
from tests.emulator.world import ChatRoom, World

_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,32}(@\w+)?")


class Writer:
    """Somebody in a chat. What they do is an update; methods return its number."""

    def __init__(self, world: World, room: ChatRoom, user: dict[str, Any]) -> None:
        self._world = world
        self.room = room
        self.user = user

    def send(self, **fields: Any) -> int:
        """Any message, with the Bot API's fields."""
        return self._world.push("message", self._world.message(self.room, self.user, **fields))

    def send_text(self, text: str, **fields: Any) -> int:
        """Words, or a command."""
        match = _COMMAND.match(text)
        if match:
            fields["entities"] = [{"type": "bot_command", "offset": 0, "length": units(match[0])}]
        return self.send(text=text, **fields)

    def send_photo(self, data: bytes, caption: str | None = None) -> int:
        """A picture, in two sizes as Telegram makes them."""
        small = self._world.keep(data[:100], "photos", ".jpg")
        large = self._world.keep(data, "photos", ".jpg")
        sizes = [_about(file) | {"width": side, "height": side} for file, side in ((small, 90), (large, 800))]
        return self.send(photo=sizes, **({} if caption is None else {"caption": caption}))

    def send_document(self, data: bytes | None, media_type: str = "application/octet-stream", size: int | None = None) -> int:
        """A file. ``size`` may be claimed without any data."""
        file = self._world.keep(data, "documents", ".bin", size)
        return self.send(document=_about(file) | {"file_name": "file.bin", "mime_type": media_type})

    def send_media(self, kind: str, data: bytes = b"media", **more: Any) -> int:
        """Voice, audio, video, video_note, animation or sticker."""
        about = _about(self._world.keep(data, kind, "")) | _MEDIA[kind]
        fields = {kind: about} | ({"document": about} if kind == "animation" else {})
        return self.send(**fields, **more)

    def edit(self, message_id: int, **fields: Any) -> int:
        """Change an own message."""
        message = self.room.find(message_id)
        assert message is not None, "no such message"
        message.update(fields, edit_date=int(time.time()))
        return self._world.push("edited_message", dict(message))

    def press(self, label: str) -> str:
        """Press the newest button with this label; returns the callback query's id."""
        for message in reversed(self.room.messages):
            for button in (b for row in message.get("reply_markup", {}).get("inline_keyboard", []) for b in row):
                if button["text"] == label and "callback_data" in button:
                    return self.press_data(button["callback_data"], message)
        raise AssertionError(f"no button {label!r} in this chat; there are {self.labels()}")

    def press_data(self, data: str, message: dict[str, Any] | None = None, *, known: bool = True) -> str:
        """Press with any payload. Without a message: under one that is no longer accessible. ``known`` False: never issued."""
        query = str(secrets.randbits(60))
        if known:
            self._world.presses[query] = None
        under = message or {"chat": self.room.chat, "message_id": 10**6, "date": 0}
        self._world.push("callback_query", {"id": query, "from": self.user, "message": under, "chat_instance": "1", "data": data})
        return query

    def answer_poll(self, poll_id: str, *options: int) -> int:
        """Vote in a poll of the bot's."""
        kept = [str(option) for option in options]
        return self._world.push(
            "poll_answer", {"poll_id": poll_id, "user": self.user, "option_ids": list(options), "option_persistent_ids": kept}
        )

    def heard(self) -> list[dict[str, Any]]:
        """The bot's messages in this chat, oldest first."""
        return [m for m in self.room.messages if m.get("from", {}).get("id") == self._world.bot["id"]]

    def texts(self) -> list[str]:
        """The words of the bot's messages."""
        return [m.get("text") or m.get("caption") or "" for m in self.heard()]

    def labels(self) -> list[str]:
        """The buttons under the bot's newest message."""
        rows = self.heard()[-1].get("reply_markup", {}).get("inline_keyboard", []) if self.heard() else []
        return [button["text"] for row in rows for button in row]

    async def until(self, condition: Callable[[], Any], seconds: float = 10.0) -> None:
        """Wait until something is so. Raises TimeoutError with what the bot said so far."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    await self._world.changed.wait()
        except TimeoutError:
            raise TimeoutError(f"it did not happen within {seconds} s; the bot said {self.texts()}") from None

    async def hears(self, count: int, seconds: float = 10.0) -> list[str]:
        """Wait for ``count`` messages of the bot's since the beginning; returns all their words."""
        await self.until(lambda: len(self.heard()) >= count, seconds)
        return self.texts()


class Person(Writer):
    """A private chat."""

    def block(self) -> int:
        """Block the bot."""
        self.room.blocked = True
        return self._membership("member", "kicked")

    def unblock(self) -> int:
        """Come back."""
        self.room.blocked = False
        return self._membership("kicked", "member")

    def _membership(self, old: str, new: str) -> int:
        return self._world.push("my_chat_member", membership(self._world, self.room, self.user, old, new))


class Group:
    """A group chat."""

    def __init__(self, world: World, room: ChatRoom) -> None:
        self._world = world
        self.room = room

    def member(self, person: Writer) -> Writer:
        """The person, writing in this group."""
        return Writer(self._world, self.room, person.user)

    def add_bot(self, by: Writer) -> int:
        """Add the bot."""
        self.room.started, self.room.blocked = True, False
        return self._world.push("my_chat_member", membership(self._world, self.room, by.user, "left", "member"))

    def remove_bot(self, by: Writer) -> int:
        """Throw the bot out."""
        self.room.blocked = True
        return self._world.push("my_chat_member", membership(self._world, self.room, by.user, "member", "kicked"))

    def promote_bot(self, by: Writer, *, may_post: bool = True) -> int:
        """Make the bot an administrator, in a channel with or without the right to post; there that is how it comes in."""
        old = "administrator" if self.room.started else "left"
        self.room.started, self.room.blocked, self.room.may_post = True, False, may_post
        change = membership(self._world, self.room, by.user, old, "administrator")
        change["new_chat_member"] |= _RIGHTS | ({"can_post_messages": may_post} if self.room.chat["type"] == "channel" else {})
        return self._world.push("my_chat_member", change)

    def silence_bot(self, by: Writer) -> int:
        """Leave the bot in the group without the right to write."""
        self.room.may_post = False
        change = membership(self._world, self.room, by.user, "member", "restricted")
        change["new_chat_member"] |= {"is_member": True, "can_send_messages": False, "until_date": 0}
        return self._world.push("my_chat_member", change)

    def migrate(self) -> Group:
        """Become a supergroup: the old chat only tells where the new one is. Source: core.telegram.org/bots/api#responseparameters."""
        chat = self.room.chat | {"id": -1000000000000 + self.room.id, "type": "supergroup"}
        room = ChatRoom(chat, started=True)
        self._world.rooms[room.id] = room
        self._world.push("message", self._world.message(self.room, self._world.bot, migrate_to_chat_id=room.id))
        self._world.push("message", self._world.message(room, self._world.bot, migrate_from_chat_id=self.room.id))
        self.room.moved_to = room.id
        return Group(self._world, room)

    def posts(self) -> list[dict[str, Any]]:
        """What the bot has posted here, oldest first; in a channel, what the channel says."""
        mine = self._world.bot["id"]
        return [m for m in self.room.messages if "sender_chat" in m or m.get("from", {}).get("id") == mine]


def membership(world: World, room: ChatRoom, by: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """A ChatMemberUpdated about the bot."""
    until = {"until_date": 0}
    return {
        "chat": room.chat,
        "from": by,
        "date": int(time.time()),
        "old_chat_member": {"user": world.bot, "status": old} | (until if old == "kicked" else {}),
        "new_chat_member": {"user": world.bot, "status": new} | (until if new == "kicked" else {}),
    }


def _about(file: Any) -> dict[str, Any]:
    return {"file_id": file.file_id, "file_unique_id": file.file_id[:12], "file_size": file.size}


_RIGHTS = dict.fromkeys(
    ("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
     "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories"),
    False,
)  # fmt: skip

_MEDIA: dict[str, dict[str, Any]] = {
    "voice": {"duration": 2, "mime_type": "audio/ogg"},
    "audio": {"duration": 2, "mime_type": "audio/mpeg"},
    "video": {"duration": 2, "width": 320, "height": 240, "mime_type": "video/mp4"},
    "video_note": {"duration": 2, "length": 240},
    "animation": {"duration": 2, "width": 320, "height": 240, "mime_type": "video/mp4"},
    "sticker": {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"},
}
