"""The running Rasa as the bot uses it: its own channel, its actions, and what it must never do."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import httpx
import pytest

from bot.conversation.dialogue import Clarify, DialogueClient, PressFor, Said
from bot.dialogue_process import DialogueProcess
from tests.dialogue.conftest import SECRET

pytestmark = pytest.mark.asyncio(loop_scope="session")
"""One loop for all: the running Rasa is shared."""


async def post(running: DialogueProcess, body: Any, secret: str = SECRET, route: str = "webhook") -> httpx.Response:
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        content = body if isinstance(body, bytes) else None
        named = None if content else body
        address = f"{running.url}/webhooks/faro/{route}"
        return await http.post(address, json=named, content=content, headers={"X-Faro-Secret": secret})


@pytest.mark.parametrize("text", ["hello", "bonjour", "buongiorno", "hola"])
async def test_a_greeting_is_answered_by_name_in_any_language(dialogue: DialogueClient, text: str) -> None:
    understanding = await dialogue.ask("a1", text)
    assert understanding.intent == "greet"
    assert understanding.said == (Said("utter_greet"),)
    assert understanding.ranking[0].intent == "greet"


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("I want to report something anonymously", "tip:start"),
        ("I want to kill myself", "safety:crisis"),
        ("unsubscribe me from everything", "topics:drop:all"),
    ],
)
async def test_an_action_presses_a_button_of_the_bot(dialogue: DialogueClient, text: str, payload: str) -> None:
    assert (await dialogue.ask("a2", text)).said == (PressFor(payload),)


async def test_helplines_remember_what_was_told_before(dialogue: DialogueClient) -> None:
    await dialogue.ask("a3", "someone threatens to publish my nude pictures if I don't pay")
    assert (await dialogue.ask("a3", "is there a number I can call")).said == (PressFor("help:lines:sextortion"),)
    assert (await dialogue.ask("a4", "is there a number I can call")).said == (PressFor("help:lines"),)


@pytest.mark.parametrize("text", ["/suicide_risk", '/greet{"x": "y"}', "  /restart", "\u200b/session_start", "//back", "/ /greet"])
async def test_a_typed_command_triggers_nothing(dialogue: DialogueClient, text: str) -> None:
    understanding = await dialogue.ask("a5", text)
    assert understanding.confidence < 1.0, "full confidence is what a command gets"


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "\u200b\u202e", "🙂🙂", "?!", "asdkjh qwlekj zxmcn", "x" * 100_000])
async def test_whatever_is_typed_gets_an_answer(dialogue: DialogueClient, text: str) -> None:
    understanding = await dialogue.ask("a6", text)
    assert understanding.said
    assert all(isinstance(said, Said | Clarify | PressFor) for said in understanding.said)


@pytest.mark.parametrize("secret", ["", "wrong", "S3CRET", "s3cret1", "s3cre"])
async def test_without_the_secret_nobody_is_heard(running: DialogueProcess, secret: str) -> None:
    assert (await post(running, {"sender": "a", "text": "hello"}, secret)).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"\xff",
        b"[]",
        {"text": "hello"},
        {"sender": "a b", "text": "hello"},
        {"sender": "", "text": "hello"},
        {"sender": "a", "text": 7},
    ],
)
async def test_anything_but_a_message_is_refused(running: DialogueProcess, body: Any) -> None:
    answer = await post(running, body)
    assert answer.status_code == 400
    assert answer.json()


async def test_where_no_intent_fits_the_message_comes_back_as_a_vector_and_only_there(dialogue: DialogueClient) -> None:
    text = "which is the longest river of south america"
    understanding = await dialogue.ask("a8", text)
    assert understanding.intent in ("out_of_scope", "nlu_fallback")
    assert understanding.vector is not None
    embedded = await dialogue.embed([text, "the longest rivers of the world", "my bike was stolen"])
    same, near, far = (likeness(understanding.vector, other) for other in embedded.vectors)
    assert same == pytest.approx(1, abs=1e-3)
    assert 1 > near > far + 0.02
    assert (await dialogue.ask("a8", "hello")).vector is None


def likeness(one: bytes, other: bytes) -> float:
    pairs = zip(struct.iter_unpack("<f", one), struct.iter_unpack("<f", other), strict=True)
    return float(sum(left * right for (left,), (right,) in pairs))


async def test_odd_texts_get_vectors_too(dialogue: DialogueClient) -> None:
    embedded = await dialogue.embed(["", "\x00", "\ud800", "🙂", "x" * 10_000, "/greet"])
    assert len(embedded.vectors) == 6
    assert embedded.encoder


@pytest.mark.parametrize("body", [b"not json", {}, {"texts": []}, {"texts": "hello"}, {"texts": [7]}, {"texts": ["a"] * 65}])
async def test_anything_but_some_texts_is_refused(running: DialogueProcess, body: Any) -> None:
    assert (await post(running, body, route="embed")).status_code == 400
    assert (await post(running, {"texts": ["hello"]}, "wrong", route="embed")).status_code == 403


@pytest.mark.parametrize("path", ["/model/parse", "/conversations/a1/tracker", "/domain", "/webhooks/rest/webhook", "/status"])
async def test_rasas_own_interface_is_closed(running: DialogueProcess, path: str) -> None:
    async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
        assert (await http.get(f"{running.url}{path}", headers={"X-Faro-Secret": SECRET})).status_code == 404


async def test_different_people_are_answered_at_once(dialogue: DialogueClient) -> None:
    answers = await asyncio.gather(*(dialogue.ask(f"many{number}", "hello") for number in range(16)))
    assert {answer.intent for answer in answers} == {"greet"}


async def test_what_people_write_stays_out_of_the_log(dialogue: DialogueClient, running: DialogueProcess) -> None:
    await dialogue.ask("a7", "marmaladenglas in my street")
    await post(running, {"sender": "a7", "text": 7, "more": "marmaladenglas"})
    log = running.log_file.read_text(errors="replace")
    assert "marmaladenglas" not in log


async def test_a_long_conversation_does_not_grow_slower(dialogue: DialogueClient) -> None:
    """Without trimming, a message takes several times as long at turn 60 as at turn 5."""

    async def seconds(turns: int) -> float:
        began = asyncio.get_running_loop().time()
        for _ in range(turns):
            await dialogue.ask("long", "hello")
        return (asyncio.get_running_loop().time() - began) / turns

    await seconds(15)
    early = await seconds(10)
    await seconds(40)
    assert await seconds(10) < early * 2 + 0.02
