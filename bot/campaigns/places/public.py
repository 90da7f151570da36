"""What a campaign looks like in a public place: no buttons of its own, only links into the private chat.

Whoever presses an answer in public shows it to Telegram as somebody in that group; Faro does not collect that. So a quiz is asked
there, and answered in private.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from bot.campaigns.composing import Ready, Render
from bot.campaigns.placeholders import Placeholders
from bot.campaigns.quiz import Asked
from bot.campaigns.tables import EMERGENCY
from bot.markup import escape
from bot.messages import Choice, Clock, Language, Picture, Reply, Utterance

_UNKNOWN = "https://t.me"
"""Stands in previews for the bot's address while it is not connected; nothing is posted then."""


class Publish(Protocol):
    """Makes the message for a public place; as :class:`bot.campaigns.composing.Compose`, without anybody whom it is for."""

    def __call__(
        self, body: str, language: Language, topic: str, asked: Asked | None = None, picture: Picture | None = None
    ) -> Reply: ...


class PublicComposer:
    """Puts a campaign's text into the frame that it has in public.

    Args:
        render: turns an utterance into words and buttons (``Renderer.render`` of the conversation).
        link: the address of the private chat, see :class:`bot.places.Board`.
    """

    def __init__(
        self, render: Render, placeholders: Placeholders, ready: Ready, clock: Clock, link: Callable[[], str | None]
    ) -> None:
        self._render = render
        self._placeholders = placeholders
        self._ready = ready
        self._clock = clock
        self._link = link

    def compose(
        self, body: str, language: Language, topic: str, asked: Asked | None = None, picture: Picture | None = None
    ) -> Reply:
        """The message."""
        emergency = topic == EMERGENCY
        words = self._placeholders.fill(body, language) + (_question(asked) if asked else "")
        key = "campaign.emergency" if emergency else "campaign.public"
        reply = self._render(Utterance(key, {"body": words}, self._choices(asked)), language, self._clock())
        return replace(reply, picture=self._ready(picture), emergency=emergency)

    def _choices(self, asked: Asked | None) -> tuple[tuple[Choice, ...], ...]:
        help_now = self._door("help", "campaign.help_now")
        topics = self._door("topics", "campaign.public_topics")
        if asked is None:
            return (help_now,), (topics,)
        return (self._door(f"quiz_{asked.occurrence_id}", "campaign.public_answer"),), (help_now,), (topics,)

    def _door(self, start: str, label: str) -> Choice:
        """A button that opens the private chat; ``start`` is what the chat begins with (``bot/conversation/doors.py``)."""
        return Choice("", label, url=f"{self._link() or _UNKNOWN}?start={start}")


def _question(asked: Asked) -> str:
    lines = [f"**{escape(asked.text.question)}**", *(f"• {escape(one.answer)}" for one in asked.text.answers)]
    return "\n\n" + "\n".join(lines)
