"""The cookie: what it stands for, and what it does not give away."""

from __future__ import annotations

import pytest

from bot.channels.webchat.visitor import Visitor
from bot.messages import Channel


def test_the_same_cookie_is_the_same_visitor() -> None:
    first = Visitor.new()
    again = Visitor(first.token)
    assert again.id == first.id
    assert bytes(again.private_key) == bytes(first.private_key)
    assert again.address.channel is Channel.WEBCHAT and again.address.id == first.id


def test_two_visitors_share_nothing() -> None:
    one, other = Visitor.new(), Visitor.new()
    assert one.id != other.id and bytes(one.private_key) != bytes(other.private_key)


def test_neither_the_address_nor_the_text_form_shows_token_or_key() -> None:
    visitor = Visitor.new()
    assert visitor.token not in repr(visitor) + visitor.id
    assert bytes(visitor.private_key).hex() != visitor.id


@pytest.mark.parametrize("cookie", [None, "", "short", "x" * 44, "ä" * 43, "a" * 42 + "\n"])
def test_a_cookie_that_is_none_of_ours_is_nobody(cookie: str | None) -> None:
    assert Visitor.of(cookie) is None
