"""The short way over HTTP, against servers on loopback that do what servers do, well or not."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from bot.http_client import HttpClient, NoAnswer, NotConnected

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine"


class Server:
    """Reads whole requests and writes what it is told to; ``ends``: closes the connection after each answer."""

    def __init__(self) -> None:
        self.answer = OK
        self.ends = False
        self.pause = 0.0
        self.asked: list[bytes] = []
        self.connections = 0
        self.most_at_once = 0
        self.url = ""
        self._at_once = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                self.asked.append(head + await reader.readexactly(size))
                self._at_once += 1
                self.most_at_once = max(self.most_at_once, self._at_once)
                await asyncio.sleep(self.pause)
                self._at_once -= 1
                writer.write(self.answer)
                await writer.drain()
                if self.ends:
                    break
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening:
        yield server


@pytest.fixture
async def client(server: Server) -> AsyncIterator[HttpClient]:
    client = HttpClient(f"{server.url}/folder/")
    yield client
    client.close()


async def _ask(client: HttpClient) -> tuple[int, bytes]:
    answer = await client.post("/path", b"body", "text/plain", seconds=0.5, headers="x-more: yes\r\n")
    return answer.status, answer.body


async def test_a_request_is_whole_and_the_answer_comes_back(client: HttpClient, server: Server) -> None:
    assert await _ask(client) == (200, b"fine")
    head, _, body = server.asked[0].decode().partition("\r\n\r\n")
    assert head.split("\r\n")[0] == "POST /folder/path HTTP/1.1"
    assert {f"host: {server.url.removeprefix('http://')}", "content-type: text/plain", "content-length: 4", "x-more: yes"} <= set(
        head.split("\r\n")
    )
    assert body == "body"


async def test_one_connection_serves_many_calls_that_follow_each_other(client: HttpClient, server: Server) -> None:
    for _ in range(5):
        await _ask(client)
    assert server.connections == 1


async def test_a_connection_that_the_server_ended_is_not_used_again(client: HttpClient, server: Server) -> None:
    server.ends = True
    for _ in range(3):
        assert await _ask(client) == (200, b"fine")
        await asyncio.sleep(0.02)
    assert server.connections == 3


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nfi\r\n2\r\nne\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\nfine",
    ],
)
async def test_ways_to_answer_well(client: HttpClient, server: Server, answer: bytes) -> None:
    server.answer = answer
    assert await _ask(client) == (200, b"fine")
    assert await _ask(client) == (200, b"fine")


async def test_an_old_server_ends_its_answer_with_the_connection(client: HttpClient, server: Server) -> None:
    server.answer, server.ends = b"HTTP/1.0 200 OK\r\n\r\nfine", True
    assert await _ask(client) == (200, b"fine")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-len",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nfine",
        b"HTTP/1.0 200 OK\r\nconnection: close\r\ncontent-length: 1000\r\n\r\nfine",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nfi",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
)
async def test_half_an_answer_is_none(client: HttpClient, server: Server, answer: bytes) -> None:
    server.answer, server.ends = answer, True
    with pytest.raises(NoAnswer):
        await _ask(client)
    server.answer = OK
    assert await _ask(client) == (200, b"fine")


async def test_too_late_is_no_answer_and_its_connection_is_given_up(client: HttpClient, server: Server) -> None:
    server.pause = 0.7
    with pytest.raises(NoAnswer):
        await _ask(client)
    server.pause = 0.0
    assert await _ask(client) == (200, b"fine")
    assert server.connections == 2


async def test_nobody_there_means_that_nothing_was_sent() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        with pytest.raises(NotConnected):
            await _ask(HttpClient(f"http://127.0.0.1:{probe.getsockname()[1]}"))


async def test_calls_over_the_number_of_connections_wait_for_their_turn(server: Server) -> None:
    client, server.pause = HttpClient(server.url, connections=2), 0.02
    assert await asyncio.gather(*(_ask(client) for _ in range(6))) == [(200, b"fine")] * 6
    assert server.most_at_once == server.connections == 2
    client.close()


async def test_whoever_gives_up_leaves_no_half_answer_to_the_next(client: HttpClient, server: Server) -> None:
    server.pause = 0.05
    given_up = asyncio.create_task(_ask(client))
    await asyncio.sleep(0.02)
    given_up.cancel()
    server.answer = b"HTTP/1.1 201 Made\r\ncontent-length: 0\r\n\r\n"
    assert await _ask(client) == (201, b"")


async def test_what_comes_unasked_closes_the_connection(client: HttpClient, server: Server) -> None:
    server.answer = OK + b"HTTP/1.1 500 More\r\ncontent-length: 0\r\n\r\n"
    assert await _ask(client) == (200, b"fine")
    server.answer = OK
    assert await _ask(client) == (200, b"fine")


@pytest.mark.parametrize("address", ["ftp://there", "there", "http://", ""])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        HttpClient(address)
