"""Connections to Rasa, against small servers that do what servers do."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.conversation.connections import LARGEST_ANSWER, Connections, NotConnected

Reply = Callable[[asyncio.StreamWriter, bytes], Awaitable[None]]


class Server:
    """Hears a whole question, counts connections, and answers as told."""

    def __init__(self) -> None:
        self.connections = 0
        self.heads: list[bytes] = []
        self.reply: Reply = self.echo
        self.url = ""

    async def echo(self, writer: asyncio.StreamWriter, body: bytes) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                await self.reply(writer, await reader.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


def raw(answer: bytes, *, close: bool = False) -> Reply:
    async def reply(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(answer)
        if close:
            writer.close()

    return reply


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/path"
    async with listening:
        yield server


@pytest.fixture
async def connections() -> AsyncIterator[Connections]:
    connections = Connections("s3cret", most_at_once=2)
    yield connections
    await connections.aclose()


async def test_questions_one_after_the_other_share_a_connection(connections: Connections, server: Server) -> None:
    assert [await connections.post(server.url, body, 5) for body in (b"1", b"", b"3")] == [(200, b"1"), (200, b""), (200, b"3")]
    assert server.connections == 1
    assert server.heads[0].startswith(b"POST /path HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"X-Faro-Secret: s3cret\r\n" in server.heads[0]


async def test_questions_at_once_have_a_connection_each_and_the_rest_waits(connections: Connections, server: Server) -> None:
    answers = await asyncio.gather(*(connections.post(server.url, b"%d" % number, 5) for number in range(6)))
    assert answers == [(200, b"%d" % number) for number in range(6)]
    assert server.connections == 2


async def test_a_connection_that_the_other_side_closed_is_replaced(connections: Connections, server: Server) -> None:
    server.reply = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", close=True)
    assert await connections.post(server.url, b"1", 5) == (200, b"")
    await asyncio.sleep(0.02)
    server.reply = server.echo
    assert await connections.post(server.url, b"2", 5) == (200, b"2")


async def test_a_kept_connection_that_ends_under_a_question_is_replaced(connections: Connections, server: Server) -> None:
    await connections.post(server.url, b"1", 5)

    async def end_once(writer: asyncio.StreamWriter, _: bytes) -> None:
        server.reply = server.echo
        writer.close()

    server.reply = end_once
    assert await connections.post(server.url, b"2", 5) == (200, b"2")


async def test_a_new_connection_that_ends_without_an_answer_is_an_error(connections: Connections, server: Server) -> None:
    server.reply = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", close=True)
    with pytest.raises(ConnectionError):
        await connections.post(server.url, b"1", 5)


async def test_a_late_answer_is_not_taken_for_the_next_ones(connections: Connections, server: Server) -> None:
    async def late(writer: asyncio.StreamWriter, body: bytes) -> None:
        await asyncio.sleep(0.1)
        await server.echo(writer, body)

    server.reply = late
    with pytest.raises(TimeoutError):
        await connections.post(server.url, b"late", 0.03)
    server.reply = server.echo
    assert await connections.post(server.url, b"next", 5) == (200, b"next")
    assert server.connections == 2


async def test_an_answer_in_pieces_is_put_together(connections: Connections, server: Server) -> None:
    server.reply = raw(b"HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert await connections.post(server.url, b"1", 5) == (503, b"abcde")
    assert await connections.post(server.url, b"2", 5) == (503, b"abcde")
    assert server.connections == 1


async def test_a_server_that_wants_to_close_is_let_go(connections: Connections, server: Server) -> None:
    server.reply = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    for _ in range(2):
        assert await connections.post(server.url, b"1", 5) == (200, b"ok")
    assert server.connections == 2


async def test_what_is_not_http_is_refused(connections: Connections, server: Server) -> None:
    server.reply = raw(b"SSH-2.0-OpenSSH\r\n\r\n")
    with pytest.raises(ValueError, match="not HTTP"):
        await connections.post(server.url, b"1", 5)


async def test_an_endless_answer_is_refused(connections: Connections, server: Server) -> None:
    server.reply = raw(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (LARGEST_ANSWER + 1))
    with pytest.raises(ValueError, match="too large"):
        await connections.post(server.url, b"1", 5)


async def test_nobody_there_is_said_at_once(connections: Connections) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        with pytest.raises(NotConnected):
            await connections.post(f"http://127.0.0.1:{probe.getsockname()[1]}/", b"1", 5)
