"""HTTP for calls that come with every message: aiohttp, with Faro's limits and errors that say whether anything was sent."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp
import httpx

from bot.errors import FaroError

_KEPT_SECONDS = 4.0
"""A connection unused for longer is closed: many servers do so after five seconds, perhaps just when a request comes."""
_LARGEST_ANSWER = 32 * 1024 * 1024

_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError, aiohttp.InvalidURL)


class NotConnected(FaroError):
    """There is no connection: nothing was sent."""


class NoAnswer(FaroError):
    """The request may have arrived, the answer did not: too late, cut off, too long, or no HTTP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body."""

    status: int
    body: bytes = field(repr=False)


class HttpClient:
    """Calls servers over connections that stay open. Follows no redirects, keeps no cookies, asks for nothing compressed.

    Args:
        connections: how many calls may be under way; more wait for their turn.
        connect_seconds: to wait for a new connection.
        proxy: its address, if there is one on the way. The environment's is not looked up: that costs more than a call.
    """

    def __init__(self, *, connections: int = 64, connect_seconds: float = 5.0, proxy: str | None = None) -> None:
        self._connections = connections
        self._connect_seconds = connect_seconds
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self, method: str, url: str, *, seconds: float, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request and wait for the answer. A POST is never sent a second time.

        Args:
            url: the whole address, percent-encoded where it has to be.
            seconds: for all of it; half of them to get a connection.

        Raises:
            NotConnected: surely not sent.
            NoAnswer: nobody can know whether it was taken.
        """
        timeout = aiohttp.ClientTimeout(total=seconds, connect=seconds / 2, sock_connect=self._connect_seconds)
        try:
            async with self._opened().request(
                method, url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                return Answer(response.status, await _whole(response.content))
        # Not as their cause: aiohttp's errors repeat the address, with a bot's token, and what the server said.
        except _NEVER_SENT as error:
            raise NotConnected(type(error).__name__) from None
        except (aiohttp.ClientError, OSError) as error:
            raise NoAnswer(type(error).__name__) from None

    async def close(self) -> None:
        """Close the connections; calls under way have no answer. A later call opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _opened(self) -> aiohttp.ClientSession:
        """A session belongs to the running loop, so the first call opens it."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=_KEPT_SECONDS, ssl=_certificates()),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept-Encoding": "identity"},
                auto_decompress=False,
                proxy=self._proxy,
            )
        return self._session


async def _whole(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    async for part in content.iter_any():
        body += part
        if len(body) > _LARGEST_ANSWER:
            raise NoAnswer("too long")
    return bytes(body)


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Those of httpx, everywhere: not every machine's Python finds its own."""
    return httpx.create_ssl_context()
