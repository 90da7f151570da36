"""What a campaign message looks like: the officer's text, why it came, and the ways on: to help, and out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.campaigns.city import CityFacts
from bot.campaigns.placeholders import Placeholders
from bot.campaigns.quiz import Asked
from bot.campaigns.tables import EMERGENCY
from bot.markup import escape
from bot.messages import Choice, Clock, Language, Picture, Reply, Utterance

Render = Callable[[Utterance, Language, datetime], Reply]
Ready = Callable[[Picture | None], Picture | None]
"""A picture with the way to its bytes (``Pictures.ready``)."""


class Compose(Protocol):
    """Makes the finished message of a body, a language, a topic and, where there are some, a quiz and a picture.

    ``occurrence_id``: the sending below whose message help is counted; None: nowhere.
    """

    def __call__(
        self,
        body: str,
        language: Language,
        topic: str,
        asked: Asked | None = None,
        picture: Picture | None = None,
        occurrence_id: int | None = None,
    ) -> Reply: ...


class Composer:
    """Puts a campaign's text into the frame that every campaign message has.

    Args:
        render: turns an utterance into words and buttons (``Renderer.render`` of the conversation).
    """

    def __init__(self, render: Render, city: CityFacts, placeholders: Placeholders, ready: Ready, clock: Clock) -> None:
        self._render = render
        self._city = city
        self._placeholders = placeholders
        self._ready = ready
        self._clock = clock

    def compose(
        self,
        body: str,
        language: Language,
        topic: str,
        asked: Asked | None = None,
        picture: Picture | None = None,
        occurrence_id: int | None = None,
    ) -> Reply:
        """The message. Raises KeyError when the city has no such topic any more."""
        if topic == EMERGENCY:
            return self._emergency(body, language, occurrence_id)
        name = escape(self._city.label("topic", topic, language))
        choices = (
            *answers(asked),
            (help_now(occurrence_id),),
            (Choice(f"topics:drop:{topic}", "campaign.stop"), Choice("topics:open", "campaign.topics")),
            (Choice(f"topics:why:{topic}", "campaign.why"),),
        )
        question = f"\n\n**{escape(asked.text.question)}**" if asked else ""
        words = {"body": self._placeholders.fill(body, language) + question, "topic": name}
        reply = self._render(Utterance("campaign.message", words, choices), language, self._clock())
        return replace(reply, picture=self._ready(picture))

    def _emergency(self, body: str, language: Language, occurrence_id: int | None) -> Reply:
        choices = (
            (help_now(occurrence_id),),
            (Choice("topics:drop:all", "topics.button.stop_all"), Choice("topics:open", "campaign.topics")),
        )
        words = {"body": self._placeholders.fill(body, language)}
        reply = self._render(Utterance("campaign.emergency", words, choices), language, self._clock())
        return replace(reply, emergency=True)


def help_now(occurrence_id: int | None) -> Choice:
    """The button that opens help; below a message that was sent it is counted, see :mod:`bot.campaigns.help_presses`."""
    return Choice("help:lines" if occurrence_id is None else f"help:sent:{occurrence_id}", "campaign.help_now")


def answers(asked: Asked | None) -> tuple[tuple[Choice, ...], ...]:
    """One button a row for each answer."""
    if asked is None:
        return ()
    return tuple((Choice(asked.payload(number), one.answer, literal=True),) for number, one in enumerate(asked.text.answers, start=1))
