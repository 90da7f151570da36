"""What the campaign tests share: a small city, a clock that the test moves, a messenger that fails on purpose."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.campaigns.drafts import CampaignDraft
from bot.campaigns.placeholders import Placeholders
from bot.campaigns.quiz import Answer, Asked, Quiz, QuizText
from bot.campaigns.wishes import WishBook, Wishes
from bot.city import EmergencyRules, WeeklyHours
from bot.messages import Address, Channel, Citizen, Confirm, Language, Picture, Pseudonym, Reply

EN, FR = Language("en"), Language("fr")
FRIDAY_EVENING = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)
"""18:00 in Paris."""


@dataclass(frozen=True)
class Quiet:
    """Quiet hours as a city has them."""

    night: WeeklyHours = field(default_factory=lambda: WeeklyHours.parse("21:00-08:00"))
    school: WeeklyHours = field(default_factory=lambda: WeeklyHours.parse("Mo-Fr 08:00-16:30"))


@dataclass(frozen=True)
class District:
    """A part of the city."""

    code: str


@dataclass(frozen=True)
class Calendar:
    """Days without school."""

    free: frozenset[date] = frozenset()

    def is_school_free(self, day: date) -> bool:
        return day in self.free


@dataclass(frozen=True)
class SmallCity:
    """Two topics, two languages, two districts, Paris time."""

    name: str = "Port [Clair]"
    emergency_number: str = "112"
    topics: tuple[str, ...] = ("bikes", "scams")
    languages: tuple[Language, ...] = (EN, FR)
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Paris"))
    quiet_hours: Quiet = field(default_factory=Quiet)
    calendar: Calendar = field(default_factory=Calendar)
    weekly_cap: int = 3
    districts: tuple[District, ...] = (District("harbour"), District("hills"))
    statistics_minimum: int = 5
    emergency: EmergencyRules = field(default_factory=EmergencyRules)

    def label(self, kind: str, code: str, language: Language) -> str:
        if kind == "district":
            return {"harbour": "Harbour", "hills": "The Hills"}[code]
        return {"bikes": {EN: "Bike theft", FR: "Vol de vélos"}, "scams": {EN: "Scams", FR: "Arnaques"}}[code][language]


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self, now: datetime = FRIDAY_EVENING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


class ScriptedMessenger:
    """Takes messages down; raises what is scripted for an address, one fault a call, then works.

    ``before``: called with the address before each message. ``gate``: while it is closed, messages hang on the wire.
    ``turn``: while it is closed, they wait for their turn, as at a limit, and are asked about afterwards.
    """

    def __init__(self, faults: dict[str, list[Exception]] | None = None) -> None:
        self.faults = faults or {}
        self.sent: list[tuple[str, str]] = []
        self.tried = 0
        self.before: Callable[[Address], None] = lambda address: None
        self.gate = asyncio.Event()
        self.gate.set()
        self.turn = asyncio.Event()
        self.turn.set()
        self.waiting = 0

    async def send(self, address: Address, reply: Reply, confirm: Confirm | None = None) -> None:
        self.waiting += 1
        await self.turn.wait()
        if confirm is not None:
            await confirm()
        self.tried += 1
        self.before(address)
        await self.gate.wait()
        if scripted := self.faults.get(address.id):
            raise scripted.pop(0)
        self.sent.append((address.id, reply.text))

    @property
    def receivers(self) -> list[str]:
        return sorted(identifier for identifier, _ in self.sent)


class WishesInMemory(WishBook):
    """The same promises, for one person; ``wishes`` None: not subscribed."""

    def __init__(self, wishes: Wishes | None = None, since: datetime | None = None) -> None:
        self.wishes = wishes
        self.since = since

    async def of(self, pseudonym: Pseudonym) -> Wishes | None:
        return self.wishes

    async def subscribed_since(self, pseudonym: Pseudonym, topic: str) -> datetime | None:
        return self.since

    async def _change(self, pseudonym: Pseudonym, **values: object) -> None:
        self.wishes = replace(self.wishes or Wishes(), **values)  # type: ignore[arg-type]


def plain(
    body: str,
    language: Language,
    topic: str,
    asked: Asked | None = None,
    picture: Picture | None = None,
    occurrence_id: int | None = None,
) -> Reply:
    """A composer without a frame."""
    return Reply(f"{topic}/{language}: {body}" + (f" {asked.text.question}" if asked else ""), picture=picture)


def placeholders(city: SmallCity | None = None) -> Placeholders:
    """Placeholders of the small city; its crisis lines tell their language."""
    return Placeholders(city or SmallCity(), lambda language, now: f"**116 123** ({language})", Hands())


def citizen(number: int, language: Language = EN, channel: Channel = Channel.TELEGRAM) -> Citizen:
    """Person number so-and-so."""
    return Citizen(Pseudonym(f"{number:032x}"), language, Address(channel, str(number)), FRIDAY_EVENING)


def wall(text: str) -> datetime:
    """A wall-clock time, without zone."""
    return datetime.fromisoformat(text)


DRAFT = CampaignDraft(
    title="Lock it twice",
    topic="bikes",
    send_at=wall("2026-11-27T18:30"),
    texts={EN: "Lock your bike twice.", FR: "Attachez votre vélo deux fois."},
)

QUIZ = Quiz(
    {
        EN: QuizText("Which lock?", (Answer("A thin one", "It takes a minute."), Answer("A thick one", "That is **better**."))),
        FR: QuizText("Quel antivol ?", (Answer("Un fin", "Une minute suffit."), Answer("Un épais", "C’est **mieux**."))),
    },
    right=2,
)


def draft(**changes: object) -> CampaignDraft:
    """The usual draft, changed."""
    return replace(DRAFT, **changes)  # type: ignore[arg-type]
