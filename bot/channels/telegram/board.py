"""Posting in groups and channels, and deleting what was posted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.channels.telegram.messenger import TelegramMessenger
from bot.messages import Address, Confirm, Reply
from bot.places import Posted

_OF_SUPERGROUPS = "-100"
"""What the numbers of supergroups and channels begin with; links into private ones leave it out."""


class TelegramBoard:
    """Implements :class:`bot.places.Board`: the same messages, limits and faults as for people.

    Posts name no topic, so in a group with topics they stand in the general one.
    """

    def __init__(self, messenger: TelegramMessenger, link: Callable[[], str | None]) -> None:
        self._messenger = messenger
        self._link = link

    @property
    def link(self) -> str | None:
        """The address of the private chat; None until Telegram told the bot's name."""
        return self._link()

    async def post(self, address: Address, reply: Reply, confirm: Confirm | None = None) -> Posted:
        """Post once, as :class:`bot.places.Board` says."""
        sent = await self._messenger.deliver(address, reply, confirm)
        told = [message for message in sent if isinstance(message, Mapping) and isinstance(message.get("message_id"), int)]
        return Posted(tuple(message["message_id"] for message in told), link_to(told[0]) if told else None)

    async def take_back(self, address: Address, messages: tuple[int, ...]) -> None:
        """Delete, as :class:`bot.places.Board` says."""
        for message in messages:
            await self._messenger.delete(address, message)


def link_to(message: Mapping[str, Any]) -> str | None:
    """The address that shows a message; plain groups have none. Source: core.telegram.org/api/links#message-links."""
    chat = message.get("chat")
    if not isinstance(chat, Mapping):
        return None
    if isinstance(name := chat.get("username"), str) and name:
        return f"https://t.me/{name}/{message['message_id']}"
    number = str(chat.get("id"))
    return f"https://t.me/c/{number.removeprefix(_OF_SUPERGROUPS)}/{message['message_id']}" if number.startswith(_OF_SUPERGROUPS) else None
