"""Which way requests take to the server."""

from __future__ import annotations

import pytest

from bot.channels.telegram.requests import DirectRequest, request_for

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("environment", "api_url", "direct"),
    [
        ({}, "https://api.telegram.org", True),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "https://api.telegram.org", False),
        ({"ALL_PROXY": "http://proxy:3128"}, "https://api.telegram.org", False),
        ({"HTTP_PROXY": "http://proxy:3128"}, "https://api.telegram.org", True),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "telegram.org"}, "https://api.telegram.org", True),
        ({"HTTP_PROXY": "http://proxy:3128"}, "http://127.0.0.1:8081", True),
    ],
)
async def test_a_proxy_of_the_environment_is_used_where_it_applies(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], api_url: str, direct: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    request = request_for(api_url, connections=1, read_timeout=1.0)
    assert isinstance(request, DirectRequest) is direct
    await request.shutdown()
