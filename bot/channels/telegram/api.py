"""The Bot API as Faro uses it: python-telegram-bot's client, quiet about what it carries, lenient about what it gets."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote

from telegram.ext import ExtBot
from telegram.request import BaseRequest

from bot.channels.telegram.pacer import Pacer, Terms
from bot.channels.telegram.pacing import Lane
from bot.channels.telegram.requests import request_for
from bot.messages import Confirm

POLL_SECONDS = 25
"""How long Telegram holds a getUpdates open when there is nothing new."""

FILE_SECONDS = 120.0
"""For a whole file, of at most 20 MB."""


class BotApi(ExtBot[Terms]):
    """One bot. Answers come as plain JSON, so that a server which fills in only part of an object is good enough.

    Args:
        token: the bot's secret. It stands in every address, so addresses are never logged.
        api_url: the server's address without ``/bot``, such as ``https://api.telegram.org``.
    """

    def __init__(self, token: str, api_url: str, pacer: Pacer) -> None:
        silence_library()
        super().__init__(
            token=quote(token, safe=":"),
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=request_for(api_url, connections=64, read_timeout=20.0),
            get_updates_request=request_for(api_url, connections=2, read_timeout=10.0),
            rate_limiter=pacer,
        )

    async def call(
        self, method: str, lane: Lane = Lane.REPLY, *, wait: float | None = None, confirm: Confirm | None = None, **data: Any
    ) -> Any:
        """Call a method and give its ``result`` back.

        Args:
            confirm: asked right before the request leaves, each time it does; what it raises is raised.
            wait: seconds to wait for the answer, where the usual 20 do not fit.

        Raises:
            TelegramError: as python-telegram-bot says. Its text may hold what the server sent: log its class only.
        """
        timeout = BaseRequest.DEFAULT_NONE if wait is None else wait
        return await self._post(method, data, api_kwargs=self._merge_api_rl_kwargs(None, Terms(lane, confirm)), read_timeout=timeout)

    async def updates(self, offset: int | None, kinds: tuple[str, ...], *, seconds: int = POLL_SECONDS) -> list[Any]:
        """Wait up to ``seconds`` for updates. ``offset`` tells Telegram that all before it are stored."""
        data = {"offset": offset, "timeout": seconds, "limit": 100, "allowed_updates": list(kinds)}
        result = await self._post("getUpdates", data, read_timeout=seconds + 10.0)
        return result if isinstance(result, list) else []

    async def file(self, path: str) -> bytes:
        """The bytes of a file whose ``path`` getFile told."""
        return await self.request.retrieve(f"{self.base_file_url}/{quote(path)}", read_timeout=FILE_SECONDS)

    async def close_connections(self) -> None:
        """Give the connections back. (The library's own ``shutdown`` expects that it asked getMe itself.)"""
        for request in self._request:
            await request.shutdown()
        if self.rate_limiter is not None:
            await self.rate_limiter.shutdown()


def silence_library() -> None:
    """Keep addresses (with the token) and messages out of the log, whatever level the rest of Faro logs at."""
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
