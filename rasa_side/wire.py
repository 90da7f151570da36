"""The shape of the channel's answers. Pure, imports no Rasa."""

from __future__ import annotations

import re
from typing import Any

_SENDER = re.compile(r"[A-Za-z0-9_.:=-]{1,128}")

RANKED = 5
"""Intents in an answer's ranking, at most."""

FALLBACK: dict[str, Any] = {
    "intent": {"name": "nlu_fallback", "confidence": 1.0},
    "intent_ranking": [{"name": "nlu_fallback", "confidence": 1.0}],
    "entities": [],
}
"""What is understood of a message without words."""

SILENT: dict[str, Any] = {"utter": "utter_error", "params": {}}
"""Said when the dialogue said nothing, as after an action that could not be reached: Rasa swallows such errors."""

_NOT_PARAMETERS = frozenset(
    {"text", "timestamp", "utter_action", "template", "response", "custom", "buttons", "elements", "quick_replies", "image", "attachment",
     "model_id", "assistant_id", "channel", "metadata", "id"}
)  # fmt: skip


def said(message: dict[str, Any]) -> dict[str, Any] | None:
    """One of Rasa's messages as ``{"utter", "params"}``, or an action's own JSON; None when it names nothing."""
    custom = message.get("custom")
    if isinstance(custom, dict) and custom:
        return {"params": {}, **custom} if "utter" in custom else custom
    name = message.get("utter_action")
    if not isinstance(name, str):
        return None
    return {"utter": name, "params": {key: value for key, value in message.items() if _is_parameter(key, value)}}


def answer_of(parsed: dict[str, Any], answers: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole answer to one message."""
    intent = parsed.get("intent") or {}
    ranking = [{"name": entry["name"], "confidence": float(entry["confidence"])} for entry in parsed.get("intent_ranking", [])]
    return {
        "intent": intent.get("name") or "nlu_fallback",
        "confidence": float(intent.get("confidence") or 0.0),
        "ranking": ranking[:RANKED],
        "responses": answers,
    }


def valid_sender(sender: Any) -> bool:
    """A pseudonym of up to 128 harmless characters; it becomes a key of the tracker store."""
    return isinstance(sender, str) and _SENDER.fullmatch(sender) is not None


def _is_parameter(key: str, value: Any) -> bool:
    return key not in _NOT_PARAMETERS and isinstance(value, str | int | float)
