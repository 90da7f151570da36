"""The flow ``test``: a quiz in a test is answered to the officer who sent it to themselves, and counted nowhere."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

from bot.campaigns.placeholders import Placeholders
from bot.campaigns.plans import Campaign
from bot.campaigns.quiz_flow import explained
from bot.campaigns.rehearsal import button_mark
from bot.errors import NotFound, StaleButton
from bot.messages import Citizen, Language, Media, Step, Utterance

_LONGEST = 15
"""Digits of a number in a payload; more are nobody's."""


class RehearsalFlow:
    """Stateless.

    Args:
        campaign: gives a campaign by its number; raises NotFound.
        key: the same as that of :class:`bot.campaigns.rehearsal.Rehearsals`.
    """

    name = "test"

    def __init__(self, campaign: Callable[[int], Awaitable[Campaign]], placeholders: Placeholders, key: bytes) -> None:
        self._campaign = campaign
        self._placeholders = placeholders
        self._key = key

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """``<campaign>:<language>:<mark>:<number of the answer>``. Raises StaleButton for what this chat was not sent."""
        match rest.split(":"):
            case [campaign, language, mark, number] if _is_number(campaign) and _is_number(number):
                wanted = button_mark(self._key, int(campaign), language, citizen.address)
                if hmac.compare_digest(mark.encode(), wanted.encode()):
                    return Step((await self._answer(int(campaign), Language(language), int(number)),))
        raise StaleButton

    async def text(self, citizen: Citizen, text: str, state: dict[str, Any]) -> Step:
        """Never under way, so nothing typed belongs to it."""
        raise StaleButton

    async def media(self, citizen: Citizen, media: Media, state: dict[str, Any]) -> Step:
        """As :meth:`text`."""
        raise StaleButton

    async def _answer(self, campaign_id: int, language: Language, number: int) -> Utterance:
        try:
            quiz = (await self._campaign(campaign_id)).draft.quiz
        except NotFound:
            raise StaleButton from None
        text = quiz.texts.get(language) if quiz else None
        if text is None or not 1 <= number <= len(text.answers):
            raise StaleButton
        return explained(text.answers[number - 1], self._placeholders, language)


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdecimal() and len(part) <= _LONGEST
