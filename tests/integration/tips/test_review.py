"""The moderators' side: queue, unread marks, and rows that somebody tampered with."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import select, text, update

from bot.crypto import PrivateKey
from bot.errors import Conflict, Invalid, NotAllowed, NotFound, SealBroken
from bot.tips.queue import Filters
from bot.tips.sealing import Author
from bot.tips.status import Status
from bot.tips.tables import TipAttachmentRow, TipEntryRow, TipGrantRow, TipRow
from bot.tips.vault import Reader
from tests.integration.tips.conftest import NOW, World, jpeg, photo, reach_story


async def test_urgent_tips_stand_first_and_pages_follow_on(world: World) -> None:
    for category in ("drugs", "weapon", "drugs", "weapon", "drugs"):
        await world.told(category=category)
    whole = await world.tips.review.queue()
    pages = []
    before = None
    while page := await world.tips.review.queue(limit=2, before=before):
        pages += page
        before = page[-1].id

    assert [tip.urgent for tip in whole] == [True, True, False, False, False]
    assert pages == whole


async def test_the_queue_filters_by_status_and_category_and_counts(world: World) -> None:
    first = await world.told()
    await world.told(category="weapon")
    await world.tips.review.change_status(world.moderator, first.tip_id, Status.CLOSED)

    assert [tip.id for tip in await world.tips.review.queue(Filters(status=Status.CLOSED))] == [first.tip_id]
    assert [tip.category for tip in await world.tips.review.queue(Filters(category="weapon"))] == ["weapon"]
    counts = await world.tips.review.count_by_status()
    assert (counts[Status.NEW], counts[Status.CLOSED], counts[Status.WAITING]) == (1, 1, 0)


async def test_a_tip_is_unread_until_it_is_opened_and_again_when_the_tipster_writes(world: World) -> None:
    sent = await world.told()

    async def unread(reader_id: str | None = None) -> bool:
        return (await world.tips.review.queue(reader_id=reader_id))[0].unread

    assert await unread()
    await world.tips.review.open(world.moderator, sent.tip_id)
    assert not await unread() and not await unread("s1") and await unread("s2")
    await world.tips.review.reply(world.moderator, sent.tip_id, "Where?")
    assert not await unread("s1"), "one's own answer is not news"
    visitor = world.visitor()
    await visitor.press_raw("start")
    await visitor.write(f"{sent.locator} {sent.words}")
    await visitor.write("There.")
    await visitor.press("add")
    assert await unread("s1")


async def test_answering_takes_a_new_tip_into_review_and_a_tip_never_becomes_new_again(world: World) -> None:
    sent = await world.told()
    await world.tips.review.reply(world.moderator, sent.tip_id, "Thank you.")
    assert (await world.tips.review.queue())[0].status is Status.IN_REVIEW

    with pytest.raises(Conflict):
        await world.tips.review.change_status(world.moderator, sent.tip_id, Status.NEW)


async def test_a_repeated_reply_is_added_once(world: World) -> None:
    sent = await world.told()
    for _ in range(2):
        await world.tips.review.reply(world.moderator, sent.tip_id, "Thank you.", reply_id="ab" * 16)

    assert [e.author for e in (await world.tips.review.open(world.moderator, sent.tip_id)).entries] == [Author.TIPSTER, Author.MODERATOR]


@pytest.mark.parametrize(("words", "code"), [("  ", "empty"), ("x" * 3501, "too_long")])
async def test_an_unsendable_reply_is_refused(world: World, words: str, code: str) -> None:
    sent = await world.told()

    with pytest.raises(Invalid) as raised:
        await world.tips.review.reply(world.moderator, sent.tip_id, words)
    assert raised.value.code == code


async def test_who_holds_no_grant_can_do_nothing(world: World) -> None:
    sent = await world.told()
    stranger = Reader("s2", PrivateKey.generate())
    review = world.tips.review

    for attempt in (
        review.open(stranger, sent.tip_id),
        review.reply(stranger, sent.tip_id, "hi"),
        review.change_status(stranger, sent.tip_id, Status.CLOSED),
        review.attachment(stranger, sent.tip_id, "x"),
        world.tips.moderation.grants.grant(stranger, sent.tip_id, "s1"),
    ):
        with pytest.raises(NotAllowed):
            await attempt
    with pytest.raises(NotFound):
        await review.open(world.moderator, "unknown")


async def test_the_original_photo_is_kept_with_its_hash(world: World) -> None:
    data = jpeg(comment=b"CanaryComment")
    person = world.tipster()
    await reach_story(person, "dangerous_place")
    await person.send_media(photo(data))
    await person.press("done")
    await person.press("send")
    [tip] = await world.tips.review.queue()
    [photo_id] = (await world.tips.review.open(world.moderator, tip.id)).entries[0].attachments
    view = await world.tips.review.attachment(world.moderator, tip.id, photo_id)
    original = await world.tips.review.attachment(world.moderator, tip.id, photo_id, original=True)

    assert b"Canary" not in view.data and original.data == data
    assert view.sha256 == original.sha256 == hashlib.sha256(data).hexdigest()


async def test_swapped_entries_fail_closed(world: World) -> None:
    first, second = await world.told(story="one"), await world.told(story="two")
    async with world.database.begin() as session:
        ids = {row.tip_id: row.id for row in await session.scalars(select(TipEntryRow))}
        await session.execute(update(TipEntryRow).where(TipEntryRow.id == ids[first.tip_id]).values(tip_id=second.tip_id, number=2))

    with pytest.raises(SealBroken):
        await world.tips.review.open(world.moderator, second.tip_id)


@pytest.mark.parametrize("change", [{"author": "moderator"}, {"number": 7}, {"sealed": b""}, {"sealed": b"x" * 300}])
async def test_a_changed_entry_fails_closed(world: World, change: dict[str, object]) -> None:
    sent = await world.told()
    async with world.database.begin() as session:
        await session.execute(update(TipEntryRow).values(**change))

    with pytest.raises(SealBroken):
        await world.tips.review.open(world.moderator, sent.tip_id)


async def test_another_tips_details_or_grants_put_in_place_fail_closed(world: World) -> None:
    first, second = await world.told(), await world.told()
    async with world.database.begin() as session:
        other = await session.get(TipRow, first.tip_id)
        assert other is not None
        await session.execute(update(TipRow).where(TipRow.id == second.tip_id).values(details=other.details))
    with pytest.raises(SealBroken):
        await world.tips.review.open(world.moderator, second.tip_id)

    async with world.database.begin() as session:
        other_grant = await session.get(TipGrantRow, (second.tip_id, "reader", "s1"))
        assert other_grant is not None
        mine = (TipGrantRow.tip_id == first.tip_id, TipGrantRow.kind == "reader")
        await session.execute(update(TipGrantRow).where(*mine).values(sealed=other_grant.sealed))
    with pytest.raises(SealBroken):
        await world.tips.review.open(world.moderator, first.tip_id)


async def test_swapped_photo_files_fail_closed(world: World) -> None:
    person = world.tipster()
    await reach_story(person, "dangerous_place")
    for color in ("red", "blue"):
        await person.send_media(photo(jpeg(comment=color.encode())))
    await person.press("done")
    await person.press("send")
    [tip] = await world.tips.review.queue()
    async with world.database.read() as session:
        first, second = (await session.scalars(select(TipAttachmentRow.id))).all()
    folder = world.data / "tips"
    (folder / f"{first}.view").write_bytes((folder / f"{second}.view").read_bytes())

    with pytest.raises(SealBroken):
        await world.tips.review.attachment(world.moderator, tip.id, first)
    (folder / f"{second}.view").unlink()
    with pytest.raises(SealBroken):
        await world.tips.review.attachment(world.moderator, tip.id, second)


async def test_no_stored_time_is_finer_than_an_hour(world: World) -> None:
    sent = await world.told(notify=True)
    world.now = NOW.replace(minute=59)
    await world.tips.review.reply(world.moderator, sent.tip_id, "Thank you.")
    summary = (await world.tips.review.queue())[0]
    view = await world.tips.review.open(world.moderator, sent.tip_id)

    moments = [summary.created_at, summary.updated_at, *(entry.at for entry in view.entries)]
    assert all((moment.minute, moment.second, moment.microsecond) == (0, 0, 0) for moment in moments)


async def test_sqlite_keeps_no_order_of_arrival(world: World) -> None:
    if not world.database.is_sqlite:
        return
    async with world.database.read() as session:
        tables = (await session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))).all()

    own = [sql for name, sql in tables if name == "tip" or name.startswith("tip_")]
    assert len(own) >= 13 and all("WITHOUT ROWID" in sql for sql in own)
