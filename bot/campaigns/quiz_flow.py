"""The flow ``quiz``: a press on an answer below a campaign's message shows what is to be said about it."""

from __future__ import annotations

from typing import Any

from bot.campaigns.composing import answers, help_now
from bot.campaigns.placeholders import Placeholders
from bot.campaigns.quiz import Answer, Asked
from bot.campaigns.quiz_book import QuizBook
from bot.errors import StaleButton
from bot.markup import escape
from bot.messages import Choice, Citizen, Language, Media, Step, Utterance

_ASK = ":ask"
_LONGEST = 15
"""Digits of a number in a payload; more are nobody's."""


def explained(chosen: Answer, placeholders: Placeholders, language: Language, occurrence_id: int | None = None) -> Utterance:
    """What is said to whoever pressed an answer; thanks, where the officer wrote nothing about it.

    ``occurrence_id``: below whose message it was pressed; None: a test.
    """
    on = ((help_now(occurrence_id),), (Choice("menu:open", "topics.button.menu"),))
    if not chosen.explanation:
        return Utterance("quiz.thanks", {"answer": escape(chosen.answer)}, on)
    params = {"answer": escape(chosen.answer), "explanation": placeholders.fill(chosen.explanation, language)}
    return Utterance("quiz.answer", params, on)


class QuizFlow:
    """Stateless: the same press is answered the same, however often; only the first one counts."""

    name = "quiz"

    def __init__(self, book: QuizBook, placeholders: Placeholders) -> None:
        self._book = book
        self._placeholders = placeholders

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """``<occurrence>:<number of the answer>``, or ``<occurrence>:ask`` from a public place. StaleButton for what no quiz offers."""
        if rest.endswith(_ASK):
            return await self._ask(citizen, rest.removesuffix(_ASK))
        numbers = [int(part) for part in rest.split(":") if part.isascii() and part.isdecimal() and len(part) <= _LONGEST]
        if len(numbers) != 2 or rest.count(":") != 1:
            raise StaleButton
        chosen = await self._book.answer(citizen, *numbers)
        if chosen is None:
            raise StaleButton
        return Step((explained(chosen, self._placeholders, citizen.language, numbers[0]),))

    async def _ask(self, citizen: Citizen, number: str) -> Step:
        """The question, with its answers as buttons."""
        known = number.isascii() and number.isdecimal() and len(number) <= _LONGEST
        text = await self._book.posted(citizen.language, int(number)) if known else None
        if text is None:
            raise StaleButton
        return Step((Utterance("quiz.ask", {"question": escape(text.question)}, answers(Asked(int(number), text))),))

    async def text(self, citizen: Citizen, text: str, state: dict[str, Any]) -> Step:
        """Never under way, so nothing typed belongs to it."""
        raise StaleButton

    async def media(self, citizen: Citizen, media: Media, state: dict[str, Any]) -> Step:
        """As :meth:`text`."""
        raise StaleButton
