"""HTTP for calls that come with every message: a request, its answer, and connections that stay open.

A call through httpx costs about a millisecond of computing; with every message there are three or four of them, more
than all the rest of what a button press needs. This one costs a tenth: asyncio's transport, and the parser that uvicorn
and Sanic use (httptools). It does what Faro's calls need: POST over HTTP/1.1 and TLS (with httpx's certificates).
No redirects, cookies, compression, proxies: who needs those uses httpx.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, cast
from urllib.parse import urlsplit

import httptools
import httpx

from bot.errors import FaroError

_KEPT_SECONDS = 4.0
"""A connection unused for longer is closed: many servers do so after five seconds, perhaps just when a request comes."""
_LARGEST_ANSWER = 32 * 1024 * 1024


class NotConnected(FaroError):
    """There is no connection: nothing was sent."""


class NoAnswer(FaroError):
    """The request may have arrived, the answer did not: too late, cut off, or no HTTP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body."""

    status: int
    body: bytes = field(repr=False)


class HttpClient:
    """Calls one server.

    Args:
        address: where its paths begin: ``http://host:port``, ``https://host/some/folder``.
        connections: how many calls may be under way; more wait for their turn.
        connect_seconds: to wait for a new connection.

    Raises:
        ValueError: this is no such address.
    """

    def __init__(self, address: str, *, connections: int = 64, connect_seconds: float = 5.0) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("an address begins with http://host or https://host")
        secure = parts.scheme == "https"
        self.address = address
        self._host = parts.hostname
        self._port = parts.port or (443 if secure else 80)
        self._tls = httpx.create_ssl_context() if secure else None
        self._folder = parts.path.rstrip("/")
        self._head = f"HTTP/1.1\r\nhost: {parts.netloc.rpartition('@')[2]}\r\naccept: */*\r\n"
        self._connect_seconds = connect_seconds
        self._room = asyncio.Semaphore(connections)
        self._idle: list[_Connection] = []

    async def post(self, path: str, body: bytes, kind: str, *, seconds: float, headers: str = "") -> Answer:
        """Send ``body`` of media type ``kind`` and wait for the answer.

        Args:
            path: below the address, with its slash.
            seconds: to wait for the answer, once connected.
            headers: more lines of the head, each ended by CR LF.

        Raises:
            NotConnected: surely not sent.
            NoAnswer: nobody can know whether it was taken.
        """
        head = f"POST {self._folder}{path} {self._head}content-type: {kind}\r\ncontent-length: {len(body)}\r\n{headers}\r\n"
        async with self._room:
            connection = self._reusable() or await self._connected()
            with connection:
                answer = await connection.ask(head.encode("latin-1") + body, seconds)
            if connection.is_open:
                self._idle.append(connection)
        return answer

    def close(self) -> None:
        """Close the connections that nobody uses."""
        for connection in self._idle:
            connection.close()
        self._idle.clear()

    def _reusable(self) -> _Connection | None:
        oldest = time.monotonic() - _KEPT_SECONDS
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open and connection.used_at > oldest:
                return connection
            connection.close()
        return None

    async def _connected(self) -> _Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect_seconds):
                _, connection = await loop.create_connection(_Connection, self._host, self._port, ssl=self._tls)
        except (OSError, TimeoutError) as error:
            raise NotConnected(f"no connection: {type(error).__name__}") from error
        return connection


class _Connection(asyncio.Protocol):
    """One connection, with at most one call at a time. As a context it closes itself when the call fails."""

    def __init__(self) -> None:
        self.is_open = False
        self.used_at = 0.0
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._answer: asyncio.Future[Answer] | None = None
        self._body: list[bytes] = []
        self._size = 0
        self._in_body = self._has_end = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._answer = None
        if error is not None:
            self.close()

    async def ask(self, request: bytes, seconds: float) -> Answer:
        """Send a whole request and wait for its whole answer."""
        assert self._transport is not None  # noqa: S101
        self._answer = asyncio.get_running_loop().create_future()
        self._body, self._size = [], 0
        self._transport.write(request)
        try:
            async with asyncio.timeout(seconds):
                answer = await self._answer
        except TimeoutError as error:
            raise NoAnswer("no answer in time") from error
        self.used_at = time.monotonic()
        return answer

    def close(self) -> None:
        """End it."""
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    # What the transport tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by its class
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        """Part of an answer, or something nobody asked for."""
        self._size += len(data)
        try:
            if self._answer is None or self._size > _LARGEST_ANSWER:
                raise httptools.HttpParserError
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(error)

    def connection_lost(self, error: Exception | None) -> None:
        """It is gone. An answer with neither length nor chunks ends so: HTTP/1.0, and some test servers."""
        if self._in_body and not self._has_end and error is None:
            self._done()
        self._fail(error)

    # What the parser tells

    def on_message_begin(self) -> None:
        """A first byte."""
        self._in_body = self._has_end = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """One line of the head."""
        self._has_end |= name.lower() in (b"content-length", b"transfer-encoding")

    def on_headers_complete(self) -> None:
        """The end of the head."""
        self._in_body = True

    def on_body(self, body: bytes) -> None:
        """Part of the body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The end of an answer. 1xx only announces the real one."""
        if self._parser.get_status_code() >= 200:
            self._done()

    def _done(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(Answer(self._parser.get_status_code(), b"".join(self._body)))
        if not self._parser.should_keep_alive():
            self.close()

    def _fail(self, error: Exception | None) -> None:
        self.close()
        if self._answer is not None and not self._answer.done():
            failure = NoAnswer("the connection broke")
            failure.__cause__ = error
            self._answer.set_exception(failure)
