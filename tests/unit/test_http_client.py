"""HTTP with Faro's limits, against servers on loopback that do what servers do, well or not."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import struct
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import http_client
from bot.http_client import HttpClient, NoAnswer, NotConnected

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine"
LOCALHOST = Path(__file__).with_name("localhost.pem")
"""A key and a certificate of its own for this machine, for tests only."""


class Server:
    """Reads whole requests and writes what it is told to; ``ends``: closes the connection after each answer; ``breaks``: before it."""

    def __init__(self) -> None:
        self.answer = OK
        self.ends = False
        self.breaks = False
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
                if self.breaks:  # with a reset, as a server that is killed does
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    break
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
async def client() -> AsyncIterator[HttpClient]:
    client = HttpClient()
    yield client
    await client.close()


async def _ask(client: HttpClient, server: Server, seconds: float = 10.0) -> tuple[int, bytes]:
    answer = await client.call("POST", f"{server.url}/a%2Fb", seconds=seconds, body=b"body", headers={"X-More": "yes"})
    return answer.status, answer.body


async def test_a_request_is_whole_and_the_answer_comes_back(client: HttpClient, server: Server) -> None:
    assert await _ask(client, server) == (200, b"fine")
    head, _, body = server.asked[0].decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    assert first == "POST /a%2Fb HTTP/1.1"
    assert {f"Host: {server.url.removeprefix('http://')}", "Content-Length: 4", "X-More: yes", "Accept-Encoding: identity"} <= set(lines)
    assert body == "body"


async def test_one_connection_serves_many_calls_that_follow_each_other(client: HttpClient, server: Server) -> None:
    for _ in range(5):
        await _ask(client, server)
    assert server.connections == 1


async def test_a_connection_that_the_server_ended_is_not_used_again(client: HttpClient, server: Server) -> None:
    server.ends = True
    for _ in range(3):
        assert await _ask(client, server) == (200, b"fine")
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
    assert await _ask(client, server) == (200, b"fine")
    assert await _ask(client, server) == (200, b"fine")


async def test_an_old_server_ends_its_answer_with_the_connection(client: HttpClient, server: Server) -> None:
    server.answer, server.ends = b"HTTP/1.0 200 OK\r\n\r\nfine", True
    assert await _ask(client, server) == (200, b"fine")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-len",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nfine",
        b"HTTP/1.0 200 OK\r\nconnection: close\r\ncontent-length: 1000\r\n\r\nfine",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nfi",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nfi\r\nno chunk\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"x" * 10_000 + b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
)
async def test_half_an_answer_is_none_and_is_not_asked_for_again(client: HttpClient, server: Server, answer: bytes) -> None:
    await _ask(client, server)
    server.answer, server.ends, server.asked = answer, True, []
    with pytest.raises(NoAnswer):
        await _ask(client, server)
    assert len(server.asked) == 1
    server.answer = OK
    assert await _ask(client, server) == (200, b"fine")


@pytest.mark.parametrize("used_before", [True, False])
async def test_a_connection_that_breaks_after_the_request_leaves_open_whether_it_was_taken(
    client: HttpClient, server: Server, used_before: bool
) -> None:
    if used_before:
        await _ask(client, server)
    server.breaks, server.asked = True, []
    with pytest.raises(NoAnswer):
        await _ask(client, server)
    assert len(server.asked) == 1


async def test_too_late_is_no_answer_and_its_connection_is_given_up(client: HttpClient, server: Server) -> None:
    await _ask(client, server)
    server.pause = 10.0
    with pytest.raises(NoAnswer):
        await _ask(client, server, seconds=0.2)
    server.pause = 0.0
    assert await _ask(client, server) == (200, b"fine")
    assert server.connections == 2


async def test_nobody_there_means_that_nothing_was_sent(client: HttpClient) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        with pytest.raises(NotConnected):
            await client.call("POST", f"http://127.0.0.1:{probe.getsockname()[1]}", seconds=10.0)


async def test_calls_over_the_number_of_connections_wait_for_their_turn(server: Server) -> None:
    client, server.pause = HttpClient(connections=2), 0.02
    assert await asyncio.gather(*(_ask(client, server) for _ in range(6))) == [(200, b"fine")] * 6
    assert server.most_at_once == server.connections == 2
    await client.close()


async def test_whose_turn_does_not_come_has_sent_nothing(server: Server) -> None:
    client, server.pause = HttpClient(connections=1), 0.4
    first = asyncio.create_task(_ask(client, server))
    await asyncio.sleep(0.02)
    with pytest.raises(NotConnected):
        await _ask(client, server, seconds=0.2)
    assert await first == (200, b"fine")
    assert len(server.asked) == 1
    await client.close()


async def test_whoever_gives_up_leaves_no_half_answer_to_the_next(client: HttpClient, server: Server) -> None:
    server.pause = 0.05
    given_up = asyncio.create_task(_ask(client, server))
    await asyncio.sleep(0.02)
    given_up.cancel()
    server.answer = b"HTTP/1.1 201 Made\r\ncontent-length: 0\r\n\r\n"
    assert await _ask(client, server) == (201, b"")


async def test_what_comes_unasked_closes_the_connection(client: HttpClient, server: Server) -> None:
    server.answer = OK + b"HTTP/1.1 500 More\r\ncontent-length: 0\r\n\r\n"
    assert await _ask(client, server) == (200, b"fine")
    server.answer = OK
    assert await _ask(client, server) == (200, b"fine")


async def test_an_answer_that_never_ends_is_given_up(client: HttpClient, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.http_client._LARGEST_ANSWER", 1_000_000)
    server.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n" + b"x" * 1_000_000
    assert len((await _ask(client, server))[1]) == 1_000_000
    server.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2000000\r\n\r\n" + b"x" * 1_900_000
    with pytest.raises(NoAnswer, match="too long"):
        await _ask(client, server)


async def test_nothing_is_unpacked(client: HttpClient, server: Server) -> None:
    packed = gzip.compress(b"x" * 1_000_000)
    server.answer = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(packed)}\r\n\r\n".encode() + packed
    assert await _ask(client, server) == (200, packed)


async def test_nobody_is_led_elsewhere_and_no_cookie_is_kept(client: HttpClient, server: Server) -> None:
    server.url = server.url.replace("127.0.0.1", "localhost")  # addresses have no cookies
    server.answer = f"HTTP/1.1 307 There\r\nlocation: {server.url}\r\nset-cookie: a=b\r\ncontent-length: 0\r\n\r\n".encode()
    assert await _ask(client, server) == (307, b"")
    await _ask(client, server)
    assert len(server.asked) == 2
    assert b"cookie" not in server.asked[1].lower()


@pytest.fixture
async def secure(server: Server) -> AsyncIterator[Server]:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(LOCALHOST)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    server.url = f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    http_client._certificates.cache_clear()
    async with listening:
        yield server
    http_client._certificates.cache_clear()


async def test_over_tls_one_connection_serves_many_calls(client: HttpClient, secure: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(LOCALHOST))
    for _ in range(3):
        assert await _ask(client, secure) == (200, b"fine")
    assert secure.connections == 1


async def test_a_server_that_cannot_prove_who_it_is_gets_nothing(client: HttpClient, secure: Server) -> None:
    with pytest.raises(NotConnected, match="Certificate"):
        await _ask(client, secure)
    assert secure.asked == []


async def test_errors_tell_neither_address_nor_what_was_said(client: HttpClient, server: Server) -> None:
    server.answer = b"a secret is no HTTP\r\n\r\n"
    with pytest.raises(NoAnswer) as caught:
        await _ask(client, server)
    told = "".join(traceback.format_exception(caught.value))
    assert "secret" not in told
    assert server.url not in told


async def test_after_closing_it_opens_again(client: HttpClient, server: Server) -> None:
    await client.close()
    for _ in range(2):
        assert await _ask(client, server) == (200, b"fine")
        await client.close()
    assert server.connections == 2


async def test_a_proxy_is_asked_instead_of_the_server(server: Server) -> None:
    client = HttpClient(proxy=server.url)
    assert (await client.call("POST", "http://far.example/path", seconds=10.0, body=b"body")).body == b"fine"
    assert server.asked[0].startswith(b"POST http://far.example/path HTTP/1.1\r\n")
    await client.close()
