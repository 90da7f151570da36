"""A small city, tips on real stores, and people who talk to the flows as the conversation does."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from bot.conversation.texts import Catalogue
from bot.crypto import Keyring, PasswordCost, PrivateKey
from bot.messages import Address, Channel, Choice, Citizen, Flow, Language, Media, MediaKind, Pseudonym, Step, Trail, Utterance
from bot.storage import Database
from bot.tips.service import Tips
from bot.tips.vault import Reader, ReaderKey

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 21, 22, 41, 7, tzinfo=UTC)
HOME = Address(Channel.TELEGRAM, "700700700")
CHEAP = PasswordCost(opslimit=1, memlimit=8192 * 1024)


@dataclass(frozen=True)
class Category:
    code: str
    photos: bool = False
    files: bool = False
    urgent: bool = False
    questions: Sequence[str] = ("where", "when", "what")


@dataclass(frozen=True)
class Duty:
    is_open: bool | None
    opens_at: datetime | None = None


@dataclass(frozen=True)
class Place:
    code: str
    name: str


@dataclass(frozen=True)
class Retention:
    tip_days: Mapping[str, int]


@dataclass
class FakeCity:
    name: str = "Portclair"
    languages: tuple[Language, ...] = (Language("en"),)
    tip_categories: Sequence[Category] = (
        Category("drugs"),
        Category("weapon", urgent=True),
        Category("dangerous_place", photos=True),
    )
    tip_labels: Sequence[str] = ("school", "patrol")
    districts: Sequence[Place] = (Place("old_port", "Old Port"), Place("hill", "Hill"))
    retention: Retention = field(default_factory=lambda: Retention({"drugs": 180, "weapon": 365, "dangerous_place": 90}))
    on_duty: bool = False

    def district_at(self, latitude: float, longitude: float) -> Place | None:
        return self.districts[0] if latitude == 48.1234567 else None

    def label(self, kind: Literal["topic", "category", "district"], code: str, language: Language) -> str:
        if kind == "category":
            return code.replace("_", " ").title()
        return next(place.name for place in self.districts if place.code == code)

    def duty(self, now: datetime) -> Duty:
        return Duty(True) if self.on_duty else Duty(False, datetime(2026, 11, 23, 9, 0, tzinfo=UTC))

    def local(self, now: datetime) -> datetime:
        return now.astimezone(ZoneInfo("Europe/Paris"))


def catalogue() -> Catalogue:
    return Catalogue.load(ROOT / "locales", [Language("en")])


@dataclass
class Person:
    """Talks with one flow. Every text is rendered from the real catalogue, so a missing key fails the test."""

    flow: Flow
    texts: Catalogue
    address: Address = HOME
    now: datetime = NOW
    state: dict[str, Any] | None = None
    last: Step = field(default_factory=Step)
    trails: list[Trail | None] = field(default_factory=list)
    """What became of the chat's messages with each step."""

    @property
    def citizen(self) -> Citizen:
        return Citizen(Pseudonym("p-" + self.address.id), Language("en"), self.address, self.now)

    def _took(self, step: Step) -> Step:
        self.last = step
        self.trails.append(step.trail)
        # As the conversation does: the state goes through JSON.
        self.state = None if step.state is None else json.loads(json.dumps(step.state))
        self.read(step)
        return step

    async def press_raw(self, rest: str) -> Step:
        return self._took(await self.flow.press(self.citizen, rest, self.state))

    async def press(self, action: str) -> Step:
        """Press a button that the last step offered."""
        own = [choice.payload for choice in self.buttons() if choice.payload.startswith(self.flow.name)]
        payload = next(payload for payload in own if payload.endswith(f":{action}"))
        return await self.press_raw(payload.partition(":")[2])

    async def write(self, text: str) -> Step:
        return self._took(await self.flow.text(self.citizen, text, self.state or {}))

    async def send_media(self, media: Media) -> Step:
        return self._took(await self.flow.media(self.citizen, media, self.state or {}))

    def buttons(self) -> list[Choice]:
        return [choice for said in self.last.say for row in said.choices for choice in row]

    def names(self) -> list[str]:
        """Names of the texts that the last step said."""
        return [said.key for said in self.last.say]

    def said(self, key: str) -> Utterance:
        return next(said for said in self.last.say if said.key == key)

    def read(self, step: Step) -> str:
        """Everything the step says, as the person reads it."""
        for choice in (choice for said in step.say for row in said.choices for choice in row):
            if choice.label and not choice.literal:
                self.texts.say(choice.label, Language("en"))
        return "\n".join(self._render(said) for said in step.say)

    def heard(self) -> str:
        return self.read(self.last)

    def _render(self, said: Utterance) -> str:
        params = {name: self._value(value) for name, value in said.params.items()}
        return self.texts.say(said.key, Language("en"), {"emergency": "112", "city": "Portclair", **params})

    def _value(self, value: Any) -> Any:
        if isinstance(value, Utterance):
            return self._render(value)
        if isinstance(value, Iterable) and not isinstance(value, str):
            return "\n\n".join(str(self._value(item)) for item in value)
        return value


@dataclass
class World:
    """Everything a test needs, wired as the application does."""

    tips: Tips
    database: Database
    keyring: Keyring
    city: FakeCity
    data: Path
    readers: list[ReaderKey]
    moderator: Reader
    texts: Catalogue
    now: datetime = NOW

    def tipster(self, **changes: Any) -> Person:
        return Person(self.tips.intake, self.texts, **changes)

    def visitor(self, **changes: Any) -> Person:
        return Person(self.tips.receipt, self.texts, **changes)

    async def told(self, *, notify: bool = False, category: str = "drugs", story: str = "A man sells things.", **changes: Any) -> Sent:
        """A tip that was sent."""
        person = self.tipster(**changes)
        await reach_review(person, category, story)
        if notify:
            await person.press("notify")
        await person.press("send")
        said = person.said("tip.receipt").params
        [newest] = [tip for tip in await self.tips.review.queue() if tip.locator == said["locator"]]
        return Sent(person, newest.id, said["locator"], said["words"])


@dataclass
class Sent:
    person: Person
    tip_id: str
    locator: str
    words: str


async def reach_story(person: Person, category: str = "drugs") -> None:
    await person.press_raw("start")
    await person.press("begin")
    await person.press(f"about:{category}")
    await person.press("in:hill")
    await person.press("when:today")


async def reach_review(person: Person, category: str = "drugs", story: str = "A man sells things.") -> None:
    await reach_story(person, category)
    await person.write(story)
    await person.press("done")
    if "tip.identity" in person.names():
        await person.press("keep")


def jpeg(**options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG", **options)
    return out.getvalue()


def photo(data: bytes | None = None, *, caption: str = "", kind: MediaKind = MediaKind.PHOTO, **changes: Any) -> Media:
    content = jpeg() if data is None else data

    async def fetch() -> bytes:
        return content

    return Media(kind, caption, len(content), fetch=fetch, **changes)


@pytest.fixture(scope="session")
def texts() -> Catalogue:
    return catalogue()


@pytest.fixture
def world(database: Database, tmp_path: Path, texts: Catalogue) -> World:
    private = PrivateKey.generate()
    readers = [ReaderKey("s1", private.public_key)]
    keyring = Keyring.open(tmp_path / "keys")
    city = FakeCity()

    async def entitled() -> Sequence[ReaderKey]:
        return readers

    def clock() -> datetime:
        return made.now

    tips = Tips.build(
        database=database,
        keyring=keyring,
        city=city,
        readers=entitled,
        clock=clock,
        data=tmp_path,
        words=ROOT / "locales" / "words",
        times=ROOT / "locales" / "times",
        cost=CHEAP,
    )
    made = World(tips, database, keyring, city, tmp_path, readers, Reader("s1", private), texts)
    return made
