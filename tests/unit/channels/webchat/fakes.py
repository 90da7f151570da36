"""A site of the web chat with a conversation that keeps to the contract: each message answered once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from starlette.routing import Router

from bot.channels.webchat import Chats, Pulse, WebchatMessenger, build_webchat, session_life
from bot.channels.webchat.routes import Limits
from bot.city import City
from bot.conversation.texts import Catalogue
from bot.errors import NotFound
from bot.limits import Limiter, Rate
from bot.messages import Button, Incoming, Language, Media, Press, Reply, Text, Turn
from bot.storage import Database

ROOT = Path(__file__).parents[4]
EN, FR = Language("en"), Language("fr")
GREETING = Reply(
    "Hi. I am Faro. **In danger now? Call 112.**",
    ((Button("Trouble online", "menu:online"), Button("In the street", "menu:street")), (Button("Take It Down", url="https://takeitdown.ncmec.org"),)),
)
PLENTY = Rate(1_000, 1_000)
RECEIPT = Reply("Your receipt: **amber river candle**", sensitive=True)


class FakeClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **units: float) -> None:
        self.now += timedelta(**units)


class EnglishOnly:
    """The page's texts in English, whichever language is asked for; the languages' names are real."""

    _names: Mapping[str, str] = {"en": "English", "fr": "Français", "es": "Español", "it": "Italiano"}

    def __init__(self) -> None:
        self._catalogue = Catalogue.load(ROOT / "locales", [EN])

    def say(self, key: str, language: Language, params: Mapping[str, Any] | None = None) -> str:
        return self._names[language] if key == "lang.name" else self._catalogue.say(key, EN, params)


class FakeTalk:
    """Answers by rote, remembers what it was asked, and answers a repeated id alike without counting it again."""

    def __init__(self) -> None:
        self.handled: list[Incoming] = []
        self.files: list[bytes] = []
        self.seconds_per_answer = 0.0
        self._turns: dict[str, Turn] = {}
        self._language = EN

    async def handle(self, incoming: Incoming) -> Turn:
        if incoming.id not in self._turns:
            self.handled.append(incoming)
            await asyncio.sleep(self.seconds_per_answer)
            self._turns[incoming.id] = await self._answer(incoming)
        return self._turns[incoming.id]

    async def _answer(self, incoming: Incoming) -> Turn:
        reply = Reply("I hear you.")
        match incoming.content:
            case Press(payload) if payload.startswith("lang:set:"):
                self._language = Language(payload.removeprefix("lang:set:"))
            case Press("menu:online"):
                reply = Reply("What is happening?", ((Button("A scam", "say:scam"),),))
            case Text(text) if text == "receipt":
                reply = RECEIPT
            case Text(text) if text == "my six words":
                return Turn((Reply("Found it."),), erase=True, language=self._language)
            case Media(fetch=fetch) if fetch is not None:
                self.files.append(await fetch())
                reply = Reply("Got the photo.")
        return Turn((reply,), language=self._language)


@dataclass
class Site:
    """Everything of one web chat, to be asked and to be looked into."""

    database: Database
    most_sessions: int = 100
    messages: Rate = PLENTY
    sessions: Rate = PLENTY
    poll_seconds: float = 0.05
    public_url: str | None = None
    clock: FakeClock = field(default_factory=FakeClock)
    talk: FakeTalk = field(default_factory=FakeTalk)
    pulse: Pulse = field(default_factory=Pulse)
    city: City = field(default_factory=lambda: City.load(ROOT / "city"))
    pictures: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chats = Chats(self.database, session_life(self.city), self.most_sessions)
        self.messenger = WebchatMessenger(self.chats, self.pulse, self.clock)

    async def picture(self, digest: str) -> bytes:
        """Stands for the campaigns' pictures."""
        if digest not in self.pictures:
            raise NotFound
        return self.pictures[digest]

    @cached_property
    def router(self) -> Router:
        return build_webchat(
            self.talk,
            self.chats,
            self.city,
            self.clock,
            texts=EnglishOnly(),
            greeting=lambda _language: (GREETING,),
            pulse=self.pulse,
            picture=self.picture,
            public_url=self.public_url,
            limits=Limits(Limiter(self.messages), Limiter(self.sessions), self.poll_seconds),
        )
