"""The action behind "I am not sure what you mean": one question with at most three buttons, instead of a guess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ask_between, say

DANGERS = frozenset({"suicide_risk", "emergency"})
"""Offered first, and already when they are a little likely."""

NEVER_OFFERED = frozenset({"nlu_fallback", "out_of_scope", "affirm", "deny", "skip", "cancel", "greet", "thanks", "goodbye"})
"""Meanings that nobody needs a button for."""

AT_MOST = 3
LIKELY = 0.10
LIKELY_BESIDE_NOTHING = 0.15
"""The same where the model thinks that the message is about none of these: it is wrong about harms more often than about chat."""
LIKELY_DANGER = 0.05
SHARE_OF_BEST = 0.35
"""A meaning is near when its confidence reaches ``LIKELY`` and this share of the best one's."""


class Clarify(Action):  # type: ignore[misc]
    """Asks between the meanings that are near, or says that this is out of scope. Also the answer to ``out_of_scope`` itself."""

    def name(self) -> str:
        """The action's name in ``domain.yml``."""
        return "action_clarify"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Answer with ``{"clarify": [...]}`` or ``{"utter": "utter_out_of_scope"}``."""
        message = tracker.latest_message
        beside_nothing = (message.get("intent") or {}).get("name") == "out_of_scope"
        near = near_meanings(message.get("intent_ranking") or [], LIKELY_BESIDE_NOTHING if beside_nothing else LIKELY)
        return ask_between(dispatcher, near) if near else say(dispatcher, "utter_out_of_scope")


def near_meanings(ranking: Iterable[Mapping[str, Any]], likely: float = LIKELY) -> list[str]:
    """The intents worth offering from a confidence of ``likely`` on, at most :data:`AT_MOST`: dangers first, then by confidence."""
    offered = [(str(entry.get("name")), float(entry.get("confidence") or 0.0)) for entry in ranking]
    offered = [(name, confidence) for name, confidence in offered if name not in NEVER_OFFERED]
    best = max((confidence for _, confidence in offered), default=0.0)
    near = [(name, confidence) for name, confidence in offered if _is_near(name, confidence, best, likely)]
    near.sort(key=lambda meaning: (meaning[0] not in DANGERS, -meaning[1]))
    return [name for name, _ in near[:AT_MOST]]


def _is_near(name: str, confidence: float, best: float, likely: float) -> bool:
    if name in DANGERS:
        return confidence >= LIKELY_DANGER
    return confidence >= likely and confidence >= best * SHARE_OF_BEST
