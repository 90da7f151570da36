"""A whole Faro without Rasa, on both stores: into a guide, away from it, back to it, and nothing left after a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import text

from bot.app import Faro
from bot.conversation.dialogue import DialogueAway, Understanding
from bot.messages import Address, Channel, Command, Content, Incoming, Press, Text, Turn
from bot.settings import Settings
from bot.storage import Database

ROOT = Path(__file__).parents[3]
NIGHT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


class NoDialogue:
    """Rasa is away."""

    async def ask(self, sender: str, text: str) -> Understanding:
        raise DialogueAway()


class Night:
    """One person who writes to a Faro of their own."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.now = NIGHT
        settings = Settings(data=folder / "var", city=ROOT / "city", rasa_secret=SecretStr("s" * 32), _env_file=None)  # type: ignore[call-arg]
        self.faro = Faro(settings, database, NoDialogue(), clock=lambda: self.now)
        self._number = 0

    async def sends(self, content: Content) -> Turn:
        self._number += 1
        incoming = Incoming(f"m{self._number}", Address(Channel.TELEGRAM, "42"), content, self.now, "en")
        return await self.faro.conversation.handle(incoming)

    async def offers(self, payload: str, where: str = "menu:open") -> bool:
        turn = await self.sends(Press(where))
        return any(button.payload == payload for reply in turn.replies for row in reply.buttons for button in row)


def _said(turn: Turn) -> str:
    return "\n".join(reply.text for reply in turn.replies)


async def test_a_person_leaves_a_guide_and_comes_back_to_it(database: Database, tmp_path: Path) -> None:
    night = Night(database, tmp_path)
    assert await night.offers("guide:sextortion", where="say:sextortion")
    await night.sends(Press("guide:sextortion:keep"))
    assert "The buttons below work" in _said(await night.sends(Text("what is the weather like in here")))
    assert "Keep the proof, before you block" in _said(await night.sends(Press("guide:back")))


async def test_danger_comes_first_in_a_guide_too(database: Database, tmp_path: Path) -> None:
    night = Night(database, tmp_path)
    await night.sends(Press("guide:sextortion:safe"))
    assert "You do not have to carry this alone" in _said(await night.sends(Text("i want to die")))
    assert "Keep the proof" in _said(await night.sends(Press("guide:sextortion:keep")))


async def test_a_typed_label_and_a_typed_yes_press_the_step(database: Database, tmp_path: Path) -> None:
    night = Night(database, tmp_path)
    await night.sends(Press("guide:sextortion:stop"))
    assert "It is hard when messages keep coming" in _said(await night.sends(Text("I can't")))
    assert "You do not have to be alone with it" in _said(await night.sends(Text("yes")))
    assert "Good. I am here" in _said(await night.sends(Text("yes"))), "the step asked whether they are safe"


async def test_the_place_is_gone_after_a_day_and_at_once_on_request(database: Database, tmp_path: Path) -> None:
    night = Night(database, tmp_path)
    await night.sends(Press("guide:hate:me"))
    assert await night.offers("guide:back")
    await night.sends(Command("cancel"))
    assert not await night.offers("guide:back")
    await night.sends(Press("guide:hate:me"))
    night.now += timedelta(hours=25)
    assert not await night.offers("guide:back")


async def test_a_guide_about_stalking_leaves_no_row(database: Database, tmp_path: Path) -> None:
    night = Night(database, tmp_path)
    await night.sends(Press("guide:hate:me"))
    said = _said(await night.sends(Press("guide:cyberstalking")))
    assert "Leave now" in said
    async with database.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM person_flow WHERE flow = 'guide'"))).scalar_one() == 0
    assert not await night.offers("guide:back")
