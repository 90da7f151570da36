"""The flows that belong to the conversation itself: menu, helplines, language, safety, single answers, forgetting.

None of them takes typed words, so none keeps a state: each press is answered at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bot.conversation.helplines import Helplines
from bot.conversation.texts import Catalogue
from bot.errors import StaleButton
from bot.messages import Choice, Citizen, Language, Media, Step, Utterance

SAFETY_ANSWERS = {
    "crisis": "utter_suicide_risk",
    "emergency": "utter_emergency",
    "safe": "safety.safe",
    "unsafe": "safety.unsafe",
    "contact": "safety.will_contact",
    "later": "safety.later",
    "other": "safety.other",
}

PRESS_OF_INTENT = {
    "give_tip": "tip:start",
    "tip_status": "receipt:start",
    "subscribe": "topics:open",
    "unsubscribe": "topics:drop:all",
    "helpline": "help:lines",
    "human_handoff": "handoff:open",
    "suicide_risk": "safety:crisis",
    "emergency": "safety:emergency",
}
"""Intents that are answered by doing something; every other one by its text ``utter_<intent>``."""


def press_for(intent: str) -> str:
    """The payload of the button that answers an intent."""
    return PRESS_OF_INTENT.get(intent, f"say:{intent}")


class Stateless:
    """A flow that only answers presses."""

    async def text(self, citizen: Citizen, text: str, state: dict[str, Any]) -> Step:
        """Never under way, so no words come here."""
        raise StaleButton()

    async def media(self, citizen: Citizen, media: Media, state: dict[str, Any]) -> Step:
        """Never under way, so no media come here."""
        raise StaleButton()


def _say(key: str, **params: object) -> Step:
    return Step((Utterance(key, params),))


_LONGEST = 15
"""Digits of a number in a payload; more are nobody's."""


class MenuFlow(Stateless):
    """What Faro can do, as buttons."""

    name = "menu"

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """``open``, ``help``, ``online``, ``street``."""
        keys = {"open": "menu.text", "help": "menu.help", "online": "menu.online", "street": "menu.street"}
        if rest not in keys:
            raise StaleButton()
        return _say(keys[rest])


class SayFlow(Stateless):
    """One answer by the name of its intent."""

    name = "say"

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """``<intent>``."""
        key = f"utter_{rest}"
        if not rest.isidentifier() or not self._catalogue.has(key):
            raise StaleButton()
        return _say(key)


class HelpFlow(Stateless):
    """Helplines for a need. Without one it asks first: the wrong line costs somebody their courage.

    Args:
        opened: told of each press below a campaign's message, with the number of the occurrence; raises nothing.
    """

    name = "help"

    def __init__(self, helplines: Helplines, opened: Callable[[Citizen, int], Awaitable[None]] | None = None) -> None:
        self._helplines = helplines
        self._opened = opened

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """``lines`` asks what it is about; ``lines:<need>``, ``lines:any`` (none of them); ``sent:<occurrence>`` below a campaign's message
        says the same as ``lines``.
        """
        command, _, need = rest.partition(":")
        if command == "sent" and need.isascii() and need.isdecimal() and len(need) <= _LONGEST:
            if self._opened is not None:
                await self._opened(citizen, int(need))
            command, need = "lines", ""
        if command != "lines":
            raise StaleButton()
        if not need:
            return _say("help.ask")
        lines = self._helplines.lines(need, citizen.language, citizen.now)
        return _say("help.lines", lines=lines) if lines else _say("help.none")


class SafetyFlow(Stateless):
    """Answers around danger; the texts are fixed and reviewed."""

    name = "safety"

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """One of :data:`SAFETY_ANSWERS`."""
        if rest not in SAFETY_ANSWERS:
            raise StaleButton()
        return _say(SAFETY_ANSWERS[rest])


class LanguageFlow(Stateless):
    """Choosing the language. The conversation itself reads ``lang:set:…`` to change it before this answers."""

    name = "lang"

    def __init__(self, catalogue: Catalogue, languages: Sequence[Language]) -> None:
        self._catalogue = catalogue
        self._languages = languages

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """``open`` or ``set:<language>``."""
        if rest == "open":
            names = [Choice(f"lang:set:{code}", self._catalogue.say("lang.name", code), literal=True) for code in self._languages]
            return Step((Utterance("lang.ask", choices=tuple((name,) for name in names)),))
        if rest.removeprefix("set:") not in self._languages:
            raise StaleButton()
        return _say("lang.set")


class PrivacyFlow(Stateless):
    """Deleting what is kept about a chat.

    Args:
        forgetters: what each package does to forget a person.
    """

    name = "privacy"

    def __init__(self, forgetters: Sequence[Callable[[Citizen], Awaitable[object]]]) -> None:
        self._forgetters = forgetters

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """``forget`` asks, ``forget_yes`` deletes."""
        if rest == "forget":
            return _say("privacy.forget_ask")
        if rest != "forget_yes":
            raise StaleButton()
        for forget in self._forgetters:
            await forget(citizen)
        return _say("privacy.forgotten")
