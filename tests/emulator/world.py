"""What the emulated Telegram knows: the bot, chats, messages, files, updates on their way."""

from __future__ import annotations

import asyncio
import copy
import itertools
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from tests.emulator.errors import Refusal, bad_request

LARGEST_FILE = 20 * 1024 * 1024
_ASKED_FOR_ONLY = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(slots=True)
class File:
    """A file on the server. ``data`` None: only its size is claimed (so that nobody has to make 20 MB)."""

    file_id: str
    path: str
    size: int
    data: bytes | None


@dataclass(slots=True)
class ChatRoom:
    """A chat with everything that was said in it, oldest first."""

    chat: dict[str, Any]
    messages: list[dict[str, Any]] = field(default_factory=list)
    blocked: bool = False
    started: bool = False
    actions: list[str] = field(default_factory=list)
    may_post: bool = True
    """Whether the bot has the right to write, where it takes one."""
    moved_to: int | None = None
    """The supergroup that this group became."""

    @property
    def id(self) -> int:
        """Telegram's number of the chat."""
        return int(self.chat["id"])

    def find(self, message_id: object) -> dict[str, Any] | None:
        """A message by its number."""
        return next((m for m in self.messages if str(m["message_id"]) == str(message_id)), None)


class World:
    """The state behind one bot."""

    def __init__(self, token: str, first_update: int = 1) -> None:
        self.token = token
        self.bot = {"id": int(token.split(":")[0]), "is_bot": True, "first_name": "Faro", "username": "faro_test_bot"}
        self.rooms: dict[int, ChatRoom] = {}
        self.files: dict[str, File] = {}
        self.polls: dict[str, dict[str, Any]] = {}
        self.presses: dict[str, float | None] = {}
        """Callback queries by id: when they were answered, None while the person still sees the spinner."""
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.webhook: dict[str, Any] = {"url": ""}
        self.allowed: list[str] = []
        self.updates: list[dict[str, Any]] = []
        self.history: dict[int, dict[str, Any]] = {}
        """Every update ever made, to be delivered once more on demand."""
        self.changed = asyncio.Event()
        self._update_numbers = itertools.count(first_update)
        self._message_numbers: dict[int, itertools.count[int]] = {}

    def push(self, kind: str, body: dict[str, Any]) -> int:
        """Make an update; returns its number."""
        number = next(self._update_numbers)
        update = {"update_id": number, kind: copy.deepcopy(body)}
        self.history[number] = update
        if (kind in self.allowed) if self.allowed else (kind not in _ASKED_FOR_ONLY):
            self.deliver(update)
        return number

    def deliver(self, update: dict[str, Any]) -> None:
        """Put an update into the queue."""
        self.updates.append(update)
        self.touch()

    def confirm(self, offset: int) -> None:
        """The bot has everything below ``offset``. A negative one keeps only the last updates."""
        self.updates = self.updates[offset:] if offset < 0 else [u for u in self.updates if u["update_id"] >= offset]

    def touch(self) -> None:
        """Wake whoever waits for something to happen."""
        self.changed.set()
        self.changed = asyncio.Event()

    def message(self, room: ChatRoom, sender: dict[str, Any] | None, **fields: Any) -> dict[str, Any]:
        """Write a message into a chat."""
        number = next(self._message_numbers.setdefault(room.id, itertools.count(1)))
        message = {"message_id": number, "date": int(time.time()), "chat": room.chat, **fields}
        if room.chat["type"] == "channel":
            message["sender_chat"] = room.chat  # the channel itself speaks, whoever posted
        elif sender is not None:
            message["from"] = sender
        room.messages.append(message)
        self.touch()
        return message

    def writable(self, chat_id: object) -> ChatRoom:
        """The chat the bot may write to. Raises Refusal as Telegram does."""
        room = self.rooms.get(int(str(chat_id))) if str(chat_id).lstrip("-").isdigit() else None
        if chat_id in (None, ""):
            raise bad_request("chat_id is empty")
        if room is None or not room.started:
            raise bad_request("chat not found")
        if room.moved_to is not None:
            moved = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, moved, migrate_to_chat_id=room.moved_to)
        kind = room.chat["type"]
        if room.blocked:
            out = "Forbidden: bot was blocked by the user" if kind == "private" else f"Forbidden: bot was kicked from the {kind} chat"
            raise Refusal(403, out)
        if not room.may_post:
            needs = "need administrator rights in the channel chat"
            raise bad_request(needs if kind == "channel" else "not enough rights to send text messages to the chat")
        return room

    def keep(self, data: bytes | None, folder: str, suffix: str, size: int | None = None) -> File:
        """Store a file; ``size`` may be claimed without any data."""
        number = len(self.files)
        file = File(secrets.token_urlsafe(24), f"{folder}/file_{number}{suffix}", len(data or b"") if size is None else size, data)
        self.files[file.file_id] = file
        return file
