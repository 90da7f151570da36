"""What a campaign message looks like: the officer's text, why it came, and the ways on: to help, and out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.campaigns.city import CityFacts
from bot.campaigns.drafts import PLACEHOLDERS
from bot.markup import escape
from bot.messages import Choice, Clock, Language, Reply, Utterance

Compose = Callable[[str, Language, str], Reply]
"""Body, language and topic to the finished message; used for sending and for previews."""
Render = Callable[[Utterance, Language, datetime], Reply]


class Composer:
    """Puts a campaign's text into the frame that every campaign message has.

    Args:
        render: turns an utterance into words and buttons (``Renderer.render`` of the conversation).
    """

    def __init__(self, render: Render, city: CityFacts, clock: Clock) -> None:
        self._render = render
        self._city = city
        self._clock = clock

    def compose(self, body: str, language: Language, topic: str) -> Reply:
        """The message. Raises KeyError when the city has no such topic any more."""
        name = escape(self._city.label("topic", topic, language))
        choices = (
            (Choice("help:lines", "campaign.help_now"),),
            (Choice(f"topics:drop:{topic}", "campaign.stop"), Choice("topics:open", "campaign.topics")),
            (Choice(f"topics:why:{topic}", "campaign.why"),),
        )
        utterance = Utterance("campaign.message", {"body": self._filled(body), "topic": name}, choices)
        return self._render(utterance, language, self._clock())

    def _filled(self, body: str) -> str:
        values = {"city": self._city.name, "emergency": self._city.emergency_number}
        for name in PLACEHOLDERS:
            body = body.replace(f"{{{name}}}", escape(values[name]))
        return body
