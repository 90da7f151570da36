"""A whole Faro without a model, and the walks through it that :mod:`tests.dialogue.test_coverage` looks at."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import Faro
from bot.conversation.conversation import Conversation
from bot.conversation.interpreter import Dialogue
from bot.conversation.people import People, Person
from bot.crypto import PrivateKey
from bot.errors import Conflict
from bot.messages import Channel, Language, Press, Pseudonym, Text, Turn
from bot.settings import Settings
from bot.storage import Base, Database
from bot.tips.status import Status
from bot.tips.submission import Submission
from bot.tips.vault import Reader, ReaderKey
from tests.dialogue.conftest import ROOT
from tests.dialogue.errands import entrances, extras, send_tip, told, understandings
from tests.dialogue.walking import Heard, Obedient, Walk

NIGHT, NOON = datetime(2026, 11, 21, 2, 0, tzinfo=UTC), datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
"""A Saturday when hardly anybody answers, and a Monday when most do."""


class InMind(People):
    """People without a store: what is stored, and how, other tests look at."""

    def __init__(self) -> None:
        self._persons: dict[str, Person] = {}

    async def load(self, pseudonym: Pseudonym, now: datetime) -> Person:
        return self._persons.setdefault(pseudonym, Person(pseudonym))

    async def save(self, person: Person, turn: Turn, now: datetime) -> None:
        self._persons[person.pseudonym] = person

    async def forget(self, pseudonym: Pseudonym) -> None:
        self._persons.pop(pseudonym, None)


class Walked(Faro):
    """A Faro that remembers people in mind, has a moderator, and tells the time that it is told."""

    def __init__(self, folder: Path, database: Database, dialogue: Obedient) -> None:
        self.now = NIGHT
        self.moderator = Reader("moderator", PrivateKey.generate())
        self.anybody_reads = True
        settings = Settings(data=folder, city=ROOT / "city", rasa_secret=SecretStr("s" * 32), _env_file=None)  # type: ignore[call-arg]
        super().__init__(settings, database, dialogue, clock=lambda: self.now)

    async def _readers(self) -> list[ReaderKey]:
        return [ReaderKey(self.moderator.staff_id, self.moderator.private_key.public_key)] if self.anybody_reads else []

    def _conversation(self, dialogue: Dialogue) -> Conversation:
        self.people = InMind()
        return super()._conversation(dialogue)


async def walked(folder: Path, heard: Heard) -> dict[Language, Walk]:
    """A walk in each of the city's languages; ``folder`` is for the store and the files of photos."""
    database = Database(f"sqlite+aiosqlite:///{folder / 'faro.sqlite3'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    model = Obedient()
    faro = Walked(folder / "var", database, model)
    model.answers = await understandings(faro.city.topics[0])
    await faro.knowledge.keeper.refresh()
    walks = {language: await _walk(faro, heard, language) for language in faro.city.languages}
    await database.close()
    return walks


async def _walk(faro: Walked, heard: Heard, language: Language) -> Walk:
    """By night through everything; by day once more to those who have hours; on the web page to what is said differently there."""
    faro.now = NIGHT
    walk = Walk(faro, heard, language)
    receipt = await send_tip(walk, faro.city.tip_categories[0].code)
    await walk.everywhere(entrances(faro.city, " ".join(receipt)), extras(language, *receipt))
    await _moderated(faro, walk, " ".join(receipt))
    await _not_sent(faro, walk)
    faro.now = NOON
    for payload in sorted(walk.pressed):
        if payload.startswith(("help:", "handoff:")):
            await walk.go((Press(payload),))
    await send_tip(walk, faro.city.tip_categories[0].code)
    page = Walk(faro, heard, language, Channel.WEBCHAT)
    for way in ((Press("tip:start"), "tip:<nonce>:more"), (Press("topics:open"),)):
        await page.go(way)
    walk.said |= page.said
    walk.trouble += page.trouble
    return walk


async def _moderated(faro: Walked, walk: Walk, receipt: str) -> None:
    """The tipster looks each time that a moderator did something."""
    (tip,) = [each for each in await faro.tips.review.queue() if each.locator in receipt]
    await faro.tips.review.reply(faro.moderator, tip.id, "zz")
    for status in (status for status in Status if status is not Status.NEW):
        await faro.tips.review.change_status(faro.moderator, tip.id, status)
        await walk.go((Press("receipt:start"), Text(receipt)))


async def _not_sent(faro: Walked, walk: Walk) -> None:
    """Nobody reads tips, then two tips have one locator."""
    way = (*told(faro.city.tip_categories[0].code, Text("zz")), "tip:<nonce>:send")
    faro.anybody_reads = False
    await walk.go(way)
    faro.anybody_reads = True
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Submission, "send", _taken)
        await walk.go(way)


async def _taken(*_: object) -> None:
    raise Conflict
