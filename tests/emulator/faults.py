"""What goes wrong on purpose: error codes, slowness, lost answers, methods that the server does not know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.emulator.errors import Refusal


@dataclass(slots=True)
class Fault:
    """One plan.

    ``code`` answers with an error instead of acting; ``delay`` waits (seconds) first; ``lost`` acts, then breaks the
    connection instead of answering. ``chat`` limits it to one chat, ``times`` is how often it still happens.
    """

    method: str
    code: int | None = None
    description: str = "Internal Server Error"
    delay: float = 0.0
    lost: bool = False
    chat: int | None = None
    times: int = 1
    retry_after: int | None = None

    def refusal(self) -> Refusal | None:
        """The error to answer with, if any."""
        if self.code is None:
            return None
        return Refusal(self.code, self.description, **({} if self.retry_after is None else {"retry_after": self.retry_after}))


class Faults:
    """The plans. Each call takes the first that fits."""

    def __init__(self) -> None:
        self.unknown_methods: set[str] = set()
        """Answered with 404, as a server that knows only part of the API does."""
        self._plans: list[Fault] = []

    def plan(self, fault: Fault) -> None:
        """Let it happen."""
        self._plans.append(fault)

    def clear(self) -> None:
        """Everything works again."""
        self._plans.clear()
        self.unknown_methods.clear()

    def take(self, method: str, arguments: Mapping[str, Any]) -> Fault | None:
        """The fault of this call, if one is planned."""
        for fault in self._plans:
            if fault.method == method and (fault.chat is None or str(fault.chat) == str(arguments.get("chat_id"))):
                fault.times -= 1
                if fault.times <= 0:
                    self._plans.remove(fault)
                return fault
        return None
