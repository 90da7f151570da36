"""What the safety net hears in a question. The net belongs to the conversation; the application passes its ear in."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol


class Alarm(StrEnum):
    """How much danger a question tells of."""

    NONE = "none"
    SOFT = "soft"
    """Perhaps; the conversation asks."""
    ACUTE = "acute"
    """The conversation has said what to do before anybody else may answer."""


Hear = Callable[[str], Alarm]


class SecondEar(Protocol):
    """What the dialogue model hears in a question, behind the rules."""

    async def listen(self, text: str) -> Alarm:
        """Never raises: while the model is away it hears nothing."""
