"""What actions answer with: a button to press on the person's behalf, a question between meanings, a text by its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk.executor import CollectingDispatcher


def press(dispatcher: CollectingDispatcher, payload: str) -> list[dict[str, Any]]:
    """Have the bot act as if the person had pressed ``payload`` (``"<flow>:<rest>"``). No events follow."""
    dispatcher.utter_message(json_message={"press": payload})
    return []


def ask_between(dispatcher: CollectingDispatcher, intents: Sequence[str]) -> list[dict[str, Any]]:
    """Have the bot ask which of these the person meant. No events follow."""
    dispatcher.utter_message(json_message={"clarify": list(intents)})
    return []


def say(dispatcher: CollectingDispatcher, name: str) -> list[dict[str, Any]]:
    """Have the bot say the text of this name. No events follow."""
    dispatcher.utter_message(json_message={"utter": name})
    return []
