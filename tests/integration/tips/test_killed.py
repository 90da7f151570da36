"""Kill -9 while tips are stored, fifty times: no tip that was confirmed is lost, no half tip is there."""

from __future__ import annotations

import asyncio
import os
import random
import select
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from bot.crypto import Keyring, PrivateKey
from bot.messages import Address, Channel, Citizen, Language, MediaKind, Pseudonym
from bot.storage import Base, Database
from bot.tips.draft import Draft
from bot.tips.drafts import DraftFiles
from bot.tips.kinds import FileKind
from bot.tips.locators import new_locator
from bot.tips.service import Tips
from bot.tips.vault import Reader, ReaderKey
from bot.tips.words import Receipt
from tests.integration.tips.conftest import CHEAP, NOW, ROOT, FakeCity, jpeg, photo

KILLS = 50
STORY = "A man sells things."
WORDS = ("a", "b", "c", "d", "e", "f")
PICTURE = jpeg()
CITIZEN = Citizen(Pseudonym("p"), Language("en"), Address(Channel.TELEGRAM, "1"), NOW)


class House:
    """What a process needs to store tips. Connects when first used, so that processes may be forked from it before."""

    def __init__(self, folder: Path, moderator: PrivateKey) -> None:
        self.database = Database(f"sqlite+aiosqlite:///{folder}/faro.sqlite3")
        self._moderator = moderator
        self.tips = Tips.build(
            database=self.database,
            keyring=Keyring.open(folder / "keys"),
            city=FakeCity(),
            readers=self._readers,
            clock=lambda: NOW,
            data=folder,
            words=ROOT / "locales" / "words",
            times=ROOT / "locales" / "times",
            cost=CHEAP,
        )
        self.drafts = DraftFiles(folder / "drafts")

    @property
    def reader(self) -> Reader:
        return Reader("s1", self._moderator)

    async def _readers(self) -> Sequence[ReaderKey]:
        return [ReaderKey("s1", self._moderator.public_key)]

    async def tell(self, line: int) -> None:
        """Store tips until killed; each is confirmed by its locator after it was stored."""
        while True:
            os.write(line, f"{await self.store()}\n".encode())

    async def store(self) -> str:
        """Store one tip with a picture; gives its locator."""
        draft = Draft(category="dangerous_place", texts=[STORY], tip_id=os.urandom(16).hex())
        draft.locator, draft.words = new_locator(), list(WORDS)
        draft.files = [await self.drafts.keep(photo(PICTURE, kind=MediaKind.PHOTO), (FileKind.PHOTO,), NOW)]
        await self.tips.intake._submission.send(draft, CITIZEN)
        return draft.locator


def _killed_after(house: House, chance: random.Random) -> list[str]:
    """One process, killed some time after its first tip; what it had confirmed by then."""
    ear, line = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(house.tell(line))
        finally:
            os._exit(1)
    os.close(line)
    select.select([ear], [], [], 20)
    time.sleep(chance.uniform(0, 0.04))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(ear) as confirmed:
        return confirmed.read().split()


async def _prepare(house: House) -> None:
    """Make the tables, and store a tip, so that the processes to be killed find everything compiled; then let go of the store."""
    async with house.database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await house.store()
    await house.database.close()


async def _whole(folder: Path, moderator: PrivateKey, confirmed: list[str]) -> set[str]:
    """Open every confirmed tip by its receipt and every stored one as a moderator; the locators of those stored."""
    house = House(folder, moderator)
    for locator in confirmed[::10]:
        await house.tips.receipt._desk.open(Receipt(locator, WORDS), CITIZEN)
    stored = await house.tips.review.queue(limit=100_000)
    for tip in stored:
        [entry] = (await house.tips.review.open(house.reader, tip.id)).entries
        [file] = entry.files
        original = await house.tips.review.attachment(house.reader, tip.id, file.id, original=True)
        assert (entry.text, original.data) == (STORY, PICTURE)
    await house.database.close()
    return {tip.locator for tip in stored}


def test_fifty_kills_lose_no_confirmed_tip_and_leave_no_half_one(tmp_path: Path) -> None:
    moderator, chance = PrivateKey.generate(), random.Random(4)
    house = House(tmp_path, moderator)
    asyncio.run(_prepare(house))
    confirmed = [locator for _ in range(KILLS) for locator in _killed_after(house, chance)]
    assert len(confirmed) >= KILLS, "each process confirmed at least one before it died"
    assert set(confirmed) <= asyncio.run(_whole(tmp_path, moderator, confirmed))
