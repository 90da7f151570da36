"""What a campaign message looks like: the officer's text, why it came, and the ways on: to help, and out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.campaigns.city import CityFacts
from bot.campaigns.drafts import PLACEHOLDERS
from bot.campaigns.quiz import Asked
from bot.markup import escape
from bot.messages import Choice, Clock, Language, Reply, Utterance

Compose = Callable[[str, Language, str, Asked | None], Reply]
"""Body, language, topic and, where there is one, the quiz to the finished message."""
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

    def compose(self, body: str, language: Language, topic: str, asked: Asked | None = None) -> Reply:
        """The message. Raises KeyError when the city has no such topic any more."""
        name = escape(self._city.label("topic", topic, language))
        choices = (
            *_answers(asked),
            (Choice("help:lines", "campaign.help_now"),),
            (Choice(f"topics:drop:{topic}", "campaign.stop"), Choice("topics:open", "campaign.topics")),
            (Choice(f"topics:why:{topic}", "campaign.why"),),
        )
        question = f"\n\n**{escape(asked.text.question)}**" if asked else ""
        utterance = Utterance("campaign.message", {"body": filled_in(body, self._city) + question, "topic": name}, choices)
        return self._render(utterance, language, self._clock())


def filled_in(body: str, city: CityFacts) -> str:
    """The text with its placeholders filled in; whatever else stands in braces stays."""
    values = {"city": city.name, "emergency": city.emergency_number}
    for name in PLACEHOLDERS:
        body = body.replace(f"{{{name}}}", escape(values[name]))
    return body


def _answers(asked: Asked | None) -> tuple[tuple[Choice, ...], ...]:
    """One button a row for each answer: ``quiz:<occurrence>:<number of the answer>``."""
    answers = asked.text.answers if asked else ()
    occurrence = asked.occurrence_id if asked else 0
    return tuple((Choice(f"quiz:{occurrence}:{number}", one.answer, literal=True),) for number, one in enumerate(answers, start=1))
