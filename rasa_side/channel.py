"""Rasa channel ``faro``: one message in, the names of answers out; texts in, vectors out. Only the bot may use it.

``POST /webhooks/faro/webhook``, ``POST /webhooks/faro/embed`` and ``GET /webhooks/faro/health``, as described in
``docs/architecture.md``.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from rasa_side.processor import QuickProcessor
from rasa_side.text import neutralised
from rasa_side.understanding import embedded, packed, understood
from rasa_side.wire import FALLBACK, SILENT, answer_of, embeddings_of, said, valid_sender, valid_texts

logger = logging.getLogger(__name__)

_OnMessage = Callable[[UserMessage], Awaitable[Any]]
"""Rasa's dialogue: takes a message, speaks through its output channel."""

_Answered = tuple[dict[str, Any], int]
"""JSON and HTTP status."""

_Answer = Callable[[MessageProcessor, dict[str, Any]], Awaitable[_Answered]]


class Collected(OutputChannel):
    """Keeps what the dialogue says, in order, by name."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name in events."""
        return "faro"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take one answer: a named response, or an action's JSON."""
        answer = said(message)
        if answer is None:
            logger.warning("An answer without a name was dropped.")
        else:
            self.said.append(answer)


class FaroInput(InputChannel):
    """The bot's way in.

    Args:
        secret: what the header ``X-Faro-Secret`` has to carry; empty refuses everybody.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    @classmethod
    def name(cls) -> str:
        """Part of the address: ``/webhooks/faro/…``."""
        return "faro"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> FaroInput:
        """Rasa's constructor, with the part of ``credentials.yml`` that belongs to this channel."""
        return cls(str((credentials or {}).get("secret") or ""))

    def blueprint(self, on_new_message: _OnMessage) -> Blueprint:
        """The three routes."""
        routes = Blueprint("faro_webhook", __name__)

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"ready": _ready(request)})

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            return await self._answer(request, partial(_converse, on_new_message))

        @routes.post("/embed")
        async def embed(request: Request) -> HTTPResponse:
            return await self._answer(request, _embed)

        @routes.after_server_stop
        async def close(app: Sanic, _: Any) -> None:
            agent = getattr(app.ctx, "agent", None)
            if isinstance(getattr(agent, "processor", None), QuickProcessor):
                await agent.processor.close()

        return routes

    async def _answer(self, request: Request, answer: _Answer) -> HTTPResponse:
        if not self._is_bot(request):
            return response.json({"error": "refused"}, status=403)
        if not _ready(request):
            return response.json({"error": "loading"}, status=503)
        try:
            return response.json(*await answer(QuickProcessor.into(request.app.ctx.agent), _body(request)))
        except Exception as error:  # the bot must hear of it at once; the person's words stay out of the log
            logger.error("A message could not be handled: %s", type(error).__name__)
            return response.json({"error": "failed"}, status=500)

    def _is_bot(self, request: Request) -> bool:
        given = request.headers.get("X-Faro-Secret", "").encode("utf-8", "replace")
        return bool(self._secret) and hmac.compare_digest(given, self._secret)


async def _converse(on_new_message: _OnMessage, processor: MessageProcessor, body: dict[str, Any]) -> _Answered:
    sender, text = body.get("sender"), body.get("text")
    if not valid_sender(sender) or not isinstance(text, str):
        return {"error": "expected sender and text"}, 400
    words = neutralised(text)
    parsed, vector = understood(processor, words) if words else ({**FALLBACK, "text": ""}, None)
    collected = Collected()
    await on_new_message(UserMessage(words, collected, sender, parse_data=parsed, input_channel="faro"))
    return answer_of(parsed, collected.said or [SILENT], vector), 200


async def _embed(_: MessageProcessor, body: dict[str, Any]) -> _Answered:
    texts = body.get("texts")
    if not valid_texts(texts):
        return {"error": "expected texts"}, 400
    if (rows := await embedded(texts)) is None:
        return {"error": "no encoder"}, 503
    encoder, vectors = rows
    return embeddings_of(encoder, packed(vectors), vectors.shape[1]), 200


def _body(request: Request) -> dict[str, Any]:
    """The request's JSON, empty when it is none."""
    try:
        body = request.json
    except Exception:  # whatever the parser of the moment raises
        return {}
    return body if isinstance(body, dict) else {}


def _ready(request: Request) -> bool:
    agent = getattr(request.app.ctx, "agent", None)
    return agent is not None and agent.is_ready()
