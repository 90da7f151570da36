"""Which way requests take to the server."""

from __future__ import annotations

import pytest

from bot.channels.telegram.requests import proxy_for

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("environment", "api_url", "proxy"),
    [
        ({}, "https://api.telegram.org", None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "https://api.telegram.org", "http://proxy:3128"),
        ({"https_proxy": "proxy:3128"}, "https://api.telegram.org", "http://proxy:3128"),
        ({"ALL_PROXY": "http://me:word@proxy:3128"}, "https://api.telegram.org", "http://me:word@proxy:3128"),
        ({"HTTP_PROXY": "http://proxy:3128"}, "https://api.telegram.org", None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "telegram.org"}, "https://api.telegram.org", None),
        ({"HTTP_PROXY": "http://proxy:3128"}, "http://127.0.0.1:8081", None),
        ({"ALL_PROXY": "http://proxy:3128"}, "http://[::1]:8081", None),
    ],
)
def test_a_proxy_of_the_environment_is_used_where_it_applies(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], api_url: str, proxy: str | None
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(api_url) == proxy
