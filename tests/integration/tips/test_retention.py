"""What is past its time is really gone: keys, rows, files."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from bot.tips.queue import Filters
from bot.tips.tables import TipAttachmentRow, TipEntryRow, TipGrantRow, TipNoticeRow, TipReadRow, TipRow
from tests.integration.tips.conftest import NOW, World, photo, reach_story

TABLES = (TipRow, TipEntryRow, TipGrantRow, TipAttachmentRow, TipNoticeRow, TipReadRow)


async def counts(world: World) -> list[int]:
    async with world.database.read() as session:
        return [await session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


async def told_with_photo(world: World) -> str:
    person = world.tipster()
    await reach_story(person, "dangerous_place")
    await person.send_media(photo(caption="The hole"))
    await person.press("done")
    await person.press("notify")
    await person.press("send")
    [tip] = await world.tips.review.queue(Filters(category="dangerous_place"))
    await world.tips.review.open(world.moderator, tip.id)
    return tip.id


async def test_each_category_has_its_own_time_and_nothing_of_a_tip_is_left(world: World) -> None:
    await told_with_photo(world)
    await world.told(category="weapon")
    assert (await world.tips.retention.purge(NOW + timedelta(days=89))).tips == {}
    report = await world.tips.retention.purge(NOW + timedelta(days=91))

    assert report.tips == {"dangerous_place": 1} and report.orphan_files == 0
    assert await counts(world) == [1, 1, 2, 0, 0, 0] and not list((world.data / "tips").iterdir())
    assert (await world.tips.retention.purge(NOW + timedelta(days=366))).tips == {"weapon": 1}
    assert await counts(world) == [0] * 6


async def test_news_in_a_tip_extends_its_time(world: World) -> None:
    sent = await world.told()
    world.now = NOW + timedelta(days=100)
    await world.tips.review.reply(world.moderator, sent.tip_id, "Still here?")

    assert (await world.tips.retention.purge(NOW + timedelta(days=200))).tips == {}
    assert (await world.tips.retention.purge(NOW + timedelta(days=281))).tips == {"drugs": 1}


async def test_a_category_that_the_city_gave_up_keeps_the_longest_time(world: World) -> None:
    await world.told()
    world.city.retention = type(world.city.retention)({"weapon": 365})

    assert (await world.tips.retention.purge(NOW + timedelta(days=364))).tips == {}
    assert (await world.tips.retention.purge(NOW + timedelta(days=366))).tips == {"drugs": 1}


async def test_files_that_belong_to_nothing_go_and_young_ones_stay(world: World) -> None:
    await told_with_photo(world)
    person = world.tipster()
    await reach_story(person, "dangerous_place")
    await person.send_media(photo())
    (world.data / "tips" / ("f" * 32 + ".view")).write_bytes(b"left over")
    young = await world.tips.retention.purge(NOW)
    assert (young.orphan_files, young.draft_files) == (0, 0)
    old = await world.tips.retention.purge(NOW + timedelta(days=80))

    assert (old.orphan_files, old.draft_files) == (1, 1)
    assert len(list((world.data / "tips").iterdir())) == 2
