"""The one way in which the Bot API says no."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """An answer with ``ok`` false."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """As the server writes it."""
        answer: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return answer | ({"parameters": self.parameters} if self.parameters else {})


def bad_request(why: str) -> Refusal:
    """400."""
    return Refusal(400, f"Bad Request: {why}")
