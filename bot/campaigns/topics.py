"""The flow ``topics``: a list with ticks where one press chooses or drops a topic, wishes, and one way to stop everything."""

from __future__ import annotations

from typing import Any

from bot.campaigns.city import CityFacts
from bot.campaigns.subscriptions import Subscriptions
from bot.campaigns.wish_screens import TICK, WishScreens
from bot.errors import StaleButton
from bot.markup import escape
from bot.messages import Channel, Choice, Citizen, Media, Step, Utterance

_MENU = Choice("menu:open", "topics.button.menu")
_OPEN = Choice("topics:open", "topics.button.open")
_SETTINGS = Choice("topics:settings", "topics.button.settings")
_STOP_ALL = Choice("topics:drop:all", "topics.button.stop_all")


class TopicsFlow:
    """Subscribing and unsubscribing. Every press acts at once; nothing is asked twice."""

    name = "topics"

    def __init__(self, subscriptions: Subscriptions, wishes: WishScreens, city: CityFacts) -> None:
        self._subscriptions = subscriptions
        self._wishes = wishes
        self._city = city

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """``open``, ``add:<topic>``, ``drop:<topic>``, ``drop:all``, or a wish. Anything else raises StaleButton."""
        match rest.split(":"):
            case ["open"]:
                return Step((await self._list("topics.open", citizen),))
            case ["add", topic] if topic in self._city.topics:
                return await self._add(citizen, topic)
            case ["drop", "all"]:
                return await self._drop_all(citizen)
            case ["drop", topic] if topic in self._city.topics:
                return await self._drop(citizen, topic)
            case ["open" | "add" | "drop", *_]:
                raise StaleButton
            case parts:
                return Step((await self._wishes.answer(citizen, parts) or await self._list("topics.open", citizen),))

    async def text(self, citizen: Citizen, text: str, state: dict[str, Any]) -> Step:
        """Never under way, so nothing typed belongs to it: show the list."""
        return Step((await self._list("topics.open", citizen),))

    async def media(self, citizen: Citizen, media: Media, state: dict[str, Any]) -> Step:
        """As :meth:`text`."""
        return Step((await self._list("topics.open", citizen),))

    async def _add(self, citizen: Citizen, topic: str) -> Step:
        await self._subscriptions.add(citizen, topic)
        return Step((await self._list("topics.added", citizen, topic),))

    async def _drop(self, citizen: Citizen, topic: str) -> Step:
        await self._subscriptions.drop(citizen, topic)
        if not await self._subscriptions.topics_of(citizen.pseudonym):
            return _all_dropped()
        return Step((await self._list("topics.dropped", citizen, topic),))

    async def _drop_all(self, citizen: Citizen) -> Step:
        await self._subscriptions.drop_all(citizen)
        return _all_dropped()

    async def _list(self, key: str, citizen: Citizen, topic: str | None = None) -> Utterance:
        chosen = await self._subscriptions.topics_of(citizen.pseudonym)
        rows = [(self._toggle(code, code in chosen, citizen),) for code in self._city.topics]
        ends: tuple[tuple[Choice, ...], ...] = ((_SETTINGS,), (_STOP_ALL, _MENU)) if chosen else ((_MENU,),)
        stored = "topics.stored_webchat" if citizen.address.channel is Channel.WEBCHAT else "topics.stored"
        params: dict[str, Any] = {"stored": Utterance(stored)}
        if topic is not None:
            params["topic"] = escape(self._city.label("topic", topic, citizen.language))
        return Utterance(key, params, (*rows, *ends))

    def _toggle(self, code: str, chosen: bool, citizen: Citizen) -> Choice:
        label = self._city.label("topic", code, citizen.language)
        return Choice(f"topics:drop:{code}", TICK + label, literal=True) if chosen else Choice(f"topics:add:{code}", label, literal=True)


def _all_dropped() -> Step:
    return Step((Utterance("topics.dropped_all", choices=((_OPEN, _MENU),)),))
