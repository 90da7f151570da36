"""The Bot API as Faro uses it: python-telegram-bot's client, quiet about what it carries, lenient about what it gets."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from telegram.error import BadRequest, RetryAfter, TelegramError
from telegram.ext import ExtBot
from telegram.request import BaseRequest, HTTPXRequest

from bot.channels.telegram.pacer import Pacer
from bot.channels.telegram.pacing import Lane

POLL_SECONDS = 25
"""How long Telegram holds a getUpdates open when there is nothing new."""


class QuietRequest(HTTPXRequest):
    """Requests whose failures never show what was sent or received."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """Decode an answer. The library's own version writes it to the log when it is no JSON."""
        try:
            decoded = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise TelegramError("the server's answer is not JSON") from None
        if not isinstance(decoded, dict):
            raise TelegramError("the server's answer is not an object")
        return decoded

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Send. A refusal is named as one, also where a server leaves out the details.

        Raises:
            RetryAfter: 429 without a deadline.
            BadRequest: another refusal (4xx) that the library would take for a network failure.
        """
        code, payload = await super().do_request(*args, **kwargs)
        if code == HTTPStatus.TOO_MANY_REQUESTS and b"retry_after" not in payload:
            raise RetryAfter(5)
        if 402 <= code < 500 and code not in (403, 404, 409, 429):
            raise BadRequest(f"refused ({code})")
        return code, payload


class BotApi(ExtBot[Lane]):
    """One bot. Answers come as plain JSON, so that a server which fills in only part of an object is good enough.

    Args:
        token: the bot's secret. It stands in every address, so addresses are never logged.
        api_url: the server's address without ``/bot``, such as ``https://api.telegram.org``.
    """

    def __init__(self, token: str, api_url: str, pacer: Pacer) -> None:
        silence_libraries()
        super().__init__(
            token=quote(token, safe=":"),
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=_request(api_url, connections=64, read_timeout=20.0),
            get_updates_request=_request(api_url, connections=2, read_timeout=10.0),
            rate_limiter=pacer,
        )

    async def call(self, method: str, lane: Lane = Lane.REPLY, *, wait: float | None = None, **data: Any) -> Any:
        """Call a method and give its ``result`` back.

        Args:
            wait: seconds to wait for the answer, where the usual 20 do not fit.

        Raises:
            TelegramError: as python-telegram-bot says. Its text may hold what the server sent: log its class only.
        """
        timeout = BaseRequest.DEFAULT_NONE if wait is None else wait
        return await self._post(method, data, api_kwargs=self._merge_api_rl_kwargs(None, lane), read_timeout=timeout)

    async def updates(self, offset: int | None, kinds: tuple[str, ...], *, seconds: int = POLL_SECONDS) -> list[Any]:
        """Wait up to ``seconds`` for updates. ``offset`` tells Telegram that all before it are stored."""
        data = {"offset": offset, "timeout": seconds, "limit": 100, "allowed_updates": list(kinds)}
        result = await self._post("getUpdates", data, read_timeout=seconds + 10.0)
        return result if isinstance(result, list) else []

    async def file(self, path: str) -> bytes:
        """The bytes of a file whose ``path`` getFile told."""
        return await self.request.retrieve(f"{self.base_file_url}/{quote(path)}", read_timeout=60.0)

    async def close_connections(self) -> None:
        """Give the connections back. (The library's own ``shutdown`` expects that it asked getMe itself.)"""
        for request in self._request:
            await request.shutdown()
        if self.rate_limiter is not None:
            await self.rate_limiter.shutdown()


def silence_libraries() -> None:
    """Keep addresses (with the token) and messages out of the log, whatever level the rest of Faro logs at."""
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _request(api_url: str, *, connections: int, read_timeout: float) -> QuietRequest:
    # A server on this machine is never behind the proxy that the environment may name.
    loopback = urlsplit(api_url).hostname in ("127.0.0.1", "::1", "localhost")
    return QuietRequest(
        connection_pool_size=connections,
        read_timeout=read_timeout,
        connect_timeout=5.0,
        pool_timeout=20.0,
        httpx_kwargs={"trust_env": False} if loopback else None,
    )
