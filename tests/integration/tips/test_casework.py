"""Working on tips among moderators: assignment, notes, labels, likeness, holds, deletion by two."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from bot.crypto import PrivateKey
from bot.errors import Conflict, Invalid, NotAllowed, NotFound, SealBroken
from bot.tips.holding import Cause
from bot.tips.status import Status
from bot.tips.tables import TipLabelRow, TipNoteRow, TipRow
from bot.tips.vault import Reader
from tests.integration.tips.conftest import NOW, Sent, World
from tests.integration.tips.test_grants import join

VAN = "Somebody sells bicycles out of a white van behind the market hall, always on Thursday evening."


async def test_who_cannot_open_a_tip_can_do_nothing_with_it(world: World) -> None:
    sent, stranger, desk = await world.told(), Reader("s2", PrivateKey.generate()), world.tips.moderation
    other = await world.told()
    for attempt in (
        desk.casework.assign(stranger, sent.tip_id, None),
        desk.casework.notes(stranger, sent.tip_id),
        desk.casework.note(stranger, sent.tip_id, "x"),
        desk.casework.labels(stranger, sent.tip_id),
        desk.casework.set_labels(stranger, sent.tip_id, [], []),
        desk.likeness.link(stranger, sent.tip_id, other.tip_id),
        desk.likeness.unlink(stranger, sent.tip_id, other.tip_id),
        desk.holding.keeping(stranger, sent.tip_id),
        desk.holding.hold(stranger, sent.tip_id, NOW + timedelta(days=1), "x"),
        desk.holding.release(stranger, sent.tip_id),
        desk.holding.ask_deletion(stranger, sent.tip_id),
        desk.holding.delete(stranger, sent.tip_id),
    ):
        with pytest.raises(NotAllowed):
            await attempt


async def test_a_tip_is_given_to_who_can_open_it_and_to_nobody_else(world: World) -> None:
    sent = await world.told()
    join(world, "s2")
    await world.tips.moderation.casework.assign(world.moderator, sent.tip_id, "s1")
    assert (await world.tips.review.queue())[0].assignee == "s1"
    with pytest.raises(NotFound):
        await world.tips.moderation.casework.assign(world.moderator, sent.tip_id, "s2")
    await world.tips.moderation.casework.assign(world.moderator, sent.tip_id, None)
    assert (await world.tips.review.queue())[0].assignee is None


async def test_notes_are_sealed_bound_to_their_writer_and_written_once(world: World) -> None:
    sent, casework = await world.told(), world.tips.moderation.casework
    for _ in range(2):
        await casework.note(world.moderator, sent.tip_id, " Ask the school. ", "ab" * 16)
    [note] = await casework.notes(world.moderator, sent.tip_id)
    assert (note.staff_id, note.text, note.at) == ("s1", "Ask the school.", NOW)
    async with world.database.begin() as session:
        assert b"school" not in (await session.scalars(select(TipNoteRow.sealed))).one()
        await session.execute(update(TipNoteRow).values(staff_id="s2"))
    with pytest.raises(SealBroken):
        await casework.notes(world.moderator, sent.tip_id)
    for words, code in (("  ", "empty"), ("x" * 3501, "too_long")):
        with pytest.raises(Invalid) as raised:
            await casework.note(world.moderator, sent.tip_id, words)
        assert raised.value.code == code


async def test_labels_are_of_the_list_or_free_and_free_ones_stand_sealed(world: World) -> None:
    sent, casework = await world.told(), world.tips.moderation.casework
    await casework.set_labels(world.moderator, sent.tip_id, ["school"], ["White van", "white  VAN", "", "Noël"])
    labels = await casework.labels(world.moderator, sent.tip_id)
    assert [(label.code, label.text) for label in labels if label.text is None] == [("school", None)]
    assert [label.text for label in labels if label.text] == ["Noël", "white VAN"]
    assert casework.code_of("noel") in {label.code for label in labels}
    async with world.database.read() as session:
        stored = (await session.execute(select(TipLabelRow.code, TipLabelRow.sealed))).all()
    assert not any("van" in str(row).casefold() for row in stored)
    await casework.set_labels(world.moderator, sent.tip_id, [], [])
    assert await casework.labels(world.moderator, sent.tip_id) == []
    many = [str(number) for number in range(13)]
    for codes, free, problem in ((["nonsense"], [], "unknown"), ([], ["x" * 41], "too_long"), ([], many, "too_many")):
        with pytest.raises(Invalid) as raised:
            await casework.set_labels(world.moderator, sent.tip_id, codes, free)
        assert raised.value.code == problem


async def test_likely_duplicates_are_suggested_until_somebody_links_them(world: World) -> None:
    first = await world.told(story=VAN)
    again = await world.told(story=VAN.replace("always", "nearly always"))
    await world.told(story="Two boys of the year above showed a knife in the changing room of the sports hall.")
    likeness = world.tips.moderation.likeness

    [found] = await likeness.suggestions(again.tip_id)
    assert found.tip.id == first.tip_id and 0 < found.shared <= found.of
    await likeness.link(world.moderator, again.tip_id, first.tip_id)
    assert await likeness.suggestions(again.tip_id) == []
    assert [tip.id for tip in await likeness.linked(first.tip_id)] == [again.tip_id]
    await likeness.link(world.moderator, first.tip_id, again.tip_id)
    await likeness.unlink(world.moderator, first.tip_id, again.tip_id)
    assert await likeness.linked(again.tip_id) == []
    with pytest.raises(Invalid):
        await likeness.link(world.moderator, first.tip_id, first.tip_id)


async def test_the_clock_runs_from_the_first_unanswered_word_and_stops_with_an_answer(world: World) -> None:
    sent = await world.told()

    async def waiting() -> object:
        return (await world.tips.review.queue())[0].waiting_since

    hour = NOW.replace(minute=0, second=0, microsecond=0)
    assert await waiting() == hour
    await world.tips.review.reply(world.moderator, sent.tip_id, "Where?")
    assert await waiting() is None
    await _adds(world, sent, "There.", hours=5)
    await _adds(world, sent, "And there.", hours=9)
    assert await waiting() == hour + timedelta(hours=5)
    await world.tips.review.change_status(world.moderator, sent.tip_id, Status.CLOSED)
    assert await waiting() is None
    async with world.database.read() as session:
        assert (await session.scalars(select(TipRow.first_answer_at))).one() == hour


async def _adds(world: World, sent: Sent, words: str, *, hours: int) -> None:
    visitor = world.visitor(now=NOW + timedelta(hours=hours))
    await visitor.press_raw("start")
    await visitor.write(f"{sent.locator} {sent.words}")
    await visitor.write(words)
    await visitor.press("add")


async def test_a_hold_keeps_a_tip_for_a_bounded_time_with_a_reason(world: World) -> None:
    sent, holding = await world.told(), world.tips.moderation.holding
    for until, reason, code in (
        (NOW, "x", "hold_time"),
        (NOW + timedelta(days=181), "x", "hold_time"),
        (NOW + timedelta(days=1), "  ", "hold_reason"),
        (NOW + timedelta(days=1), "x" * 301, "hold_reason"),
    ):
        with pytest.raises(Invalid) as raised:
            await holding.hold(world.moderator, sent.tip_id, until, reason)
        assert raised.value.code == code

    world.now = NOW + timedelta(days=100)
    until = world.now + timedelta(days=180)
    await holding.hold(world.moderator, sent.tip_id, until, "The court asked.")
    keeping = await holding.keeping(world.moderator, sent.tip_id)
    assert (keeping.due, keeping.reason, keeping.holds_left) == (until, "The court asked.", 1)
    assert (await world.tips.retention.purge(until - timedelta(hours=1))).tips == {}
    await holding.hold(world.moderator, sent.tip_id, until, "Again.")
    with pytest.raises(Conflict):
        await holding.hold(world.moderator, sent.tip_id, until, "And again.")
    assert (await world.tips.retention.purge(until + timedelta(hours=1))).tips == {"drugs": 1}
    assert [(one.category, one.cause) for one in await holding.deletions()] == [("drugs", Cause.RETENTION)]


async def test_deleting_before_the_time_takes_two_and_leaves_nothing(world: World) -> None:
    second = join(world, "s2")
    sent, holding = await world.told(), world.tips.moderation.holding
    with pytest.raises(Conflict):
        await holding.delete(world.moderator, sent.tip_id)
    await holding.ask_deletion(world.moderator, sent.tip_id)
    with pytest.raises(Conflict):
        await holding.delete(world.moderator, sent.tip_id)
    await holding.ask_deletion(second, sent.tip_id, wanted=False)
    with pytest.raises(Conflict):
        await holding.delete(second, sent.tip_id)
    await world.tips.moderation.casework.note(world.moderator, sent.tip_id, "x")
    await world.tips.moderation.casework.set_labels(world.moderator, sent.tip_id, ["school"], [])
    await holding.ask_deletion(world.moderator, sent.tip_id)
    await holding.delete(second, sent.tip_id)

    async with world.database.read() as session:
        for table in ("tip", "tip_entry", "tip_grant", "tip_note", "tip_label", "tip_likeness", "tip_link"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table
    assert [one.cause for one in await holding.deletions()] == [Cause.MODERATORS]


async def test_a_held_tip_is_not_deleted(world: World) -> None:
    second = join(world, "s2")
    sent, holding = await world.told(), world.tips.moderation.holding
    await holding.ask_deletion(world.moderator, sent.tip_id)
    await holding.hold(second, sent.tip_id, NOW + timedelta(days=9), "The court asked.")
    assert (await holding.keeping(second, sent.tip_id)).asked_by is None
    with pytest.raises(Conflict):
        await holding.ask_deletion(world.moderator, sent.tip_id)
    await holding.release(second, sent.tip_id)
    await holding.ask_deletion(world.moderator, sent.tip_id)
