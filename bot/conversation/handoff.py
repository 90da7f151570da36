"""To a person: who of the city is on duty and how to reach them; else, plainly, that nobody reads, and who answers now."""

from __future__ import annotations

from typing import Any

from babel import Locale

from bot.city import City, Opening
from bot.conversation.flows import Stateless
from bot.conversation.helplines import Helplines
from bot.errors import StaleButton
from bot.messages import Citizen, Step, Utterance


class HandoffFlow(Stateless):
    """Asking for a person. It never claims that somebody reads this chat, since nobody does."""

    name = "handoff"

    def __init__(self, city: City, helplines: Helplines) -> None:
        self._city = city
        self._helplines = helplines

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """``open`` or ``open:<need>``."""
        command, _, need = rest.partition(":")
        if command != "open":
            raise StaleButton()
        duty = self._city.duty(citizen.now)
        parts = [self._duty(citizen, duty)]
        if not (duty.is_open and self._city.duty_contact):
            parts.append(self._lines(citizen, need or None))
        return Step((Utterance("handoff.page", {"parts": parts}),))

    def _duty(self, citizen: Citizen, duty: Opening) -> Utterance:
        """What the city's own people can do now."""
        contact = self._city.duty_contact
        if duty.is_open is None:
            return Utterance("handoff.nobody")
        hours = self._helplines.opening(duty, citizen.language, citizen.now, "duty")
        if contact is None:
            return Utterance("handoff.tips_now" if duty.is_open else "handoff.tips_later", {"hours": hours})
        reach = self._helplines.reach(contact, citizen.language)
        names = Locale.parse(citizen.language).languages
        languages = ", ".join(names.get(code, code) for code in contact.languages)
        return Utterance("handoff.now" if duty.is_open else "handoff.later", {"hours": hours, "reach": reach, "languages": languages})

    def _lines(self, citizen: Citizen, need: str | None) -> Utterance:
        """Lines that answer now; when all are closed, those that open next."""
        asked = (need, citizen.language, citizen.now)
        if lines := self._helplines.lines(*asked, answering=True):
            return Utterance("handoff.lines", {"lines": lines})
        if lines := self._helplines.lines(*asked):
            return Utterance("handoff.lines_later", {"lines": lines})
        return Utterance("help.none")
