"""The escrow on real stores: sealing, opening, replacing, retiring, and what must fail closed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from bot.crypto import PrivateKey, PublicKey
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.tips.escrow.register import PROVEN_FOR, Escrow
from bot.tips.escrow.requests import LIVES, Kind, State
from bot.tips.escrow.shares import Share, join, split
from bot.tips.escrow.tables import EscrowRow
from bot.tips.regrant import ESCROW, Progress
from bot.tips.tables import TipGrantRow
from bot.tips.vault import GrantKind, Reader, ReaderKey, key_id
from tests.integration.tips.conftest import World

HOLDERS = ("h1", "h2", "h3")


async def made(world: World) -> list[Share]:
    """A new escrow; its shares in the order of the holders."""
    secret = bytes(PrivateKey.generate())
    shares = split(secret)
    register = world.tips.moderation.escrow
    async with register.deed() as session:
        await register.replace(session, PrivateKey(secret).public_key, dict(zip(HOLDERS, shares, strict=True)))
    return shares


async def opened(world: World, shares: list[Share], category: str = "") -> Progress:
    """Two holders give a newcomer access."""
    name = await world.tips.moderation.escrow.agree_on(shares)
    private = PrivateKey(join(shares))
    assert key_id(private.public_key) == name
    progress = Progress()
    await world.tips.moderation.regrant.open_escrow(private, "s2", category, progress, lambda _: None)
    return progress


async def resealed(world: World) -> Progress:
    """The moderator adds everything they can open to the escrow."""
    over = asyncio.Event()

    async def done(_: Progress) -> None:
        over.set()

    progress = world.tips.moderation.regrant.begin("s1", ESCROW, lambda: world.moderator, done)
    await asyncio.wait_for(over.wait(), 20)
    await world.tips.moderation.escrow.settle()
    return progress


def newcomer(world: World) -> Reader:
    private = PrivateKey.generate()
    world.readers.append(ReaderKey("s2", private.public_key))
    return Reader("s2", private)


async def seals(world: World) -> int:
    query = select(func.count()).select_from(TipGrantRow).where(TipGrantRow.kind == GrantKind.ESCROW.value)
    async with world.database.read() as session:
        return await session.scalar(query) or 0


async def standing(world: World) -> list[Escrow]:
    return await world.tips.moderation.escrow.standing()


async def test_without_an_escrow_nothing_is_sealed_to_one_and_nobody_is_told_of_one(world: World) -> None:
    await world.told()
    person = world.tipster()
    await person.press_raw("start")
    assert await seals(world) == 0 and "two of three" not in person.heard()
    assert await world.tips.moderation.escrow.present() is None and await standing(world) == []


async def test_people_are_told_before_they_begin(world: World) -> None:
    await made(world)
    person = world.tipster()
    await person.press_raw("start")
    assert "two of three people chosen by Portclair" in person.heard()
    await person.press("more")
    assert "parts of a spare key" in person.heard()


async def test_two_shares_give_a_newcomer_every_tip_or_those_of_one_category(world: World) -> None:
    shares = await made(world)
    drugs, weapon = await world.told(), await world.told(category="weapon")
    reader = newcomer(world)
    assert (await opened(world, shares[:2], "weapon")).done == 1
    assert (await world.tips.moderation.grants.key(reader, weapon.tip_id)).tip_id == weapon.tip_id
    with pytest.raises(NotAllowed):
        await world.tips.moderation.grants.key(reader, drugs.tip_id)
    assert (await opened(world, shares[1:])).done == 1, "what the newcomer has already is left alone"
    with pytest.raises(NotAllowed, match="opens no such tip"):
        await opened(world, shares[1:], "dangerous_place")


async def test_earlier_tips_are_added_in_a_moderators_session(world: World) -> None:
    await world.told()
    shares = await made(world)
    assert (await standing(world))[0].tips == 0
    assert (await resealed(world)).done == 1 and (await standing(world))[0].tips == 1
    newcomer(world)
    assert (await opened(world, [shares[0], shares[2]])).done == 1


async def test_a_new_escrow_takes_the_place_of_the_old_one_tip_by_tip(world: World) -> None:
    old = await made(world)
    tip = await world.told()
    async with world.database.read() as session:
        replayed = await session.scalar(select(TipGrantRow.sealed).where(TipGrantRow.kind == GrantKind.ESCROW.value))
    new = await made(world)
    assert [(one.present, one.tips) for one in await standing(world)] == [(True, 0), (False, 1)]
    assert await world.tips.moderation.escrow.settle() == 0, "a seal that some tip still needs stays"
    with pytest.raises(Invalid, match="do not belong together"):
        await opened(world, [old[0], new[1]])
    assert (await resealed(world)).done == 1
    assert [(one.present, one.tips) for one in await standing(world)] == [(True, 1)] and await seals(world) == 1
    with pytest.raises(Invalid, match="replaced or ended"):
        await opened(world, old[:2])
    # Somebody who can write to the database puts the seal of before back.
    async with world.database.begin() as session:
        await session.execute(update(TipGrantRow).where(TipGrantRow.kind == GrantKind.ESCROW.value).values(sealed=replayed))
    reader = newcomer(world)
    progress = await opened(world, new[:2])
    assert (progress.done, progress.failed) == (0, 1)
    with pytest.raises(NotAllowed):
        await world.tips.moderation.grants.key(reader, tip.tip_id)


async def test_a_tampered_or_swapped_seal_opens_nothing_and_does_not_keep_others_closed(world: World) -> None:
    shares = await made(world)
    tips = [await world.told(), await world.told(), await world.told()]
    mine = select(TipGrantRow).where(TipGrantRow.kind == GrantKind.ESCROW.value)
    async with world.database.begin() as session:
        rows = {row.tip_id: row for row in await session.scalars(mine)}
        rows[tips[0].tip_id].sealed = bytes([rows[tips[0].tip_id].sealed[0] ^ 1]) + rows[tips[0].tip_id].sealed[1:]
        rows[tips[1].tip_id].sealed = rows[tips[2].tip_id].sealed
    newcomer(world)
    progress = await opened(world, shares[:2])
    assert (progress.done, progress.failed) == (1, 2)


async def test_nothing_is_computed_with_one_share_twice_one_holder_or_strangers(world: World) -> None:
    shares = await made(world)
    register = world.tips.moderation.escrow
    for wrong in ([shares[0]], [shares[0], shares[0]]):
        with pytest.raises(Invalid, match="two shares of two people"):
            await register.agree_on(wrong)
    with pytest.raises(Invalid, match="no escrow of this city"):
        await register.agree_on([shares[0], split(bytes(32))[1]])


async def test_a_public_key_that_somebody_put_there_gets_no_seal(world: World) -> None:
    await made(world)
    async with world.database.begin() as session:
        row = (await session.scalars(select(EscrowRow))).one()
        row.public_key = bytes(PrivateKey.generate().public_key)
    assert await world.tips.moderation.escrow.present() is None
    assert [(one.broken, one.must_rotate) for one in await standing(world)] == [(True, True)]
    await world.told()
    assert await seals(world) == 0
    await made(world)
    assert [(one.present, one.broken) for one in await standing(world)] == [(True, False)]


async def test_a_former_escrow_is_not_put_back_by_changing_its_state(world: World) -> None:
    await made(world)
    await world.told()
    await made(world)
    async with world.database.begin() as session:
        for row in await session.scalars(select(EscrowRow)):
            row.state = "former" if row.state == "present" else "present"
    assert await world.tips.moderation.escrow.present() is None


async def test_shares_are_proven_and_reported_lost(world: World) -> None:
    shares = await made(world)
    register = world.tips.moderation.escrow
    world.now += PROVEN_FOR
    assert all(share.is_due(world.now) for share in (await standing(world))[0].shares)
    async with register.deed() as session:
        await register.prove(session, "h2", shares[1])
        with pytest.raises(Invalid, match="another holder"):
            await register.prove(session, "h1", shares[1])
        await register.report_lost(session, "h3")
        with pytest.raises(NotFound):
            await register.report_lost(session, "h3")
    [escrow] = await standing(world)
    assert [share.is_due(world.now) for share in escrow.shares] == [True, False, True]
    assert escrow.must_rotate and [share.lost_at is not None for share in escrow.shares] == [False, False, True]


async def test_an_end_deletes_every_seal(world: World) -> None:
    shares = await made(world)
    await world.told()
    register = world.tips.moderation.escrow
    async with register.deed() as session:
        await register.retire(session)
    assert await register.settle() == 1 and await seals(world) == 0
    with pytest.raises(Invalid, match="replaced or ended"):
        await register.agree_on(shares[:2])
    async with register.deed() as session:
        with pytest.raises(NotFound):
            await register.retire(session)


async def test_two_people_have_to_want_it_and_once_is_once(world: World) -> None:
    requests = world.tips.moderation.escrow_requests
    asked = await requests.ask_to_open("a1", "  Both  moderators left ", "s2", "drugs")
    assert asked.reason == "Both moderators left"
    with pytest.raises(Conflict):
        await requests.ask_to_retire("a2", "Another wish")
    for person in ("a1", "s2"):
        with pytest.raises(Conflict):
            await requests.agree(asked.id, person)
    async with world.database.begin() as session:
        with pytest.raises(Conflict, match="two people"):
            await requests.agreed(session, Kind.OPEN)
    await requests.agree(asked.id, "a2")
    with pytest.raises(Conflict):
        await requests.agree(asked.id, "a3")
    async with world.database.begin() as session:
        with pytest.raises(Conflict):
            await requests.agreed(session, Kind.MAKE)
        request = await requests.agreed(session, Kind.OPEN)
        await requests.done(session, request)
    async with world.database.begin() as session:
        with pytest.raises(Conflict):
            await requests.agreed(session, Kind.OPEN)
    assert [request.state for request in await requests.news()] == [State.DONE] and await requests.news() == []


async def test_a_request_ends_after_a_day_and_makes_room(world: World) -> None:
    requests = world.tips.moderation.escrow_requests
    asked = await requests.ask_to_make("a1", "For bad days", HOLDERS)
    world.now += LIVES - timedelta(minutes=1)
    await requests.agree(asked.id, "a2")
    world.now += LIVES
    assert await requests.current() is None
    async with world.database.begin() as session:
        with pytest.raises(Conflict, match="within a day"):
            await requests.agreed(session, Kind.MAKE)
    with pytest.raises(NotFound):
        await requests.drop(asked.id)
    again = await requests.ask_to_make("a2", "For bad days", HOLDERS)
    await requests.drop(again.id)
    assert await requests.current() is None
    for holders in (("h1", "h1", "h2"), ("h1", "h2"), ("h1", "h2", "")):
        with pytest.raises(Invalid):
            await requests.ask_to_make("a1", "For bad days", holders)
    for reason in (" ", "x" * 301):
        with pytest.raises(Invalid):
            await requests.ask_to_retire("a1", reason)


async def test_the_escrows_key_is_public_only(world: World) -> None:
    """What is stored opens nothing, also together with the application's own keys."""
    shares = await made(world)
    public = await world.tips.moderation.escrow.present()
    assert isinstance(public, PublicKey) and bytes(public) != join(shares[:2])
