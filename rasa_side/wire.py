"""The shape of the channel's answers. Pure, imports no Rasa."""

from __future__ import annotations

import base64
import re
from typing import Any

_SENDER = re.compile(r"[A-Za-z0-9_.:=-]{1,128}")

RANKED = 5
"""Intents in an answer's ranking, at most."""

WITH_VECTOR = frozenset({"out_of_scope", "nlu_fallback"})
"""Intents whose answers carry the message's vector: the bot looks into its articles when no intent fits."""

MOST_TEXTS = 64
"""Texts that may be embedded with one request."""

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


def answer_of(parsed: dict[str, Any], answers: list[dict[str, Any]], vector: bytes | None = None) -> dict[str, Any]:
    """The whole answer to one message. ``vector`` is little-endian float32; it goes along where :data:`WITH_VECTOR` says so."""
    intent = parsed.get("intent") or {}
    ranking = [{"name": entry["name"], "confidence": float(entry["confidence"])} for entry in parsed.get("intent_ranking", [])]
    name = intent.get("name") or "nlu_fallback"
    return {
        "intent": name,
        "confidence": float(intent.get("confidence") or 0.0),
        "ranking": ranking[:RANKED],
        "responses": answers,
        **({"vector": base64.b64encode(vector).decode()} if vector and name in WITH_VECTOR else {}),
    }


def embeddings_of(encoder: str, vectors: bytes, dimensions: int) -> dict[str, Any]:
    """The answer to texts: rows of ``dimensions`` little-endian float32, one after the other."""
    return {"encoder": encoder, "vectors": base64.b64encode(vectors).decode(), "dimensions": dimensions}


def valid_sender(sender: Any) -> bool:
    """A pseudonym of up to 128 harmless characters; it becomes a key of the tracker store."""
    return isinstance(sender, str) and _SENDER.fullmatch(sender) is not None


def valid_texts(texts: Any) -> bool:
    """Between one and :data:`MOST_TEXTS` texts."""
    return isinstance(texts, list) and 0 < len(texts) <= MOST_TEXTS and all(isinstance(text, str) for text in texts)


def _is_parameter(key: str, value: Any) -> bool:
    return key not in _NOT_PARAMETERS and isinstance(value, str | int | float)
