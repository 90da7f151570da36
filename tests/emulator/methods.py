"""The methods of the Bot API that bots like Faro use. Arguments come as text or decoded JSON."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Callable
from typing import Any

from PIL import Image

from tests.emulator.errors import bad_request
from tests.emulator.limits import Traffic
from tests.emulator.markup import parse, units
from tests.emulator.world import LARGEST_FILE, ChatRoom, File, World

Arguments = dict[str, Any]

_PRESS_LIVES = 3600.0
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


class Methods:
    """One function for each method, found by its name."""

    def __init__(self, world: World, traffic: Traffic) -> None:
        self._world = world
        self._traffic = traffic

    def find(self, name: str) -> Callable[[Arguments], Any] | None:
        """The function of a method; names are compared without case, as Telegram does."""
        return {known.lower(): getattr(self, known) for known in NAMES}.get(name.lower())

    def getMe(self, _: Arguments) -> Any:
        more = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
        return self._world.bot | more | {"can_connect_to_business": False, "has_main_web_app": False}

    def sendMessage(self, arguments: Arguments) -> Any:
        room = self._world.writable(arguments.get("chat_id"))
        fields = _text(arguments) | _keyboard(arguments)
        self._traffic.count(room.id)
        if str(arguments.get("protect_content", "")).lower() == "true":
            fields["has_protected_content"] = True
        return self._world.message(room, self._world.bot, **fields)

    def sendPhoto(self, arguments: Arguments) -> Any:
        file = self._uploaded(arguments, "photo", "photos", ".jpg")
        return self._send_file(arguments, {"photo": photo_sizes(file)})

    def sendDocument(self, arguments: Arguments) -> Any:
        file = self._uploaded(arguments, "document", "documents", ".bin")
        document = {"file_id": file.file_id, "file_unique_id": file.file_id[:12], "file_size": file.size}
        return self._send_file(arguments, {"document": document})

    def sendPoll(self, arguments: Arguments) -> Any:
        room = self._world.writable(arguments.get("chat_id"))
        options = _decoded(arguments.get("options")) or []
        if not arguments.get("question") or len(options) < 2:
            raise bad_request("a poll must have a question and at least 2 options")
        self._traffic.count(room.id)
        poll = {
            "id": str(len(self._world.polls) + 1),
            "question": arguments["question"],
            "options": [_option(number, option) for number, option in enumerate(options)],
            "total_voter_count": 0, "is_closed": False, "is_anonymous": str(arguments.get("is_anonymous", "true")).lower() != "false",
            "type": arguments.get("type", "regular"), "allows_multiple_answers": False, "allows_revoting": True, "members_only": False,
        }  # fmt: skip
        self._world.polls[str(poll["id"])] = poll
        return self._world.message(room, self._world.bot, poll=poll)

    def sendChatAction(self, arguments: Arguments) -> Any:
        room = self._world.writable(arguments.get("chat_id"))
        room.actions.append(str(arguments.get("action")))
        return True

    def editMessageText(self, arguments: Arguments) -> Any:
        message = self._own_message(arguments)
        return self._edit(message, _text(arguments) | _keyboard(arguments))

    def editMessageReplyMarkup(self, arguments: Arguments) -> Any:
        message = self._own_message(arguments)
        kept = {name: message[name] for name in ("text", "entities") if name in message}
        return self._edit(message, kept | _keyboard(arguments))

    def deleteMessage(self, arguments: Arguments) -> Any:
        room = self._world.writable(arguments.get("chat_id"))
        message = room.find(arguments.get("message_id"))
        if message is None:
            raise bad_request("message to delete not found")
        if message["date"] < time.time() - 48 * 3600:
            raise bad_request("message can't be deleted for everyone")
        room.messages.remove(message)
        self._world.touch()
        return True

    def deleteMessages(self, arguments: Arguments) -> Any:
        room = self._world.writable(arguments.get("chat_id"))
        numbers = {str(number) for number in _decoded(arguments.get("message_ids")) or []}
        if not 1 <= len(numbers) <= 100:
            raise bad_request("message identifiers are not specified" if not numbers else "too many message identifiers specified")
        if any(m["date"] < time.time() - 48 * 3600 for m in room.messages if str(m["message_id"]) in numbers):
            raise bad_request("message can't be deleted for everyone")
        room.messages[:] = [m for m in room.messages if str(m["message_id"]) not in numbers]
        self._world.touch()
        return True

    def answerCallbackQuery(self, arguments: Arguments) -> Any:
        query = str(arguments.get("callback_query_id"))
        if query not in self._world.presses:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        self._world.presses[query] = time.monotonic()
        self._world.touch()
        return True

    def getFile(self, arguments: Arguments) -> Any:
        file = self._world.files.get(str(arguments.get("file_id")))
        if file is None:
            raise bad_request("invalid file_id")
        if file.size > LARGEST_FILE:
            raise bad_request("file is too big")
        return {"file_id": file.file_id, "file_unique_id": file.file_id[:12], "file_size": file.size, "file_path": file.path}

    def getChat(self, arguments: Arguments) -> Any:
        more = {"accent_color_id": 1, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}
        return self._world.writable(arguments.get("chat_id")).chat | more

    def setMyCommands(self, arguments: Arguments) -> Any:
        commands = _decoded(arguments.get("commands")) or []
        for command in commands:
            if not _COMMAND.fullmatch(command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise bad_request("BOT_COMMAND_INVALID")
        self._world.commands[_place(arguments)] = commands
        return True

    def getMyCommands(self, arguments: Arguments) -> Any:
        return self._world.commands.get(_place(arguments), [])

    def deleteMyCommands(self, arguments: Arguments) -> Any:
        self._world.commands.pop(_place(arguments), None)
        return True

    def setWebhook(self, arguments: Arguments) -> Any:
        secret = arguments.get("secret_token")
        if secret and not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        self._world.webhook = {"url": arguments.get("url") or "", "secret": secret}
        self._allow(arguments)
        self._world.touch()
        return True

    def deleteWebhook(self, arguments: Arguments) -> Any:
        self._world.webhook = {"url": ""}
        if str(arguments.get("drop_pending_updates", "")).lower() == "true":
            self._world.updates.clear()
        return True

    def getWebhookInfo(self, _: Arguments) -> Any:
        pending = len(self._world.updates)
        return {"url": self._world.webhook["url"], "has_custom_certificate": False, "pending_update_count": pending}

    def _allow(self, arguments: Arguments) -> None:
        if "allowed_updates" in arguments:
            self._world.allowed = list(_decoded(arguments["allowed_updates"]) or [])

    def take_updates(self, arguments: Arguments) -> list[dict[str, Any]]:
        """getUpdates without the waiting, which the server does."""
        self._allow(arguments)
        if arguments.get("offset"):
            self._world.confirm(int(arguments["offset"]))
        return self._world.updates[: max(1, min(100, int(arguments.get("limit") or 100)))]

    def _uploaded(self, arguments: Arguments, name: str, folder: str, suffix: str) -> Any:
        given = arguments.get(name)
        if isinstance(given, bytes):
            return self._world.keep(given, folder, suffix)
        if str(given) not in self._world.files:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return self._world.files[str(given)]

    def _send_file(self, arguments: Arguments, fields: dict[str, Any]) -> Any:
        room = self._world.writable(arguments.get("chat_id"))
        if arguments.get("caption"):
            text, entities = parse(str(arguments["caption"]), arguments.get("parse_mode"))
            if units(text) > 1024:
                raise bad_request("message caption is too long")
            fields |= {"caption": text, "caption_entities": entities}
        self._traffic.count(room.id)
        return self._world.message(room, self._world.bot, **fields, **_keyboard(arguments))

    def _own_message(self, arguments: Arguments) -> dict[str, Any]:
        room: ChatRoom = self._world.writable(arguments.get("chat_id"))
        message = room.find(arguments.get("message_id"))
        if message is None:
            raise bad_request("message to edit not found")
        if message.get("from", {}).get("id") != self._world.bot["id"]:
            raise bad_request("message can't be edited")
        return message

    def _edit(self, message: dict[str, Any], fields: dict[str, Any]) -> Any:
        names = ("text", "entities", "reply_markup")
        if {n: message[n] for n in names if n in message} == fields:
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same as a current content "
                "and reply markup of the message"
            )
        for name in names:
            message.pop(name, None)
        message.update(fields, edit_date=int(time.time()))
        self._world.touch()
        return message


NAMES = tuple(name for name in vars(Methods) if name[0].islower() and any(letter.isupper() for letter in name))

_GIFTS = dict.fromkeys(("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False)


def photo_sizes(file: File) -> list[dict[str, Any]]:
    """A photo in the sizes that Telegram makes of it, smallest first; each has a number of its own, and the largest is the file's.

    Raises Refusal as Telegram does for what is no picture, or one too long for its width.
    """
    width, height = _measured(file)
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    scale = min(1.0, 90 / max(width, height))
    small = {"file_id": f"{file.file_id}-s", "width": int(width * scale) or 1, "height": int(height * scale) or 1, "file_size": 1000}
    large = {"file_id": file.file_id, "width": width, "height": height, "file_size": file.size}
    return [size | {"file_unique_id": size["file_id"][-12:]} for size in (small, large)]


def _measured(file: File) -> tuple[int, int]:
    if file.data is None:
        return 90, 90
    try:
        with Image.open(io.BytesIO(file.data)) as image:
            return image.size
    except OSError:
        raise bad_request("IMAGE_PROCESS_FAILED") from None


def _text(arguments: Arguments) -> dict[str, Any]:
    text, entities = parse(str(arguments.get("text") or ""), arguments.get("parse_mode"))
    text = text.rstrip()
    if not text.strip():
        raise bad_request("message text is empty")
    if units(text) > 4096:
        raise bad_request("message is too long")
    return {"text": text} | ({"entities": entities} if entities else {})


def _keyboard(arguments: Arguments) -> dict[str, Any]:
    markup = _decoded(arguments.get("reply_markup"))
    if not isinstance(markup, dict) or "inline_keyboard" not in markup:
        return {}
    for button in (button for row in markup["inline_keyboard"] for button in row):
        _check_button(button)
    return {"reply_markup": {"inline_keyboard": markup["inline_keyboard"]}}


def _check_button(button: dict[str, Any]) -> None:
    if not str(button.get("text", "")).strip():
        raise bad_request("can't parse inline keyboard button: field \"text\" must be non-empty")
    if "url" in button:
        if not str(button["url"]).startswith(("http://", "https://", "tg://")):
            raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    elif not 1 <= len(str(button.get("callback_data", "")).encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")


def _option(number: int, given: Any) -> dict[str, Any]:
    return {"text": given["text"] if isinstance(given, dict) else given, "voter_count": 0, "persistent_id": str(number)}


def _decoded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request("can't parse JSON") from None


def _place(arguments: Arguments) -> tuple[str, str]:
    scope = _decoded(arguments.get("scope")) or {}
    return str(scope.get("type", "default")), str(arguments.get("language_code") or "")
