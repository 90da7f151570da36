"""Who is called when a broadcast waits for its second person."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from bot.app import ROOT, Faro
from bot.messages import Reply
from bot.settings import Settings
from bot.staff.audit import SYSTEM
from bot.staff.roles import Role
from bot.storage import Database
from tests.integration.conversation.test_guides import NoDialogue


class Book:
    """Stands for the ways to members of staff: writes down who was told what."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Reply]] = []

    async def tell(self, member_id: str, message: Reply, *, everywhere: bool) -> bool:
        self.told.append((member_id, message))
        return everywhere


async def test_every_approver_but_whoever_confirmed_is_called_with_the_address(database: Database, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "var", city=ROOT / "city", rasa_secret=SecretStr("s" * 32), _env_file=None)  # type: ignore[call-arg]
    faro, book = Faro(settings, database, NoDialogue()), Book()
    faro.herald = book  # type: ignore[assignment]
    people = {"ana": [Role.APPROVER], "ben": [Role.OFFICER, Role.APPROVER], "carla": [Role.OFFICER], "dora": [Role.MODERATOR]}
    ids = {login: (await faro.staff.accounts.create(SYSTEM, login, login, roles))[0].id for login, roles in people.items()}
    prepared = {"place": "Quai des Brumes", "until": "18:30"}
    broadcast = await faro.emergencies.prepare(ids["ben"], "flood", prepared, (), "The river rises")
    await faro.emergencies.confirm(ids["ben"], broadcast.id, broadcast.content_hash, "Portclair")
    assert [member for member, _ in book.told] == [ids["ana"]]
    assert book.told[0][1].urgent and f"/console/emergency/{broadcast.id}" in book.told[0][1].text
