"""What a member of staff may do in their own chat with the bot: link it. The flow is named ``staff``."""

from __future__ import annotations

from typing import Any

from bot.errors import StaleButton
from bot.messages import Citizen, Media, Step, Utterance
from bot.staff.links import Links


class StaffFlow:
    """Takes the code that the console shows, sent as ``/link CODE`` or by a link that opens the chat with it."""

    name = "staff"

    def __init__(self, links: Links) -> None:
        self._links = links

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """``link:<code>``."""
        command, _, code = rest.partition(":")
        if command != "link":
            raise StaleButton()
        linked = await self._links.redeem(code, citizen.address)
        return Step((Utterance("link.done" if linked else "link.unknown"),))

    async def text(self, citizen: Citizen, text: str, state: dict[str, Any]) -> Step:
        """Never under way, so no words come here."""
        raise StaleButton()

    async def media(self, citizen: Citizen, media: Media, state: dict[str, Any]) -> Step:
        """Never under way, so no media come here."""
        raise StaleButton()
