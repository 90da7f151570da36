"""What an update tells about a group or channel: the bot was added, promoted, demoted or thrown out; the place has moved, or another name.

Read from the update as it came: these are few fields, and a server that leaves out others is good enough. Who did it is not read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.channels.telegram.inbox import Raw
from bot.messages import Address, Channel
from bot.places import News, PlaceKind, PlaceMoved, PlaceSeen, Standing

Hear = Callable[[News], Awaitable[None]]
"""Told the news. The same may be told twice."""

_USERNAME_LIMIT = 32


async def unheard(_: News) -> None:
    """Nobody wants to know."""


def news_of(raw: Raw) -> News | None:
    """The news in an update; None: it has none. Source: core.telegram.org/bots/api#chatmemberupdated, #message."""
    change = raw.get("my_chat_member")
    if isinstance(change, Mapping):
        member = change.get("new_chat_member")
        return _seen(change.get("chat"), member if isinstance(member, Mapping) else {})
    message = raw.get("message") or raw.get("channel_post")
    return _told(message) if isinstance(message, Mapping) else None


def _told(message: Mapping[str, Any]) -> News | None:
    """Service notes."""
    chat, moved = message.get("chat"), message.get("migrate_to_chat_id")
    if isinstance(moved, int) and isinstance(chat, Mapping) and isinstance(chat.get("id"), int):
        return PlaceMoved(_address(chat["id"]), _address(moved))
    return _seen(chat, None) if message.get("new_chat_title") else None


def _seen(chat: object, member: Mapping[str, Any] | None) -> PlaceSeen | None:
    if not isinstance(chat, Mapping) or not isinstance(number := chat.get("id"), int) or chat.get("type") not in set(PlaceKind):
        return None
    kind, username = PlaceKind(chat["type"]), chat.get("username")
    name = username if isinstance(username, str) and 0 < len(username) <= _USERNAME_LIMIT else None
    standing = None if member is None else _standing(kind, member)
    return PlaceSeen(_address(number), kind, str(chat.get("title") or ""), name, standing)


def _standing(kind: PlaceKind, member: Mapping[str, Any]) -> Standing:
    """What the bot may do as this member. In a channel only administrators post, and of those only some."""
    status = member.get("status")
    if status in ("left", "kicked") or (status == "restricted" and member.get("is_member") is False):
        return Standing.GONE
    if kind is PlaceKind.CHANNEL:
        able = status == "administrator" and member.get("can_post_messages") is True
    else:
        able = status in ("member", "administrator") or (status == "restricted" and member.get("can_send_messages") is True)
    return Standing.PRESENT if able else Standing.MUTED


def _address(number: int) -> Address:
    return Address(Channel.TELEGRAM, str(number))
