"""What an update tells about groups and channels; who did it is never read."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.telegram.board import link_to
from bot.channels.telegram.news import news_of
from bot.messages import Address, Channel
from bot.places import PlaceKind, PlaceMoved, PlaceSeen, Standing

CHANNEL = {"id": -100123, "type": "channel", "title": "Port Clair", "username": "portclair"}
GROUP = {"id": -5, "type": "group", "title": "Neighbours"}


def change(chat: dict[str, Any], **member: Any) -> dict[str, Any]:
    return {"update_id": 1, "my_chat_member": {"chat": chat, "from": {"id": 7}, "new_chat_member": member}}


@pytest.mark.parametrize(
    ("chat", "member", "standing"),
    [
        (CHANNEL, {"status": "administrator", "can_post_messages": True}, Standing.PRESENT),
        (CHANNEL, {"status": "administrator"}, Standing.MUTED),
        (CHANNEL, {"status": "member"}, Standing.MUTED),
        (CHANNEL, {"status": "kicked"}, Standing.GONE),
        (GROUP, {"status": "member"}, Standing.PRESENT),
        (GROUP, {"status": "restricted", "is_member": True, "can_send_messages": True}, Standing.PRESENT),
        (GROUP, {"status": "restricted", "is_member": True, "can_send_messages": False}, Standing.MUTED),
        (GROUP, {"status": "restricted", "is_member": False, "can_send_messages": True}, Standing.GONE),
        (GROUP, {"status": "left"}, Standing.GONE),
    ],
)
def test_what_the_bot_may_do_follows_from_its_membership(chat: dict[str, Any], member: dict[str, Any], standing: Standing) -> None:
    news = news_of(change(chat, **member))
    assert isinstance(news, PlaceSeen)
    assert (news.kind, news.standing, news.title) == (PlaceKind(chat["type"]), standing, chat["title"])


def test_service_notes_tell_of_moves_and_names() -> None:
    assert news_of({"message": {"chat": GROUP, "migrate_to_chat_id": -1009}}) == PlaceMoved(
        Address(Channel.TELEGRAM, "-5"), Address(Channel.TELEGRAM, "-1009")
    )
    renamed = news_of({"channel_post": {"chat": CHANNEL, "new_chat_title": "x"}})
    assert isinstance(renamed, PlaceSeen)
    assert renamed.standing is None


@pytest.mark.parametrize(
    "raw",
    [
        {"message": {"chat": GROUP, "text": "hello"}},
        change({"id": 7, "type": "private"}, status="kicked"),
        {"my_chat_member": {"chat": None}},
        {"my_chat_member": {"chat": {"type": "channel"}}},
        {"message": {"chat": "odd", "migrate_to_chat_id": -1}},
        {"callback_query": {"id": "1"}},
    ],
)
def test_everything_else_is_no_news(raw: dict[str, Any]) -> None:
    assert news_of(raw) is None


@pytest.mark.parametrize(
    ("chat", "link"),
    [
        (CHANNEL, "https://t.me/portclair/3"),
        ({"id": -1001234, "type": "supergroup"}, "https://t.me/c/1234/3"),
        (GROUP, None),
        (None, None),
    ],
)
def test_a_message_has_an_address_where_telegram_gives_one(chat: object, link: str | None) -> None:
    assert link_to({"message_id": 3, "chat": chat}) == link
