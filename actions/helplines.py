"""The action behind "give me a number to call"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import press


class ShowHelplines(Action):  # type: ignore[misc]
    """Shows numbers to call, those for what the person told before first.

    Args:
        needs: the helplines' need that belongs to an intent.
    """

    def __init__(self, needs: Mapping[str, str]) -> None:
        self._needs = needs

    def name(self) -> str:
        """The action's name in ``domain.yml``."""
        return "action_helplines"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Press ``help:lines:<need>`` or ``help:lines``."""
        need = latest_need(tracker.events, self._needs)
        return press(dispatcher, f"help:lines:{need}" if need else "help:lines")


def latest_need(events: Iterable[Mapping[str, Any]], needs: Mapping[str, str]) -> str | None:
    """The need of the latest message that had one, None when there was none in this conversation."""
    for event in reversed(list(events)):
        if event.get("event") == "user":
            need = needs.get(str(((event.get("parse_data") or {}).get("intent") or {}).get("name")))
            if need:
                return need
    return None
