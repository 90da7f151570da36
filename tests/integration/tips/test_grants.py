"""Who may open which tip: granting, revoking, replaced keys, handing on many at once, and the recovery key."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import delete, select, update

from bot.crypto import PrivateKey
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.tips import handing
from bot.tips.recovery import read_back
from bot.tips.regrant import RECOVERY, Progress
from bot.tips.tables import TipGrantRow, TipRecoveryKeyRow, TipRow
from bot.tips.vault import Grant, Reader, ReaderKey
from tests.integration.tips.conftest import World


def join(world: World, staff_id: str) -> Reader:
    """A moderator who comes later, or gets a new key."""
    reader = Reader(staff_id, PrivateKey.generate())
    world.readers[:] = [one for one in world.readers if one.staff_id != staff_id]
    world.readers.append(ReaderKey(staff_id, reader.private_key.public_key))
    return reader


async def words_of(world: World, reader: Reader, tip_id: str) -> str:
    return (await world.tips.review.open(reader, tip_id)).entries[0].text


async def handed_on(world: World, reader: Reader, to: str) -> Progress:
    """Everything that a moderator may open, handed on; waits for the end."""
    ended = asyncio.Event()

    async def done(_: Progress) -> None:
        ended.set()

    progress = world.tips.moderation.regrant.begin(reader.staff_id, to, lambda: reader, done)
    await finished(progress)
    assert ended.is_set()
    return progress


async def finished(progress: Progress) -> None:
    async with asyncio.timeout(20):
        while not progress.over:  # noqa: ASYNC110  a page asks for the progress again and again, too
            await asyncio.sleep(0.01)


async def test_a_grant_lets_another_moderator_read_until_it_is_revoked(world: World) -> None:
    sent, second, grants = await world.told(), join(world, "s2"), world.tips.moderation.grants
    await grants.grant(world.moderator, sent.tip_id, "s2")
    assert await words_of(world, second, sent.tip_id) == "A man sells things."
    assert set(await grants.holders(sent.tip_id)) == {"s1", "s2"}

    await grants.revoke(sent.tip_id, "s2")
    with pytest.raises(NotAllowed):
        await words_of(world, second, sent.tip_id)
    with pytest.raises(Conflict):
        await grants.revoke(sent.tip_id, "s1")
    with pytest.raises(NotFound):
        await grants.revoke(sent.tip_id, "s2")


async def test_nobody_is_granted_anything_who_may_not_read_tips(world: World) -> None:
    sent = await world.told()
    with pytest.raises(NotFound):
        await world.tips.moderation.grants.grant(world.moderator, sent.tip_id, "officer")


async def test_after_a_new_key_old_tips_are_closed_until_a_colleague_hands_them_on(world: World) -> None:
    second = join(world, "s2")
    tips = [await world.told(story=f"Story {number}.") for number in range(3)]
    renewed, grants = join(world, "s2"), world.tips.moderation.grants
    assert await grants.counts() == {"s1": 3, "s2": 0}
    with pytest.raises(NotAllowed):
        await words_of(world, renewed, tips[0].tip_id)
    with pytest.raises(Conflict, match="nobody"):
        await grants.revoke(tips[0].tip_id, "s1")

    progress = await handed_on(world, world.moderator, "s2")

    assert (progress.total, progress.done, progress.failed, progress.stopped) == (3, 3, 0, False)
    assert [await words_of(world, renewed, tip.tip_id) for tip in tips] == ["Story 0.", "Story 1.", "Story 2."]
    assert await grants.counts() == {"s1": 3, "s2": 3}
    with pytest.raises(NotAllowed):
        await words_of(world, second, tips[0].tip_id)
    assert (await handed_on(world, world.moderator, "s2")).total == 0, "nothing is done twice"


async def test_handing_on_goes_past_a_grant_that_was_tampered_with(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "BATCH", 2)
    tips = [await world.told() for _ in range(5)]
    renewed = join(world, "s2")
    async with world.database.begin() as session:
        await session.execute(update(TipGrantRow).where(TipGrantRow.tip_id == tips[1].tip_id).values(sealed=b"x" * 120))

    progress = await handed_on(world, world.moderator, "s2")

    assert (progress.total, progress.done, progress.failed) == (5, 4, 1)
    for tip in tips:
        if tip is not tips[1]:
            await words_of(world, renewed, tip.tip_id)


async def test_handing_on_ends_with_the_session(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "BATCH", 1)
    for _ in range(3):
        await world.told()
    join(world, "s2")
    asked = iter([world.moderator, world.moderator, None])
    ended: list[Progress] = []

    async def done(progress: Progress) -> None:
        ended.append(progress)

    progress = world.tips.moderation.regrant.begin("s1", "s2", lambda: next(asked), done)
    await finished(progress)
    assert progress.stopped and (progress.done, progress.total) == (1, 3) and ended == [progress]


async def test_revoking_everything_keeps_what_nobody_else_can_open(world: World) -> None:
    alone = await world.told()
    second = join(world, "s2")
    shared = [await world.told() for _ in range(2)]
    grants = world.tips.moderation.grants

    revoked = await grants.revoke_all("s1")

    assert (revoked.gone, revoked.kept) == (2, 1)
    await words_of(world, world.moderator, alone.tip_id)
    await words_of(world, second, shared[0].tip_id)
    with pytest.raises(NotAllowed):
        await words_of(world, world.moderator, shared[0].tip_id)


async def made_key(world: World) -> str:
    recovery = world.tips.moderation.recovery
    paper = await recovery.begin()
    await recovery.confirm(paper)
    return paper


async def test_a_recovery_key_counts_only_once_it_was_typed_back(world: World) -> None:
    recovery = world.tips.moderation.recovery
    first = await recovery.begin()
    assert await recovery.present() is None
    await world.told()
    second = await recovery.begin()
    with pytest.raises(Invalid) as raised:
        await recovery.confirm(first)
    assert raised.value.code == "another"
    await recovery.confirm(second.lower())
    assert await recovery.present() is not None
    with pytest.raises(Conflict):
        await recovery.confirm(second)
    await world.told()
    assert await world.tips.moderation.grants.recoverable() == 1


async def test_with_the_recovery_key_a_new_moderator_opens_every_tip(world: World) -> None:
    early = await world.told(story="Before the key.")
    paper = await made_key(world)
    late = await world.told(story="After the key.")
    await handed_on(world, world.moderator, RECOVERY)
    world.readers.clear()  # every password is lost
    newcomer = join(world, "s9")

    progress = Progress()
    shown: list[int] = []
    await world.tips.moderation.regrant.recover(read_back(paper), "s9", progress, lambda now: shown.append(now.worked))

    assert (progress.done, progress.total, shown) == (2, 2, [2])
    assert await words_of(world, newcomer, early.tip_id) == "Before the key."
    assert await words_of(world, newcomer, late.tip_id) == "After the key."


async def test_recovering_fails_closed(world: World) -> None:
    paper = await made_key(world)
    sent = await world.told()
    regranting = world.tips.moderation.regrant
    with pytest.raises(NotAllowed):
        await regranting.recover(PrivateKey.generate(), "s1", Progress(), lambda _: None)
    with pytest.raises(NotFound):
        await regranting.recover(read_back(paper), "officer", Progress(), lambda _: None)
    async with world.database.read() as session:
        held = set((await session.scalars(select(TipGrantRow.holder).where(TipGrantRow.tip_id == sent.tip_id))).all())
    assert held == {"s1", ""}


async def test_a_planted_recovery_key_is_never_sealed_to(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await made_key(world)
    async with world.database.begin() as session:
        planted = bytes(PrivateKey.generate().public_key)
        await session.execute(update(TipRecoveryKeyRow).values(public_key=planted))

    sent = await world.told()

    assert await words_of(world, world.moderator, sent.tip_id) == "A man sells things."
    async with world.database.read() as session:
        kinds = set((await session.scalars(select(TipGrantRow.kind).where(TipGrantRow.tip_id == sent.tip_id))).all())
    assert kinds == {"reader", "receipt"}
    assert (await world.tips.moderation.recovery.standing()).broken
    assert "recovery key" in caplog.text


async def test_grants_of_a_version_that_noted_no_key_still_open_and_can_be_renewed(world: World) -> None:
    sent = await world.told()
    async with world.database.begin() as session:
        await session.execute(update(TipGrantRow).values(key_id=""))
        assert await session.get(TipRow, sent.tip_id) is not None
    assert await words_of(world, world.moderator, sent.tip_id) == "A man sells things."
    assert await world.tips.moderation.grants.counts() == {"s1": 0}
    assert (await handed_on(world, world.moderator, "s1")).done == 1
    assert await world.tips.moderation.grants.counts() == {"s1": 1}


async def test_a_moderators_new_key_gets_the_grants_of_the_old_one_but_none_that_was_taken_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, taken = await world.told(), await world.told()
    colleague, fresh = PrivateKey.generate(), PrivateKey.generate()
    world.readers[:] = [ReaderKey("s1", fresh.public_key), ReaderKey("s2", colleague.public_key)]
    moderation = world.tips.moderation
    store = handing.Handing.store

    async def late(self: handing.Handing, source: handing.Source, grants: Sequence[tuple[str, Grant]]) -> None:
        async with world.database.begin() as session:
            await session.execute(delete(TipGrantRow).where(TipGrantRow.tip_id == taken.tip_id, TipGrantRow.holder == "s1"))
        await store(self, source, grants)

    monkeypatch.setattr(handing.Handing, "store", late)
    over = asyncio.Event()

    async def done(_: Progress) -> None:
        over.set()

    moderation.regrant.begin("s1", "s1", lambda: world.moderator, done)
    await asyncio.wait_for(over.wait(), 20)
    renewed = Reader("s1", fresh)
    assert (await moderation.grants.key(renewed, kept.tip_id)).tip_id == kept.tip_id
    with pytest.raises(NotAllowed):
        await moderation.grants.key(renewed, taken.tip_id)
    with pytest.raises(NotAllowed):
        await moderation.grants.key(world.moderator, kept.tip_id)
