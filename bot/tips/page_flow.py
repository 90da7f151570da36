"""The button below a page: whoever presses it has acknowledged. The flow is named ``page``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.errors import NotFound, StaleButton
from bot.messages import Citizen, Media, Step, Utterance
from bot.tips.paging import Paging


class PageFlow:
    """Answers the people who were called, and nobody else: a button counts only in the chat it was sent to.

    Args:
        record: writes an acknowledgement into the audit trail: member and tip.
    """

    name = "page"

    def __init__(self, paging: Paging, record: Callable[[str, str], Awaitable[None]]) -> None:
        self._paging = paging
        self._record = record

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """``take:<token>``."""
        command, _, token = rest.partition(":")
        if command != "take":
            raise StaleButton()
        try:
            tip, member, taken = await self._paging.take_by_button(token, citizen.address)
        except NotFound as error:
            raise StaleButton() from error
        if taken:
            await self._record(member, tip)
        return Step((Utterance("page.taken" if taken else "page.settled"),))

    async def text(self, citizen: Citizen, text: str, state: dict[str, Any]) -> Step:
        """Never under way, so no words come here."""
        raise StaleButton()

    async def media(self, citizen: Citizen, media: Media, state: dict[str, Any]) -> Step:
        """Never under way, so no media come here."""
        raise StaleButton()
