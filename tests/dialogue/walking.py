"""Somebody who presses every button: walks through a whole Faro without a model and writes down what is said on the way.

A press is told apart by its payload; inside a flow that remembers (a tip, a receipt, topics) also by the place where it is offered. There
a new person goes the whole way anew, unless somebody stands there already: so each press is one that a person could have made.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.app import Faro
from bot.conversation.dialogue import DialogueAway, Embedded, Understanding
from bot.conversation.texts import Catalogue
from bot.messages import Address, Button, Channel, Content, Incoming, Language, Press, Turn

_IN_ITS_PLACE = re.compile(r".+:<nonce>:.+|topics:(?!open).+|\w+:back")
"""Buttons that do something else on another screen, and nothing without what was pressed before."""
_LAST_PRESSES = re.compile(r"lang:set:\w+|privacy:forget_yes|telegram:forget")
"""Nobody walks on from here: another language, or nobody."""
_NONCE = re.compile(r"^(tip|receipt):(?!clear:)[\w-]+:")
_UNFILLED = re.compile(r"\{[a-z_]+\}")
_MOST_CHARACTERS = 4096
_MOST_MESSAGES = 4000
_MOST_QUESTIONS = 20

Deed = str | Content
"""A button that is shown, by its payload without the nonce (with ``*``: as often as it is shown); or anything else that a person sends."""
Way = tuple[Deed, ...]
Step = tuple[Deed, bool]
"""A deed, and whether it needs nothing that was done before it."""
Extras = Callable[[frozenset[str]], Sequence[Content]]
"""From the names of the texts just said to what a person sends there besides pressing buttons."""


class Obedient:
    """A dialogue model that understands the words it is told to. It embeds nothing."""

    def __init__(self) -> None:
        self.answers: Mapping[str, Understanding] = {}

    async def ask(self, sender: str, text: str) -> Understanding:
        """What was told for these words; it is away for all others."""
        if text not in self.answers:
            raise DialogueAway
        return self.answers[text]

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """As when the model is away."""
        raise DialogueAway


@dataclass
class Heard:
    """Everything that the catalogue said since it was last asked: names with their language and parameters."""

    said: list[tuple[str, Language, Mapping[str, Any]]] = field(default_factory=list)

    @classmethod
    def everything(cls, patch: pytest.MonkeyPatch) -> Heard:
        """Listen to every catalogue."""
        heard, say = cls(), Catalogue.say

        def listened(self: Catalogue, key: str, language: Language, params: Mapping[str, Any] | None = None) -> str:
            heard.said.append((key, language, params or {}))
            return say(self, key, language, params)

        patch.setattr(Catalogue, "say", listened)
        return heard


@dataclass
class Screen:
    """What a person sees: names of its texts, and its buttons by payload without nonce."""

    keys: frozenset[str] = frozenset()
    buttons: Mapping[str, Button] = field(default_factory=dict)

    @property
    def place(self) -> frozenset[str]:
        """What can be done here, whatever was said before and whichever topic or district it is done with."""
        parts = (kind.split(":") for kind in self.buttons)
        return frozenset(":".join(part[: 3 if "<nonce>" in part else 2]) for part in parts)


class Walk:
    """A walk in one language.

    Args:
        channel: where it takes place.
    """

    def __init__(self, faro: Faro, heard: Heard, language: Language, channel: Channel = Channel.TELEGRAM) -> None:
        self._faro = faro
        self._heard = heard
        self._language = language
        self._channel = channel
        self._extras: Extras = lambda keys: ()
        self._person = self.sent = 0
        self._screen = Screen()
        self._waiting: deque[tuple[Way, Step]] = deque()
        self._known: set[tuple[frozenset[str], Deed]] = set()
        self.said: set[str] = set()
        self.params: dict[str, Mapping[str, Any]] = {}
        """What was last filled into a text."""
        self.pressed: set[str] = set()
        self.trouble: list[str] = []

    async def everywhere(self, entrances: Iterable[Way], extras: Extras) -> None:
        """Go each of the ways, and from where it ends through every button that can be reached.

        Args:
            extras: what to send besides pressing buttons.
        """
        self._extras = extras
        self._waiting.extend((way[:-1], (way[-1], False)) for way in entrances)
        while self._waiting and self.sent < _MOST_MESSAGES:
            way, step = self._waiting.popleft()
            await self.go(way)
            await self._on(way, step)
        if self._waiting:
            self.trouble.append(f"not walked to the end: {len(self._waiting)} presses are left")

    async def go(self, way: Way) -> Screen:
        """A new person goes a known way."""
        self._person, self._screen = self._person + 1, Screen()
        for deed in way:
            self._screen = await self._do(deed)
        return self._screen

    async def send(self, content: Content) -> Screen:
        """One message of the present person; what is wrong with its answer is written down."""
        self.sent += 1
        self._heard.said.clear()
        address = Address(self._channel, f"{self._language}{self._person}")
        turn = await self._faro.conversation.handle(Incoming(f"m{self.sent}", address, content, self._faro.clock(), self._language))
        keys = frozenset(key for key, _, _ in self._heard.said)
        self.said |= keys
        self.params.update((key, params) for key, _, params in self._heard.said)
        self.trouble += [f"{_told(content)}: {wrong}" for wrong in self._wrongs(content, turn, keys)]
        buttons = [button for reply in turn.replies for row in reply.buttons for button in row if not button.url]
        return Screen(keys, {payload_kind(button.payload): button for button in buttons})

    async def _on(self, way: Way, step: Step) -> None:
        """Take a step, note which others could be taken next, and go on while there is something new on the screen."""
        following: Step | None = step
        while following is not None:
            deed, alone = following
            self._screen = await self._do(deed)
            way = (deed,) if alone else (*way, deed)
            new = [] if _leads_away(deed) else list(self._new(self._screen))
            following = new.pop(0) if new else None
            self._waiting.extend(((), each) if each[1] else (way, each) for each in new)

    def _new(self, screen: Screen) -> Iterator[Step]:
        for kind in screen.buttons:
            alone = _IN_ITS_PLACE.fullmatch(kind) is None
            if self._is_new(frozenset() if alone else screen.place, kind):
                yield (Press(kind) if alone else kind), alone
        for content in self._extras(screen.keys):
            if self._is_new(screen.place, content):
                yield content, False

    def _is_new(self, place: frozenset[str], deed: Deed) -> bool:
        known = (place, deed) in self._known
        self._known.add((place, deed))
        return not known

    async def _do(self, deed: Deed) -> Screen:
        if isinstance(deed, Press):
            self.pressed.add(deed.payload)
        if not isinstance(deed, str):
            return await self.send(deed)
        if deed.endswith("*"):
            return await self._again_and_again(deed[:-1])
        if deed not in self._screen.buttons:
            self.trouble.append(f"{deed}: the way there is not the same twice")
            return Screen()
        self.pressed.add(deed)
        return await self.send(Press(self._screen.buttons[deed].payload))

    async def _again_and_again(self, button: str) -> Screen:
        """Press a button as often as it is offered."""
        for _ in range(_MOST_QUESTIONS):
            if button not in self._screen.buttons:
                return self._screen
            self._screen = await self._do(button)
        self.trouble.append(f"{button}: is offered without end")
        return self._screen

    def _wrongs(self, content: Content, turn: Turn, keys: frozenset[str]) -> Iterator[str]:
        if not turn.replies:
            yield "no answer"
        yield from keys & ({"utter_error"} | ({"input.stale"} if isinstance(content, Press) else set()))
        for words in (words for reply in turn.replies for words in (reply.text, *(b.label for row in reply.buttons for b in row))):
            if not words.strip() or len(words) > _MOST_CHARACTERS or _UNFILLED.search(words):
                yield f"{sorted(keys)} reads {words[:60]!r}"
        for key, language, _ in self._heard.said:
            if language != turn.language and key != "lang.name":
                yield f"{key} is said in {language}, not in {turn.language}"


def payload_kind(payload: str) -> str:
    """A payload without the nonce that makes it this conversation's."""
    return _NONCE.sub(r"\1:<nonce>:", payload)


def _leads_away(deed: Deed) -> bool:
    return isinstance(deed, Press) and _LAST_PRESSES.fullmatch(deed.payload) is not None


def _told(content: Content) -> str:
    return content.payload if isinstance(content, Press) else type(content).__name__
