"""The index follows the articles: vectors are computed once, edits are found soon, and an absent model is waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.knowledge.desk import Desk
from bot.knowledge.embedding import PassageVectors
from bot.knowledge.keeper import AT_ONCE, Keeper
from bot.knowledge.library import Library
from bot.storage import Database
from tests.unit.knowledge.kit import EN, Hands, SmallCity, WordEncoder, draft

HELMET = "which helmet fits need wear"


class Process:
    """What one process has: a library, an index, a desk."""

    def __init__(self, database: Database, encoder: WordEncoder | None = None, city: SmallCity | None = None) -> None:
        self.encoder, self.pauses, city = encoder or WordEncoder(), [], city or SmallCity()
        self.library = Library(database, city)
        self.keeper = Keeper(self.library, self.encoder, PassageVectors(database), self._pause)
        self.desk = Desk(database, city, Hands(), self.keeper.refresh)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def best(self, text: str) -> str | None:
        verdict = self.keeper.judge(EN, self.encoder.vector(text))
        return verdict.near[0] if verdict.near else None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.keeper.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def until(self, slug: str, text: str) -> None:
        async with asyncio.timeout(10):
            while self.best(text) != slug:  # noqa: ASYNC110  the keeper tells nobody when it is done
                await asyncio.sleep(0.01)


async def test_a_restart_computes_nothing_twice(database: Database) -> None:
    first = Process(database)
    await first.keeper.look()
    assert sum(map(len, first.encoder.asked)) > AT_ONCE and first.pauses
    second = Process(database)
    await second.keeper.look()
    assert [len(texts) for texts in second.encoder.asked] == [1] and second.best("lock bike frame two") == "two-locks"


async def test_passages_are_asked_for_a_few_at_a_time_with_pauses(database: Database) -> None:
    process = Process(database)
    await process.keeper.look()
    assert max(map(len, process.encoder.asked)) <= AT_ONCE
    assert len(process.pauses) == len(process.encoder.asked) - 1


async def test_an_edit_is_found_at_once_here_and_soon_elsewhere(database: Database) -> None:
    other = Database(database.url)
    here, there = Process(database), Process(other)
    async with here.running():
        await here.until("two-locks", "lock bike frame two")
        await here.desk.create("o1", draft(), publish=True)
        assert "helmet-on" in here.library.articles
        await here.until("helmet-on", HELMET)
    await there.keeper.look()
    await other.close()
    assert there.best(HELMET) == "helmet-on"


async def test_while_the_model_is_away_the_index_stays_and_it_is_tried_again(database: Database) -> None:
    process = Process(database)
    await process.keeper.look()
    process.encoder.away = True
    await process.desk.create("o1", draft(), publish=True)
    await process.keeper.look()
    assert process.best("lock bike frame two") == "two-locks" and process.best(HELMET) != "helmet-on"
    process.encoder.away = False
    await process.keeper.look()
    assert process.best(HELMET) == "helmet-on"


async def test_another_encoder_makes_another_index(database: Database) -> None:
    process = Process(database)
    await process.keeper.look()
    process.encoder.name = "words-2"
    process.keeper._asked_at -= 120
    await process.keeper.look()
    assert process.keeper.encoder == "words-2" and process.best("lock bike frame two") == "two-locks"
    assert await PassageVectors(database).load("words-1") == {}


async def test_vectors_of_texts_that_are_gone_are_forgotten(database: Database) -> None:
    process = Process(database)
    await process.keeper.look()
    before = len(await PassageVectors(database).load("words-1"))
    await process.desk.hide("o1", "loose-dog", 0)
    await process.keeper.look()
    after = await PassageVectors(database).load("words-1")
    assert 0 < len(after) < before
    assert "loose-dog" not in process.keeper.judge(EN, process.encoder.vector("dog barks")).nearest


async def test_a_failing_store_does_not_end_the_keeping(database: Database) -> None:
    process = Process(database)
    broken = [OSError("disk full")]
    refresh = process.library.refresh

    async def failing() -> bool:
        if broken:
            raise broken.pop()
        return await refresh()

    process.library.refresh = failing  # type: ignore[method-assign]
    process.keeper._rest = 0.01
    async with process.running():
        await process.until("two-locks", "lock bike frame two")
