"""Somebody at the desk where receipts are taken: the state of the flow ``receipt``, and its buttons."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.messages import Choice, Citizen, Step, Utterance
from bot.tips.receipts import OpenTip
from bot.tips.waiting import Waiting

OPEN_FOR = timedelta(minutes=10)
"""How long an opened tip stays open after the last message."""


@dataclass(slots=True)
class Visit:
    """Still typing the receipt (no key), or with the tip open."""

    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(4))
    locator: str | None = field(default=None, repr=False)
    words: list[str] = field(default_factory=list, repr=False)
    tip_id: str = ""
    key: str = field(default="", repr=False)
    until: float = 0.0
    pending: str = field(default="", repr=False)
    """Words that wait for "add it", under an id chosen beforehand: pressing twice adds them once."""
    files: list[Waiting] = field(default_factory=list, repr=False)
    """Sealed files that wait with them."""
    entry_id: str = ""
    leaving: int = 0
    """How often the person has said that the tip is to be withdrawn."""
    trail: str = field(default_factory=lambda: secrets.token_urlsafe(4))
    """Mark of the messages in the chat that belong to this visit."""

    @classmethod
    def of(cls, state: dict[str, Any] | None) -> Visit | None:
        """The visit that a state holds; None also for one of another version of Faro."""
        try:
            return cls(**state) if state else None
        except TypeError:
            return None

    def is_open(self, now: datetime) -> bool:
        """Whether the tip lies open, and not for too long."""
        return bool(self.key) and now.timestamp() <= self.until


VisitHandler = Callable[[Citizen, Visit, OpenTip], Awaitable[Step]]
"""What answers a button, or words, while the tip is open."""


def staying(visit: Visit, *say: Utterance) -> Step:
    """Say something and keep the visit for some minutes."""
    return Step(say, asdict(visit), keep_for=OPEN_FOR)


def visit_button(visit: Visit, action: str, label: str = "") -> Choice:
    """A button of this visit; its label is ``receipt.button.<action>`` unless given."""
    return Choice(f"receipt:{visit.nonce}:{action}", label or f"receipt.button.{action}")


def elsewhere() -> tuple[tuple[Choice, ...], ...]:
    """Where to go when the visit is over."""
    return ((Choice("receipt:start"), Choice("menu:open")),)
