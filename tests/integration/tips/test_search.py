"""Looking for words in sealed tips, on both stores."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import update

from bot.crypto import PrivateKey
from bot.errors import NotFound
from bot.tips.queue import Filters, Order
from bot.tips.search import SearchBook, SearchDesk, Stopped, Wanted
from bot.tips.search import desk as desk_module
from bot.tips.search.desk import Stretch
from bot.tips.status import Status
from bot.tips.tables import TipEntryRow, TipRow
from bot.tips.vault import Reader, ReaderKey, TipVault
from tests.integration.tips.conftest import CHEAP, NOW, World


async def yes() -> bool:
    return True


async def found(world: World, words: str, filters: Filters | None = None, reader: Reader | None = None) -> list[str]:
    stretch = await world.tips.moderation.search.look(reader or world.moderator, Wanted(words), filters or Filters(), None, yes)
    return list(stretch.hits)


async def test_words_are_found_wherever_they_stand_in_a_tip(world: World) -> None:
    tip = (await world.told(story="Un camion gris derrière l’école.")).tip_id
    other = (await world.told(story="A red van.")).tip_id
    desk, me = world.tips.moderation, world.moderator
    await desk.review.reply(me, tip, "Do you remember the plate?")
    await desk.casework.note(me, tip, "Known since May.")
    await desk.casework.set_labels(me, tip, [], ["harbour ring"])
    await desk.holding.hold(me, tip, world.now + timedelta(days=9), "Needed in court.")
    for words in ("camion ecole", "plate", "known MAY", "harbour", '"in court"', "gris plate court"):
        assert await found(world, words) == [tip], words
    assert await found(world, "van") == [other]
    assert await found(world, "gris van") == []


async def test_masked_words_are_found_by_nobody_also_not_by_whoever_may_unmask_them(world: World) -> None:
    private = PrivateKey.generate()
    world.readers.append(ReaderKey("c1", private.public_key))
    tip = (await world.told(story="Mario Rossi sells bags.")).tip_id
    await world.tips.moderation.casework.note(world.moderator, tip, "MARIO was seen again.")
    assert await found(world, "mario") == [tip]
    await world.tips.moderation.masks.mask(world.moderator, tip, "mario")
    for reader in (world.moderator, Reader("c1", private)):
        assert await found(world, "mario", reader=reader) == []
        assert await found(world, "rossi", reader=reader) == [tip]
    [hit] = await world.tips.moderation.search.show(world.moderator, [tip], Wanted("rossi"))
    assert "Mario" not in str(hit.excerpts)


async def test_only_what_the_reader_may_open_is_looked_at(world: World) -> None:
    private = PrivateKey.generate()
    before = (await world.told(story="A grey scooter.")).tip_id
    world.readers.append(ReaderKey("s2", private.public_key))
    after = (await world.told(story="Another grey scooter.")).tip_id
    late = Reader("s2", private)
    stretch = await world.tips.moderation.search.look(late, Wanted("scooter"), Filters(), None, yes)
    assert list(stretch.hits) == [after] and stretch.looked == 1
    assert [hit.summary.id for hit in await world.tips.moderation.search.show(late, [before, after], Wanted("scooter"))] == [after]
    await world.tips.moderation.grants.revoke(after, "s2")
    assert await found(world, "scooter", reader=late) == []
    assert await world.tips.moderation.search.show(late, [after], Wanted("scooter")) == []
    stranger = Reader("s1", PrivateKey.generate())
    stretch = await world.tips.moderation.search.look(stranger, Wanted("scooter"), Filters(), None, yes)
    assert (stretch.looked, stretch.broken) == (0, 0), "a grant to a replaced key is none"


async def test_filters_narrow_a_search(world: World) -> None:
    drugs = (await world.told(category="drugs", story="A grey scooter.")).tip_id
    weapon = (await world.told(category="weapon", story="A grey scooter.")).tip_id
    desk, me = world.tips.moderation, world.moderator
    await desk.casework.set_labels(me, drugs, ["school"], [])
    await desk.review.change_status(me, weapon, Status.CLOSED)
    wanted = {
        Filters(category="drugs"): [drugs],
        Filters(urgent=True): [weapon],
        Filters(label="school"): [drugs],
        Filters(status=Status.CLOSED): [weapon],
        Filters(unread=True): [drugs],
        Filters(district="old_port"): [],
        Filters(order=Order.WAITING): [drugs, weapon],
    }
    for filters, tips in wanted.items():
        assert sorted(await found(world, "scooter", filters)) == sorted(tips), filters


async def test_a_long_search_goes_on_newest_first_without_gap_or_double(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "_BATCH", 2)
    ids = []
    for number in range(7):
        category = "weapon" if number % 3 == 0 else "drugs"
        ids.append((await world.told(category=category, story="A grey scooter.", now=NOW + timedelta(hours=number // 2))).tip_id)
    desk = SearchDesk(world.database, TipVault(cost=CHEAP), timer=_seconds())
    hits: list[str] = []
    mark, stretches = None, 0
    while True:
        stretch = await desk.look(world.moderator, Wanted("scooter"), Filters(), mark, yes)
        hits, mark, stretches = [*hits, *stretch.hits], stretch.mark, stretches + 1
        if mark is None:
            break
    shown = await desk.show(world.moderator, hits, Wanted("scooter"))
    assert sorted(hits) == sorted(ids) and stretches > 2
    assert [hit.summary.id for hit in shown] == hits
    hours = [hit.summary.created_at for hit in shown]
    assert hours == sorted(hours, reverse=True)


def _seconds() -> Callable[[], float]:
    """A clock on which each look takes 1.5 seconds: two batches a stretch."""
    ticks: Iterator[int] = count()
    return lambda: next(ticks) * 1.5


async def test_a_search_stops_when_nobody_waits_or_the_key_is_gone(world: World) -> None:
    await world.told(story="A grey scooter.")

    async def no() -> bool:
        return False

    with pytest.raises(Stopped):
        await world.tips.moderation.search.look(world.moderator, Wanted("scooter"), Filters(), None, no)


async def test_a_tip_that_was_tampered_with_is_counted_and_the_others_are_found(world: World) -> None:
    good, bad = (await world.told(story="A grey scooter.")).tip_id, (await world.told(story="A grey scooter.")).tip_id
    async with world.database.begin() as session:
        await session.execute(update(TipEntryRow).where(TipEntryRow.tip_id == bad).values(author="moderator"))
    stretch = await world.tips.moderation.search.look(world.moderator, Wanted("scooter"), Filters(), None, yes)
    assert (list(stretch.hits), stretch.looked, stretch.broken) == ([good], 2, 1)


async def test_nothing_of_a_search_stays_in_the_store(world: World) -> None:
    await world.told(story="A grey scooter.")
    async with world.database.read() as session:
        before = (await session.get_one(TipRow, (await found(world, "scooter"))[0])).updated_at
    assert before is not None
    [tip] = await world.tips.review.queue(reader_id="s1")
    assert tip.unread, "an excerpt is not a reading"


def test_searches_are_remembered_as_long_as_their_key_and_for_nobody_else() -> None:
    book, mine, other = SearchBook(), Reader("s1", PrivateKey.generate()), Reader("s2", PrivateKey.generate())
    first = book.begin(mine, "  grey   scooter ", Filters())
    assert book.get(mine, first.id).words == "grey scooter" and "scooter" not in repr(first)
    with pytest.raises(NotFound):
        book.get(other, first.id)
    for _ in range(5):
        book.begin(mine, "van", Filters())
    with pytest.raises(NotFound):
        book.get(mine, first.id)
    del mine
    gc.collect()
    assert len(book) == 0


def test_a_search_that_found_much_is_full() -> None:
    search = SearchBook().begin(Reader("s1", PrivateKey.generate()), "van", Filters())
    search.add(Stretch([str(number) for number in range(99)], 500, 0, desk_module.Mark(NOW, "x")))
    assert not search.is_full and not search.ended
    search.add(Stretch(["x"], 1, 1, None))
    assert search.is_full and search.ended and (search.looked, search.broken) == (501, 1)
