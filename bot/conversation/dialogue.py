"""The way to Rasa and back: a pseudonym and words out, an understanding in. Never waits long, never trusts the answer."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

import structlog

from bot.conversation.breaker import Breaker
from bot.errors import FaroError
from bot.http_client import HttpClient, NoAnswer, NotConnected

__all__ = ["Clarify", "DialogueAway", "DialogueClient", "Embedded", "Meaning", "PressFor", "Said", "Understanding"]

CONNECT_SECONDS = 0.3
TOTAL_SECONDS = 5.0
EMBED_SECONDS = 0.4
"""More time for each text that is embedded, on a busy machine."""

EMBED_AT_ONCE = 64
"""Texts in one request, at most."""

_FLOAT = 4
"""Bytes of a number in a vector."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_PAYLOAD = re.compile(r"[a-z]+:[A-Za-z0-9_:.-]{1,58}")
_MESSAGES = "/webhooks/faro/webhook"
_TEXTS = "/webhooks/faro/embed"

Answer = TypeVar("Answer")

_log = structlog.get_logger(__name__)


class DialogueAway(FaroError):
    """Rasa is down, loading, slow, or does not answer as agreed."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """An intent and how sure the model is, from 0 to 1."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Said:
    """A text to show, by its name in the catalogue."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class PressFor:
    """A button to press on the person's behalf."""

    payload: str


@dataclass(frozen=True, slots=True)
class Clarify:
    """Meanings to ask between, the most important first."""

    intents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Understanding:
    """What Rasa makes of one message. ``intent`` is ``nlu_fallback`` when it is not sure.

    ``vector`` is the message's meaning, little-endian float32 of length 1, comparable with :class:`Embedded` texts. Only there when no
    intent fits and Rasa has an encoder. It says much of what the words said: keep it no longer than them.
    """

    intent: str
    confidence: float
    ranking: tuple[Meaning, ...]
    said: tuple[Said | PressFor | Clarify, ...]
    vector: bytes | None = field(default=None, repr=False)

    def confidence_of(self, intent: str) -> float:
        """How sure the model is of this intent, 0 when it is not among the first."""
        return max((meaning.confidence for meaning in self.ranking if meaning.intent == intent), default=0.0)


@dataclass(frozen=True, slots=True)
class Embedded:
    """Texts as vectors, in the order of the texts: little-endian float32 of length 1, all of the same size.

    Vectors may be compared when they come from the same ``encoder`` (its name and fingerprint).
    """

    encoder: str
    vectors: tuple[bytes, ...] = field(repr=False)


class DialogueClient:
    """Asks Rasa.

    Args:
        url: Rasa's address without path, or a function that gives it (None: there is no Rasa at the moment).
        secret: shared with the channel ``faro``.
        timeout: seconds for one message altogether.
        now: seconds on a clock that never goes back.
    """

    def __init__(
        self,
        url: str | Callable[[], str | None],
        secret: str,
        timeout: float = TOTAL_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url: Callable[[], str | None] = url if callable(url) else lambda: url
        self._headers = {"Content-Type": "application/json", "X-Faro-Secret": secret}
        self._http = HttpClient(connect_seconds=CONNECT_SECONDS)  # through no proxy: none ever sees what people write
        self._seconds = timeout
        self._breaker = Breaker(now)

    async def ask(self, sender: str, text: str) -> Understanding:
        """Understand one message.

        Raises:
            DialogueAway: at once while Rasa is known to be away, else within the time limit.
        """
        rasa = self._rasa()
        if self._breaker.is_open():
            raise DialogueAway
        try:
            body = {"sender": sender, "text": _encodable(text)}
            understanding = await self._post(rasa + _MESSAGES, body, read_understanding, self._seconds)
        except DialogueAway as away:
            self._breaker.failed(at_once=isinstance(away.__cause__, NotConnected))
            raise
        self._breaker.worked()
        return understanding

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """The vectors of at most :data:`EMBED_AT_ONCE` texts. Many at once take Rasa's time from people who write.

        Raises:
            DialogueAway: Rasa is away, or has no encoder.
        """
        body = {"texts": [_encodable(text) for text in texts]}
        seconds = self._seconds + EMBED_SECONDS * len(texts)
        return await self._post(self._rasa() + _TEXTS, body, lambda answer: read_embedded(answer, len(texts)), seconds)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.close()

    def _rasa(self) -> str:
        """Its address. A Rasa that was started anew listens elsewhere."""
        url = self._url()
        if url is None:
            raise DialogueAway
        return url.rstrip("/")

    async def _post(self, url: str, body: dict[str, Any], read: Callable[[Any], Answer], seconds: float) -> Answer:
        try:
            answer = await self._http.call("POST", url, seconds=seconds, body=json.dumps(body).encode(), headers=self._headers)
            if answer.status != HTTPStatus.OK:
                raise DialogueAway(f"Rasa answered {answer.status}")
            return read(json.loads(answer.body))
        except (NotConnected, NoAnswer, ValueError) as error:
            _log.info("dialogue away", error=type(error).__name__)
            raise DialogueAway from error


def read_understanding(answer: Any) -> Understanding:
    """Rasa's answer, checked part by part.

    Raises:
        ValueError: something is not as agreed in ``docs/architecture.md``.
    """
    try:
        return Understanding(
            intent=_name(answer["intent"]),
            confidence=float(answer["confidence"]),
            ranking=tuple(Meaning(_name(entry["name"]), float(entry["confidence"])) for entry in answer["ranking"]),
            said=tuple(_said(response) for response in answer["responses"]),
            vector=_numbers(answer["vector"]) if answer.get("vector") is not None else None,
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"unexpected answer: {error!r}") from error


def read_embedded(answer: Any, texts: int) -> Embedded:
    """Rasa's vectors of so many texts, checked: each has the same size, none is missing.

    Raises:
        ValueError: something is not as agreed in ``docs/architecture.md``.
    """
    try:
        encoder, numbers, size = str(answer["encoder"]), _numbers(answer["vectors"]), int(answer["dimensions"]) * _FLOAT
    except (KeyError, TypeError) as error:
        raise ValueError(f"unexpected answer: {error!r}") from error
    if size <= 0 or len(numbers) != texts * size:
        raise ValueError("unexpected size of vectors")
    return Embedded(encoder, tuple(numbers[start : start + size] for start in range(0, len(numbers), size)))


def _said(response: Mapping[str, Any]) -> Said | PressFor | Clarify:
    if "press" in response:
        return PressFor(_matched(_PAYLOAD, response["press"]))
    if "clarify" in response:
        return Clarify(tuple(_name(intent) for intent in response["clarify"]))
    return Said(_name(response["utter"]), dict(response.get("params") or {}))


def _numbers(value: Any) -> bytes:
    """Base64 of float32 numbers. Whether they are finite is for the reader of the numbers to see."""
    numbers = base64.b64decode(value, validate=True)
    if not numbers or len(numbers) % _FLOAT:
        raise ValueError("unexpected size of a vector")
    return numbers


def _encodable(text: str) -> str:
    """The text without lone surrogates, which JSON in UTF-8 cannot carry."""
    return text.encode("utf-8", "replace").decode()


def _name(value: Any) -> str:
    return _matched(_NAME, value)


def _matched(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError("unexpected name")
    return value
