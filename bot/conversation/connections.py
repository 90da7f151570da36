"""Connections to Rasa that stay open. As much HTTP as one JSON question and its answer need, for a tenth of a client library's time."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from typing import cast
from urllib.parse import SplitResult, urlsplit

import httptools

__all__ = ["Connections", "NotConnected"]

CONNECT_SECONDS = 0.3
MOST_AT_ONCE = 64
LARGEST_ANSWER = 4_000_000
"""Bytes; 64 vectors take a tenth of it."""


class NotConnected(ConnectionError):
    """Nobody listens at the address, or not in time."""


class Connections:
    """Keeps connections open, each for one question at a time. No proxy is ever used: none sees what people write.

    Args:
        secret: sent with each question as ``X-Faro-Secret``.
        most_at_once: connections in use, at most; further questions wait.
    """

    def __init__(self, secret: str, most_at_once: int = MOST_AT_ONCE) -> None:
        self._secret = secret
        self._idle: dict[str, list[_Connection]] = {}
        self._free = asyncio.Semaphore(most_at_once)

    async def post(self, url: str, body: bytes, seconds: float) -> tuple[int, bytes]:
        """Ask with a JSON body.

        Args:
            seconds: for everything, waiting for a free connection included.

        Returns:
            HTTP status and body.

        Raises:
            NotConnected: nobody is there.
            OSError: the connection ended before the answer did, or the time is over (``TimeoutError``).
            ValueError: the answer is not HTTP, or too large.
        """
        address = urlsplit(url)
        question = _question(address, self._secret, body)
        async with asyncio.timeout(seconds), self._free:
            kept = self._kept(address.netloc)
            if kept is not None:
                with contextlib.suppress(ConnectionError):  # the other side closed it meanwhile, as servers do after some seconds
                    return await self._ask(address.netloc, kept, question)
            return await self._ask(address.netloc, await _connect(address), question)

    async def aclose(self) -> None:
        """Close what is open."""
        for connection in [each for idle in self._idle.values() for each in idle]:
            connection.close()
        self._idle.clear()

    def _kept(self, place: str) -> _Connection | None:
        """An open connection that nobody uses."""
        idle = self._idle.get(place, [])
        while idle:
            connection = idle.pop()
            if connection.is_open:
                return connection
        return None

    async def _ask(self, place: str, connection: _Connection, question: bytes) -> tuple[int, bytes]:
        try:
            answer = await connection.ask(question)
        except BaseException:
            connection.close()  # an answer that comes late must not become the next question's
            raise
        if connection.is_open:
            self._idle.setdefault(place, []).append(connection)
        return answer


class _Connection(asyncio.Protocol):
    """One connection; reads answers with a real parser, however they are framed."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body = bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    @property
    def is_open(self) -> bool:
        """Whether another question can be asked."""
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, question: bytes) -> tuple[int, bytes]:
        """Status and body. Raises ConnectionError and ValueError."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(question)
        return await self._answer

    def close(self) -> None:
        """End it now."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Said by asyncio."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Said by asyncio."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(ValueError(f"not HTTP: {type(error).__name__}"))

    def connection_lost(self, error: Exception | None) -> None:
        """Said by asyncio."""
        self._fail(ConnectionResetError())

    def on_body(self, part: bytes) -> None:
        """Said by the parser."""
        self._body += part
        if len(self._body) > LARGEST_ANSWER:
            self._fail(ValueError("too large an answer"))

    def on_message_complete(self) -> None:
        """Said by the parser."""
        answer, self._body = (self._parser.get_status_code(), bytes(self._body)), bytearray()
        if not self._parser.should_keep_alive():
            self.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)

    def _fail(self, error: Exception) -> None:
        self.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)


async def _connect(address: SplitResult) -> _Connection:
    secured = ssl.create_default_context() if address.scheme == "https" else None
    port = address.port or (443 if secured else 80)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, connection = await loop.create_connection(_Connection, str(address.hostname), port, ssl=secured)
    except OSError as error:
        raise NotConnected from error
    return connection


def _question(address: SplitResult, secret: str, body: bytes) -> bytes:
    head = (
        f"POST {address.path} HTTP/1.1",
        f"Host: {address.netloc}",
        f"X-Faro-Secret: {secret}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "\r\n",
    )
    return "\r\n".join(head).encode("latin-1") + body
