"""Pausing and resuming in flight, by a person and by itself."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.campaigns.steering import BY_ITSELF
from bot.campaigns.tables import CampaignState, OccurrenceRow, OccurrenceState
from bot.errors import Conflict, Refused
from bot.messages import Address
from bot.storage import Database
from tests.integration.campaigns.conftest import Desk, until
from tests.unit.campaigns.kit import citizen, draft


async def test_pausing_stops_the_next_message_and_resuming_sends_the_rest_once(desk: Desk) -> None:
    campaign_id = await desk.fired(200)
    pausing: list[asyncio.Task[object]] = []

    def pause_after_30(_: Address) -> None:
        if desk.messenger.tried == 30:
            pausing.append(asyncio.create_task(desk.planner.pause("anna", campaign_id)))

    desk.messenger.before = pause_after_30
    await desk.send()
    await asyncio.gather(*pausing)
    sent = len(desk.messenger.sent)
    assert 30 <= sent < 150
    assert await desk.send() == 0
    await desk.tick()
    paused = await desk.planner.get(campaign_id)
    assert (paused.state, paused.paused_by) == (CampaignState.PAUSED, "anna")
    assert dict(await desk.states()) == {"sent": sent, "pending": 200 - sent}
    assert (await desk.planner.resume(campaign_id)).paused_by is None
    await desk.send()
    await desk.tick()
    assert desk.messenger.receivers == sorted(str(number) for number in range(200))
    assert (await desk.planner.get(campaign_id)).state == CampaignState.DONE


async def test_what_was_claimed_before_the_pause_is_not_sent_and_not_lost(desk: Desk) -> None:
    campaign_id = await desk.fired(5)
    claim = desk.sender._claim

    async def claims_then_pauses(*arguments: object) -> object:
        claims = await claim(*arguments)  # type: ignore[arg-type]
        if claims:
            await desk.planner.pause("anna", campaign_id)
        return claims

    desk.sender._claim = claims_then_pauses  # type: ignore[method-assign, assignment]
    assert await desk.send() == 5
    assert (desk.messenger.sent, dict(await desk.states())) == ([], {"pending": 5})


async def test_a_paused_campaign_expires_when_it_gets_too_late(desk: Desk) -> None:
    campaign_id = await desk.fired(3)
    await desk.planner.pause("anna", campaign_id)
    desk.clock.now = desk.clock() + (await desk.planner.get(campaign_id)).late_after
    await desk.tick()
    assert (await desk.progress(campaign_id)).expired == 3
    done = await desk.planner.get(campaign_id)
    assert (done.state, done.paused_by) == (CampaignState.DONE, None)


async def test_a_paused_campaign_can_be_cancelled_and_unsubscribed_from(desk: Desk) -> None:
    campaign_id = await desk.fired(3)
    await desk.planner.pause("anna", campaign_id)
    await desk.subscriptions.drop(citizen(0), "bikes")
    await desk.planner.cancel("anna", campaign_id)
    assert (await desk.progress(campaign_id)).reasons["stopped"] == {"unsubscribed": 1, "cancelled": 2}
    async with desk.database.read() as session:
        assert await session.scalar(select(OccurrenceRow.state)) == OccurrenceState.CANCELLED
    with pytest.raises(Conflict):
        await desk.planner.resume(campaign_id)


async def test_only_what_is_being_sent_can_be_paused_and_only_what_is_paused_resumed(desk: Desk) -> None:
    campaign = await desk.approved()
    with pytest.raises(Conflict):
        await desk.planner.pause("anna", campaign.id)
    with pytest.raises(Conflict):
        await desk.planner.resume(campaign.id)


async def test_too_many_errors_pause_it_by_itself_and_are_recorded_once(desk: Desk, another_process: Database) -> None:
    desk.messenger.faults = {str(number): [Refused()] for number in range(500)}
    campaign_id = await desk.fired(500)
    await asyncio.gather(desk.send(), desk.sender_on(another_process).run_once())
    paused = await desk.planner.get(campaign_id)
    assert (paused.state, paused.paused_by) == (CampaignState.PAUSED, BY_ITSELF)
    assert desk.recorded == [("campaign.auto_pause", str(campaign_id))]
    progress = await desk.progress(campaign_id)
    assert 10 <= progress.failed < 150
    assert progress.reasons["failed"] == {"refused": progress.failed}
    assert progress.pending == 500 - progress.failed


async def test_a_few_errors_pause_nothing(desk: Desk) -> None:
    desk.messenger.faults = {str(number): [Refused()] for number in range(0, 60, 7)}
    campaign_id = await desk.fired(60)
    await desk.send()
    assert (await desk.progress(campaign_id)).sent == 51
    assert desk.recorded == []


@pytest.mark.parametrize(("act", "left"), [("cancel", "stopped"), ("pause", "pending")])
async def test_what_waits_for_its_turn_at_the_channel_is_called_back(desk: Desk, act: str, left: str) -> None:
    """A limit or a halt may hold messages for long; whoever cancels meanwhile is obeyed all the same."""
    campaign_id = await desk.fired(30)
    desk.messenger.turn.clear()
    sending = asyncio.create_task(desk.send())
    await until(lambda: desk.messenger.waiting == 24)
    await getattr(desk.planner, act)("anna", campaign_id)
    desk.messenger.turn.set()
    await sending
    assert (desk.messenger.sent, dict(await desk.states())) == ([], {left: 30})


async def test_who_unsubscribes_while_a_message_waits_for_its_turn_does_not_get_it(desk: Desk) -> None:
    await desk.fired(3)
    desk.messenger.turn.clear()
    sending = asyncio.create_task(desk.send())
    await until(lambda: desk.messenger.waiting == 3)
    await desk.subscriptions.drop_all(citizen(1))
    desk.messenger.turn.set()
    await sending
    assert desk.messenger.receivers == ["0", "2"]
    assert dict(await desk.states()) == {"sent": 2, "stopped": 1}


async def test_stopping_the_sender_gives_back_what_waits_for_its_turn(desk: Desk) -> None:
    """So a restart leaves as little as possible whose fate nobody knows."""
    await desk.fired(30)
    desk.messenger.turn.clear()
    sending = asyncio.create_task(desk.send())
    await until(lambda: desk.messenger.waiting == 24)
    desk.sender.stop()
    desk.messenger.turn.set()
    await sending
    assert (desk.messenger.sent, dict(await desk.states())) == ([], {"pending": 30})


async def test_a_store_that_cannot_be_asked_keeps_the_message_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.fired(1)

    async def fails(claims: object) -> object:
        raise OSError("disk full")

    monkeypatch.setattr(desk.sender._look, "_work", fails)
    await desk.send()
    assert (desk.messenger.sent, dict(await desk.states())) == ([], {"pending": 1})


async def test_nobody_is_claimed_for_two_campaigns_at_once(desk: Desk, another_process: Database) -> None:
    """The outcome of one message is committed before the next one is claimed for the same person: the weekly cap has to know it."""
    await desk.subscribe(5)
    for title in ("one", "two"):
        desk.clock.now = (await desk.approved(draft(title=title))).fires_at or desk.clock.now
    await desk.tick()
    desk.messenger.gate.clear()
    sending = asyncio.create_task(desk.send())
    await until(lambda: desk.messenger.tried == 5)
    assert await desk.sender_on(another_process).run_once() == 0
    desk.messenger.gate.set()
    await sending
    assert dict(await desk.states()) == {"sent": 10}
