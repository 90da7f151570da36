"""A quiz from the library through a whole Faro: sent to a subscriber, answered with a press, read in the person's language."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import Faro
from bot.campaigns.library import Library
from bot.conversation.dialogue import DialogueAway, Embedded, Understanding
from bot.messages import Address, Channel, Incoming, Language, Press, Turn
from bot.settings import Settings
from bot.storage import Base, Database
from tests.unit.campaigns.kit import wall

ROOT = Path(__file__).parents[3]
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


class NoModel:
    """Rasa away: whatever is pressed works without it."""

    async def ask(self, sender: str, text: str) -> Understanding:
        raise DialogueAway

    async def embed(self, texts: Sequence[str]) -> Embedded:
        raise DialogueAway


class Evening(Faro):
    """A Faro on a Monday after school."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.now = MONDAY
        settings = Settings(data=folder, city=ROOT / "city", rasa_secret=SecretStr("s" * 32), _env_file=None)  # type: ignore[call-arg]
        super().__init__(settings, database, NoModel(), clock=lambda: self.now)
        self.presses = 0

    async def press(self, payload: str, language: Language) -> Turn:
        """The only citizen there is presses a button."""
        self.presses += 1
        address = Address(Channel.TELEGRAM, "42")
        return await self.conversation.handle(Incoming(str(self.presses), address, Press(payload), self.now, language))


@pytest.fixture
async def faro(tmp_path: Path) -> AsyncIterator[Evening]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'faro.sqlite3'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield Evening(tmp_path / "var", database)
    await database.close()


@pytest.mark.parametrize("language", ["en", "fr", "es", "it"])
async def test_a_press_below_a_campaign_is_explained_in_the_persons_language(faro: Evening, language: Language) -> None:
    await faro.press(f"lang:set:{language}", language)
    await faro.press("topics:add:scams", language)
    content = (await Library(ROOT / "city", faro.city).get("the-code-they-want")).episodes[0]
    made = await faro.planner.create("anna", content.draft(faro.city, wall("2026-11-23T17:00"), language))
    made = await faro.planner.submit("anna", made.id, made.version)
    await faro.planner.approve("ben", made.id, made.content_hash)
    faro.now = made.fires_at + timedelta(seconds=1)
    assert await faro.clockwork.tick(faro.now) == 1
    turn = await faro.press("quiz:1:3", language)
    assert content.quiz is not None
    chosen = content.quiz.texts[language].answers[2]
    (reply,) = turn.replies
    assert reply.text.startswith(f"**{chosen.answer}**\n{chosen.explanation}\n")
    assert [button.payload for row in reply.buttons for button in row] == ["help:sent:1", "menu:open"]
    assert (await faro.quizzes.results(made.id)).by_language == {language: {3: 1}}
