"""Flood control by true sliding windows, with 429 and ``retry_after``.

Source: core.telegram.org/bots/faq: about 30 messages a second overall, one a second in a chat with short bursts
allowed, 20 a minute in a group. How long a burst may be is not documented; five messages in five seconds is our guess.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from tests.emulator.errors import Refusal


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``count`` in any ``seconds``."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Rates:
    """What the server allows. ``chat=Rate(1, 1.0)`` makes it as strict as the documentation's words."""

    overall: Rate = Rate(30, 1.0)
    chat: Rate = Rate(5, 5.0)
    group: Rate = Rate(20, 60.0)

    @classmethod
    def strict(cls) -> Rates:
        """No burst is forgiven."""
        return cls(chat=Rate(1, 1.0))

    @classmethod
    def none(cls) -> Rates:
        """No limits, for measuring speed."""
        endless = Rate(10**9, 1.0)
        return cls(endless, endless, endless)


class Traffic:
    """Counts messages and refuses those over the limit; who was refused stays refused until the deadline."""

    def __init__(self, rates: Rates, now: Callable[[], float] = time.monotonic) -> None:
        self.rates = rates
        self._now = now
        self._sent: dict[object, deque[float]] = defaultdict(deque)
        self._refused_until: dict[object, float] = {}

    def count(self, chat: int) -> None:
        """One more message to a chat. Raises Refusal 429."""
        now = self._now()
        scopes: list[tuple[object, Rate]] = [("bot", self.rates.overall), (("chat", chat), self.rates.chat)]
        if chat < 0:
            scopes.append((("group", chat), self.rates.group))
        for scope, rate in scopes:
            self._check(scope, rate, now)
        for scope, _ in scopes:
            self._sent[scope].append(now)

    def refuse(self, seconds: float) -> None:
        """Refuse everything of this bot for a while, as Telegram does when it is annoyed."""
        self._refused_until["bot"] = self._now() + seconds

    def _check(self, scope: object, rate: Rate, now: float) -> None:
        sent = self._sent[scope]
        while sent and sent[0] + rate.seconds <= now:
            sent.popleft()
        if len(sent) >= rate.count:
            self._refused_until[scope] = max(self._refused_until.get(scope, 0.0), sent[0] + rate.seconds)
        wait = self._refused_until.get(scope, 0.0) - now
        if wait > 0:
            seconds = max(1, math.ceil(wait))
            raise Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
