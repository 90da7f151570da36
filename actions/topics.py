"""Actions for the news that people subscribe to."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import press
from actions.services import TopicOf


class Subscribe(Action):  # type: ignore[misc]
    """Adds the topic that was named, or shows all topics."""

    def __init__(self, topic_of: TopicOf) -> None:
        self._topic_of = topic_of

    def name(self) -> str:
        """The action's name in ``domain.yml``."""
        return "action_subscribe"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Press ``topics:add:<topic>`` or ``topics:open``."""
        topic = self._topic_of(words_of(tracker))
        return press(dispatcher, f"topics:add:{topic}" if topic else "topics:open")


class Unsubscribe(Action):  # type: ignore[misc]
    """Drops the topic that was named; when none was, everything: stop means stop."""

    def __init__(self, topic_of: TopicOf) -> None:
        self._topic_of = topic_of

    def name(self) -> str:
        """The action's name in ``domain.yml``."""
        return "action_unsubscribe"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Press ``topics:drop:<topic>`` or ``topics:drop:all``."""
        return press(dispatcher, f"topics:drop:{self._topic_of(words_of(tracker)) or 'all'}")


def words_of(tracker: Tracker) -> str:
    """What the person just wrote."""
    return str(tracker.latest_message.get("text") or "")
