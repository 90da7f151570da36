"""Actions that open one of the bot's flows and need nothing else."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import press

PAYLOADS = {
    "action_open_tip": "tip:start",
    "action_open_receipt": "receipt:start",
    "action_crisis": "safety:crisis",
    "action_emergency": "safety:emergency",
    "action_handoff": "handoff:open",
}
"""The button behind each of these actions."""


class OpenDoor(Action):  # type: ignore[misc]
    """Presses one button, always the same."""

    def __init__(self, name: str, payload: str) -> None:
        self._name = name
        self._payload = payload

    def name(self) -> str:
        """The action's name in ``domain.yml``."""
        return self._name

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Press it."""
        return press(dispatcher, self._payload)
