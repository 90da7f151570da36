"""The dialogue client, against a real small server on loopback."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bot.conversation.dialogue import (
    Clarify,
    DialogueAway,
    DialogueClient,
    PressFor,
    Said,
    read_embedded,
    read_understanding,
)

GOOD: dict[str, Any] = {
    "intent": "scam",
    "confidence": 0.9,
    "ranking": [{"name": "scam", "confidence": 0.9}, {"name": "suicide_risk", "confidence": 0.05}],
    "responses": [{"utter": "utter_scam", "params": {"count": 2}}, {"press": "tip:start"}, {"clarify": ["scam", "hate"]}],
}


class Rasa:
    """Speaks just enough HTTP; counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.answer: Callable[[], Awaitable[tuple[int, bytes]]] = self.well
        self.url = ""

    async def well(self) -> tuple[int, bytes]:
        return 200, json.dumps(GOOD).encode()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
                self.asked.append((headers, json.loads(await reader.readexactly(int(headers["content-length"])))))
                status, body = await self.answer()
                writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def rasa() -> AsyncIterator[Rasa]:
    rasa = Rasa()
    server = await asyncio.start_server(rasa.serve, "127.0.0.1", 0)
    rasa.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield rasa


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def client(rasa: Rasa, clock: Clock) -> AsyncIterator[DialogueClient]:
    client = DialogueClient(rasa.url, "s3cret", timeout=0.5, now=clock)
    yield client
    await client.aclose()


async def test_an_answer_is_understood(client: DialogueClient, rasa: Rasa) -> None:
    understanding = await client.ask("abc", "they took my money")
    assert (understanding.intent, understanding.confidence) == ("scam", 0.9)
    assert understanding.said == (Said("utter_scam", {"count": 2}), PressFor("tip:start"), Clarify(("scam", "hate")))
    assert understanding.confidence_of("suicide_risk") == 0.05
    assert understanding.confidence_of("greet") == 0.0
    headers, body = rasa.asked[0]
    assert headers["x-faro-secret"] == "s3cret"
    assert body == {"sender": "abc", "text": "they took my money"}


async def test_a_lone_surrogate_does_not_break_the_question(client: DialogueClient, rasa: Rasa) -> None:
    await client.ask("abc", "a\ud800b")
    assert rasa.asked[0][1]["text"] == "a?b"


async def test_nobody_there_is_away_at_once(clock: Clock) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        client = DialogueClient(f"http://127.0.0.1:{probe.getsockname()[1]}", "s", now=clock)
        began = time.monotonic()
        with pytest.raises(DialogueAway):
            await client.ask("abc", "hello")
        assert time.monotonic() - began < 1.0
        await client.aclose()


async def test_no_address_is_away(rasa: Rasa) -> None:
    client = DialogueClient(lambda: None, "s")
    with pytest.raises(DialogueAway):
        await client.ask("abc", "hello")
    await client.aclose()


async def test_a_slow_rasa_is_away_within_the_time_limit(client: DialogueClient, rasa: Rasa) -> None:
    async def slow() -> tuple[int, bytes]:
        await asyncio.sleep(5)
        return await rasa.well()

    rasa.answer = slow
    began = time.monotonic()
    with pytest.raises(DialogueAway):
        await client.ask("abc", "hello")
    assert time.monotonic() - began < 2.0


def broken(**changes: Any) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (503, broken()),
        (200, b"not json"),
        (200, b"\xff\xfe"),
        (200, b"[]"),
        (200, b"null"),
        (200, broken(intent=None)),
        (200, broken(confidence="very")),
        (200, broken(ranking=[{"name": "Robert'); DROP"}])),
        (200, broken(responses=[{"press": "no colon"}])),
        (200, broken(responses=[{"press": "tip:" + "x" * 80}])),
        (200, broken(responses=[{"utter": "<b>"}])),
        (200, broken(responses=["utter_scam"])),
        (200, broken(responses=None)),
        (200, broken(vector="not base64")),
        (200, broken(vector="AAAA")),
        (200, broken(vector="")),
        (200, broken(vector=7)),
    ],
)
async def test_an_unexpected_answer_is_away(client: DialogueClient, rasa: Rasa, status: int, body: bytes) -> None:
    async def odd() -> tuple[int, bytes]:
        return status, body

    rasa.answer = odd
    with pytest.raises(DialogueAway):
        await client.ask("abc", "hello")


async def test_one_odd_answer_does_not_silence_the_others(client: DialogueClient, rasa: Rasa) -> None:
    async def odd() -> tuple[int, bytes]:
        return 500, b"{}"

    rasa.answer = odd
    with pytest.raises(DialogueAway):
        await client.ask("abc", "a strange message")
    rasa.answer = rasa.well
    assert (await client.ask("def", "hello")).intent == "scam"


async def test_after_three_odd_answers_rasa_is_left_alone_for_a_while(client: DialogueClient, rasa: Rasa, clock: Clock) -> None:
    async def odd() -> tuple[int, bytes]:
        return 500, b"{}"

    rasa.answer = odd
    for _ in range(5):
        with pytest.raises(DialogueAway):
            await client.ask("abc", "hello")
    assert len(rasa.asked) == 3
    rasa.answer = rasa.well
    clock.seconds = 0.6
    assert (await client.ask("abc", "hello")).intent == "scam"
    assert (await client.ask("abc", "hello")).intent == "scam"


async def test_a_dead_rasa_costs_one_try_per_rest_and_the_rest_grows(clock: Clock) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    tries = 0
    client = DialogueClient(url, "s", now=clock)
    for moment in (0.0, 0.1, 0.4, 0.5, 1.0, 1.4, 1.5, 3.4, 3.5):
        clock.seconds = moment
        tries += await _tried(client)
    assert tries == 4  # at 0.0, 0.5, 1.5 and 3.5: rests of 0.5, 1, 2 seconds
    await client.aclose()


async def _tried(client: DialogueClient) -> bool:
    try:
        await client.ask("abc", "hello")
    except DialogueAway as away:
        return away.__cause__ is not None
    return True


def test_a_persons_parameters_stay_out_of_repr() -> None:
    assert "words" not in repr(read_understanding({**GOOD, "responses": [{"utter": "utter_scam", "params": {"said": "words"}}]}))


def floats(*numbers: float) -> str:
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


def test_a_vector_comes_as_bytes_and_stays_out_of_repr() -> None:
    understanding = read_understanding({**GOOD, "intent": "out_of_scope", "vector": floats(0.6, 0.8)})
    assert understanding.vector == struct.pack("<2f", 0.6, 0.8)
    assert "vector" not in repr(understanding)
    assert read_understanding(GOOD).vector is None


async def test_texts_become_vectors_in_their_order(client: DialogueClient, rasa: Rasa) -> None:
    async def vectors() -> tuple[int, bytes]:
        return 200, json.dumps({"encoder": "e-1", "vectors": floats(1, 0, 0, 1), "dimensions": 2}).encode()

    rasa.answer = vectors
    embedded = await client.embed(["a\ud800", "b"])
    assert embedded.encoder == "e-1"
    assert embedded.vectors == (struct.pack("<2f", 1, 0), struct.pack("<2f", 0, 1))
    assert rasa.asked[0][1] == {"texts": ["a?", "b"]}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"encoder": "e", "vectors": floats(1, 0), "dimensions": 2},
        {"encoder": "e", "vectors": floats(1, 0, 0, 1, 1, 0), "dimensions": 2},
        {"encoder": "e", "vectors": floats(1, 0, 0, 1), "dimensions": 0},
        {"encoder": "e", "vectors": floats(1, 0, 0, 1), "dimensions": -2},
        {"encoder": "e", "vectors": floats(1, 0, 0, 1), "dimensions": "many"},
        {"encoder": "e", "vectors": "****", "dimensions": 2},
    ],
)
def test_vectors_of_another_size_are_refused(answer: Any) -> None:
    with pytest.raises(ValueError, match=r"unexpected|base64|invalid"):
        read_embedded(answer, texts=2)


async def test_without_an_encoder_texts_find_rasa_away_and_messages_do_not(client: DialogueClient, rasa: Rasa) -> None:
    async def no_encoder() -> tuple[int, bytes]:
        return 503, b"{}"

    rasa.answer = no_encoder
    for _ in range(4):
        with pytest.raises(DialogueAway):
            await client.embed(["a"])
    rasa.answer = rasa.well
    assert (await client.ask("abc", "hello")).intent == "scam"
