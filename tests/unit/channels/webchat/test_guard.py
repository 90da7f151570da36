"""Where a form may come from."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from bot.channels.webchat.guard import is_from_here


def request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in {"host": "faro.example", **headers}.items()]
    scope = {"type": "http", "method": "POST", "scheme": "http", "path": "/chat/message", "query_string": b"", "headers": raw}
    return Request(scope | {"server": ("faro.example", 80)})


@pytest.mark.parametrize(("site", "allowed"), [("same-origin", True), ("same-site", False), ("cross-site", False), ("none", False)])
def test_a_current_browser_says_it_itself(site: str, allowed: bool) -> None:
    assert is_from_here(request(sec_fetch_site=site), None) is allowed


def test_what_the_browser_says_counts_more_than_the_origin() -> None:
    assert not is_from_here(request(sec_fetch_site="cross-site", origin="http://faro.example"), None)


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://faro.example", True),
        ("https://faro.example", False),
        ("http://faro.example:81", False),
        ("http://evil.example", False),
        ("http://faro.example.evil.example", False),
        ("null", False),
        ("", False),
    ],
)
def test_an_older_browser_must_send_our_origin(origin: str, allowed: bool) -> None:
    assert is_from_here(request(origin=origin), None) is allowed


def test_behind_a_proxy_the_public_address_is_ours() -> None:
    assert is_from_here(request(origin="https://chat.city.example"), "https://chat.city.example")
    assert not is_from_here(request(origin="http://faro.example"), "https://chat.city.example")


def test_without_a_word_of_where_it_comes_from_it_is_refused() -> None:
    assert not is_from_here(request(), None)
