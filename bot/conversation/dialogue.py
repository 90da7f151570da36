"""The way to Rasa and back: a pseudonym and words out, an understanding in. Never waits long, never trusts the answer."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog

from bot.errors import FaroError

__all__ = ["Clarify", "DialogueAway", "DialogueClient", "Meaning", "PressFor", "Said", "Understanding"]

CONNECT_SECONDS = 0.3
TOTAL_SECONDS = 5.0

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_PAYLOAD = re.compile(r"[a-z]+:[A-Za-z0-9_:.-]{1,58}")
_PATH = "/webhooks/faro/webhook"

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
    """What Rasa makes of one message. ``intent`` is ``nlu_fallback`` when it is not sure."""

    intent: str
    confidence: float
    ranking: tuple[Meaning, ...]
    said: tuple[Said | PressFor | Clarify, ...]

    def confidence_of(self, intent: str) -> float:
        """How sure the model is of this intent, 0 when it is not among the first."""
        return max((meaning.confidence for meaning in self.ranking if meaning.intent == intent), default=0.0)


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
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=32)
        self._http = httpx.AsyncClient(
            headers={"X-Faro-Secret": secret},
            timeout=httpx.Timeout(timeout, connect=CONNECT_SECONDS),
            limits=limits,
            trust_env=False,  # no proxy ever sees what people write
        )
        self._breaker = _Breaker(now)

    async def ask(self, sender: str, text: str) -> Understanding:
        """Understand one message.

        Raises:
            DialogueAway: at once while Rasa is known to be away, else within the time limit.
        """
        url = self._url()
        if url is None or self._breaker.is_open():
            raise DialogueAway
        try:
            understanding = await self._ask(url, sender, text)
        except DialogueAway as away:
            self._breaker.failed(at_once=isinstance(away.__cause__, httpx.ConnectError | httpx.ConnectTimeout))
            raise
        self._breaker.worked()
        return understanding

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _ask(self, url: str, sender: str, text: str) -> Understanding:
        body = {"sender": sender, "text": text.encode("utf-8", "replace").decode()}
        try:
            response = await self._http.post(url + _PATH, json=body)
            if response.status_code != httpx.codes.OK:
                raise DialogueAway(f"Rasa answered {response.status_code}")
            return read_understanding(response.json())
        except (httpx.HTTPError, ValueError) as error:
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
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"unexpected answer: {error!r}") from error


def _said(response: Mapping[str, Any]) -> Said | PressFor | Clarify:
    if "press" in response:
        return PressFor(_matched(_PAYLOAD, response["press"]))
    if "clarify" in response:
        return Clarify(tuple(_name(intent) for intent in response["clarify"]))
    return Said(_name(response["utter"]), dict(response.get("params") or {}))


def _name(value: Any) -> str:
    return _matched(_NAME, value)


def _matched(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError("unexpected name")
    return value


class _Breaker:
    """Spares people the wait: after Rasa was away, nobody asks it again for a while, longer each time.

    One refused connection is enough; a slow or odd answer may be one message's fault, so it takes three in a row.
    """

    FIRST_REST_SECONDS = 0.5
    LONGEST_REST_SECONDS = 8.0
    ODD_ANSWERS = 3

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._odd = 0
        self._rest = 0.0
        self._until = 0.0

    def is_open(self) -> bool:
        """Whether to leave Rasa alone. After the rest one message may try; the others keep waiting until it is back."""
        if self._rest == 0.0:
            return False
        if self._now() < self._until:
            return True
        self._until = self._now() + self._rest
        return False

    def failed(self, *, at_once: bool) -> None:
        """Count a failure."""
        self._odd += 1
        if at_once or self._odd >= self.ODD_ANSWERS:
            self._rest = min(self._rest * 2 or self.FIRST_REST_SECONDS, self.LONGEST_REST_SECONDS)
            self._until = self._now() + self._rest

    def worked(self) -> None:
        """Forget all failures."""
        self._odd = 0
        self._rest = 0.0
