"""What the benchmark of tips rests on: rows that fit the tables, and a peer that shows the same pages."""

from __future__ import annotations

from benchmarks.tips.filling import fill
from benchmarks.tips.queue import PlainDesk, kinds
from benchmarks.tips.rows import Filling
from bot.crypto import PrivateKey
from bot.messages import Language
from bot.tips.queue import Filters
from bot.tips.search import Wanted
from bot.tips.vault import Reader, ReaderKey
from tests.integration.tips.conftest import NOW, World


async def _filled(world: World, count: int, real: int) -> Reader:
    private = PrivateKey.generate()
    key, categories = ReaderKey("s9", private.public_key), ("drugs", "weapon", "hate")
    await fill(world.database, Filling(count, real, key, categories, ("hills", "centre"), Language("en"), NOW), lambda done: None)
    return Reader("s9", private)


async def test_the_plain_queue_shows_the_same_pages_as_faros(world: World) -> None:
    await _filled(world, 1500, 0)
    plain = PlainDesk(world.database)
    for name, filters in kinds("s9").items():
        first = await world.tips.review.queue(filters, limit=20, reader_id="s9")
        assert first == await plain.queue(filters, limit=20, before=None, reader_id="s9"), name
        if len(first) == 20:
            plain.offsets[first[-1].id] = 20
            second = await world.tips.review.queue(filters, limit=20, before=first[-1].id, reader_id="s9")
            assert second == await plain.queue(filters, limit=20, before=first[-1].id, reader_id="s9"), name
    assert await plain.count_up_to(0) == await world.tips.review.count_by_status()


async def test_the_newest_tips_can_be_opened_and_searched(world: World) -> None:
    reader = await _filled(world, 200, 100)

    async def yes() -> bool:
        return True

    stretch = await world.tips.moderation.search.look(reader, Wanted("nowhere"), Filters(), None, yes)
    assert stretch.looked == 200 and stretch.broken == 100
