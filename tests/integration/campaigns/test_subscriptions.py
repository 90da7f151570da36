"""Subscriptions: at once, sealed, and gone with the last topic."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select

from bot.campaigns.subscriptions import open_address
from bot.campaigns.tables import RecipientRow, SubscriptionRow
from bot.errors import Invalid, SealBroken
from bot.messages import Language
from tests.integration.campaigns.conftest import Desk
from tests.unit.campaigns.kit import citizen, draft

SOMEBODY = citizen(271828)


async def recipients(desk: Desk) -> int:
    async with desk.database.read() as session:
        return await session.scalar(select(func.count()).select_from(RecipientRow)) or 0


async def test_topics_come_back_in_the_citys_order(desk: Desk) -> None:
    await desk.subscriptions.add(SOMEBODY, "scams")
    await desk.subscriptions.add(SOMEBODY, "bikes")
    assert await desk.subscriptions.topics_of(SOMEBODY.pseudonym) == ("bikes", "scams")


async def test_pressing_twice_at_once_subscribes_once(desk: Desk) -> None:
    await asyncio.gather(*(desk.subscriptions.add(SOMEBODY, "bikes") for _ in range(5)))
    async with desk.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(SubscriptionRow)) == 1


async def test_an_unknown_topic_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid):
        await desk.subscriptions.add(SOMEBODY, "gardening")
    assert await recipients(desk) == 0


async def test_the_address_is_sealed_to_its_own_row(desk: Desk) -> None:
    await desk.subscriptions.add(SOMEBODY, "bikes")
    async with desk.database.read() as session:
        row = await session.get_one(RecipientRow, SOMEBODY.pseudonym)
    assert b"271828" not in row.address
    assert open_address(desk.key, SOMEBODY.pseudonym, row.address) == SOMEBODY.address
    with pytest.raises(SealBroken):
        open_address(desk.key, citizen(2).pseudonym, row.address)


async def test_the_address_goes_with_the_last_topic(desk: Desk) -> None:
    await desk.subscriptions.add(SOMEBODY, "bikes")
    await desk.subscriptions.add(SOMEBODY, "scams")
    await desk.subscriptions.drop(SOMEBODY, "bikes")
    assert await recipients(desk) == 1
    await desk.subscriptions.drop(SOMEBODY, "scams")
    assert await recipients(desk) == 0


async def test_dropping_everything_deletes_the_address(desk: Desk) -> None:
    await desk.subscriptions.add(SOMEBODY, "bikes")
    await desk.subscriptions.add(SOMEBODY, "scams")
    await desk.subscriptions.drop_all(SOMEBODY)
    assert await recipients(desk) == 0
    assert await desk.subscriptions.topics_of(SOMEBODY.pseudonym) == ()


async def test_dropping_what_one_never_had_is_fine(desk: Desk) -> None:
    await desk.subscriptions.drop(SOMEBODY, "bikes")
    await desk.subscriptions.drop_all(SOMEBODY)


async def test_dropping_one_topic_stops_only_its_messages(desk: Desk) -> None:
    await desk.subscriptions.add(SOMEBODY, "bikes")
    await desk.subscriptions.add(SOMEBODY, "scams")
    await desk.approved(draft(topic="bikes"))
    await desk.approved(draft(topic="scams", title="Scams"))
    desk.clock.move(minutes=30)
    await desk.tick()
    await desk.subscriptions.drop(SOMEBODY, "bikes")
    assert dict(await desk.states()) == {"pending": 1, "stopped": 1}
    await desk.send()
    assert [text for _, text in desk.messenger.sent] == ["scams/en: Lock your bike twice."]


async def test_one_person_leaving_stops_nobody_else(desk: Desk) -> None:
    await desk.fired(3)
    await desk.subscriptions.drop(citizen(0), "bikes")
    await desk.subscriptions.drop_all(citizen(1))
    await desk.send()
    assert desk.messenger.receivers == ["2"]


async def test_coming_back_does_not_bring_the_stopped_message(desk: Desk) -> None:
    await desk.subscriptions.add(SOMEBODY, "bikes")
    campaign = await desk.approved()
    await desk.clockwork.tick(campaign.fires_at)
    await desk.subscriptions.drop_all(SOMEBODY)
    await desk.subscriptions.add(SOMEBODY, "bikes")
    desk.clock.now = campaign.fires_at
    assert await desk.send() == 0


async def test_who_joins_after_the_snapshot_is_not_in_it(desk: Desk) -> None:
    await desk.fired(1)
    await desk.subscriptions.add(SOMEBODY, "bikes")
    await desk.send()
    assert desk.messenger.receivers == ["0"]


async def test_a_new_language_and_being_reachable_again_are_kept(desk: Desk) -> None:
    await desk.subscriptions.add(SOMEBODY, "bikes")
    await desk.subscriptions.language_changed(SOMEBODY.pseudonym, Language("fr"))
    await desk.subscriptions.reachability_changed(SOMEBODY.pseudonym, False)
    await desk.subscriptions.reachability_changed(SOMEBODY.pseudonym, True)
    async with desk.database.read() as session:
        row = await session.get_one(RecipientRow, SOMEBODY.pseudonym)
    assert (row.language, row.reachable, row.unreachable_since) == ("fr", True, None)
