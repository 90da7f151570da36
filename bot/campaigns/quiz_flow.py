"""The flow ``quiz``: a press on an answer below a campaign's message shows what is to be said about it."""

from __future__ import annotations

from typing import Any

from bot.campaigns.city import CityFacts
from bot.campaigns.composing import filled_in
from bot.campaigns.quiz_book import QuizBook
from bot.errors import StaleButton
from bot.markup import escape
from bot.messages import Choice, Citizen, Media, Step, Utterance

_ON = ((Choice("help:lines", "campaign.help_now"),), (Choice("menu:open", "topics.button.menu"),))
_LONGEST = 15
"""Digits of a number in a payload; more are nobody's."""


class QuizFlow:
    """Stateless: the same press is answered the same, however often; only the first one counts."""

    name = "quiz"

    def __init__(self, book: QuizBook, city: CityFacts) -> None:
        self._book = book
        self._city = city

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """``<occurrence>:<number of the answer>``. Raises StaleButton for what no quiz offers."""
        numbers = [int(part) for part in rest.split(":") if part.isascii() and part.isdecimal() and len(part) <= _LONGEST]
        if len(numbers) != 2 or rest.count(":") != 1:
            raise StaleButton
        chosen = await self._book.answer(citizen, *numbers)
        if chosen is None:
            raise StaleButton
        params = {"answer": escape(chosen.answer), "explanation": filled_in(chosen.explanation, self._city)}
        return Step((Utterance("quiz.answer", params, _ON),))

    async def text(self, citizen: Citizen, text: str, state: dict[str, Any]) -> Step:
        """Never under way, so nothing typed belongs to it."""
        raise StaleButton

    async def media(self, citizen: Citizen, media: Media, state: dict[str, Any]) -> Step:
        """As :meth:`text`."""
        raise StaleButton
