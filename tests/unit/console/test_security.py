"""Small rules that keep other sites out."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from bot.console.security import form_token, local_path, same_origin, token_fits


def _request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/console/x", "query_string": b"", "headers": raw})


@pytest.mark.parametrize("path", ["/console", "/console/", "/console/tips/abc?before=3&status=new", "/console/campaigns/7/edit"])
def test_own_addresses_are_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    ["", "/", "https://evil.example", "//evil.example", "/console//evil.example", "/console/../etc", "/consolex", "/console\\@evil.example",
     "/console/\nx", " /console/", "javascript:alert(1)", "/console/x?next=//evil.example"],
)  # fmt: skip
def test_every_other_address_becomes_the_front_page(path: str) -> None:
    assert local_path(path) == "/console/"


def test_a_form_token_fits_its_own_session_only() -> None:
    assert token_fits("one", form_token("one"))
    assert not token_fits("two", form_token("one"))
    assert not token_fits("one", "")
    assert not token_fits("", form_token(""))
    assert not token_fits("one", "\ud800")


@pytest.mark.parametrize(
    ("headers", "public_url", "accepted"),
    [
        ({"host": "faro.test", "origin": "http://faro.test"}, None, True),
        ({"host": "faro.test", "origin": "http://faro.test", "sec_fetch_site": "same-origin"}, None, True),
        ({"host": "faro.test", "sec_fetch_site": "same-origin"}, None, True),
        ({"host": "faro.test"}, None, False),
        ({"host": "faro.test", "origin": "null"}, None, False),
        ({"host": "faro.test", "origin": "http://faro.test.evil.example"}, None, False),
        ({"host": "faro.test", "origin": "http://faro.test:81"}, None, False),
        ({"host": "faro.test", "origin": "http://faro.test", "sec_fetch_site": "cross-site"}, None, False),
        ({"host": "inner:8080", "origin": "https://faro.example"}, "https://faro.example/", True),
        ({"host": "faro.example", "origin": "http://faro.example"}, "https://faro.example", False),
    ],
)
def test_only_our_own_pages_may_send_forms(headers: dict[str, str], public_url: str | None, accepted: bool) -> None:
    assert same_origin(_request(**headers), public_url) == accepted
