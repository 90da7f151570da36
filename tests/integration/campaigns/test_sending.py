"""The sender: nothing twice, nothing lost in silence."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.campaigns.ledger import ATTEMPTS, LEASE
from bot.campaigns.tables import CampaignState, DeliveryRow, DeliveryState, RecipientRow
from bot.errors import NotSent, Refused, Uncertain, Unreachable
from bot.messages import Address
from bot.storage import Database
from tests.integration.campaigns.conftest import Desk, at, until
from tests.unit.campaigns.kit import ScriptedMessenger, citizen, draft, wall


async def test_everybody_gets_it_once_and_the_campaign_is_done(desk: Desk) -> None:
    campaign_id = await desk.fired(60)
    assert await desk.send() == 60
    assert await desk.send() == 0
    await desk.tick()
    assert desk.messenger.receivers == sorted(str(number) for number in range(60))
    assert desk.messenger.sent[0][1] == "bikes/en: Lock your bike twice."
    progress = await desk.progress(campaign_id)
    assert (progress.sent, progress.total, progress.finished_at) == (60, 60, desk.clock())
    assert (await desk.planner.get(campaign_id)).state == CampaignState.DONE


async def test_two_senders_send_nothing_twice(desk: Desk, another_process: Database) -> None:
    await desk.fired(500)
    senders = [desk.sender, desk.sender_on(another_process)]
    claimed = await asyncio.gather(*(sender.run_once() for sender in senders))
    assert sum(claimed) == 500
    assert desk.messenger.receivers == sorted(str(number) for number in range(500))
    assert dict(await desk.states()) == {"sent": 500}


async def test_a_killed_sender_leaves_uncertain_ones_and_no_duplicates(desk: Desk, another_process: Database) -> None:
    campaign_id = await desk.fired(40)
    desk.messenger.gate.clear()
    victim = asyncio.create_task(desk.sender_on(another_process, in_flight=10).run_once())
    await until(lambda: desk.messenger.tried == 10)
    victim.cancel()
    with pytest.raises(asyncio.CancelledError):
        await victim
    desk.messenger.gate.set()
    assert await desk.send() == 30
    assert dict(await desk.states()) == {"sending": 10, "sent": 30}
    desk.clock.move(seconds=LEASE.total_seconds())
    await desk.tick()
    assert await desk.send() == 0
    progress = await desk.progress(campaign_id)
    assert (progress.sent, progress.uncertain, progress.reasons["uncertain"]) == (30, 10, {"lease_ended": 10})
    assert len(desk.messenger.receivers) == len(set(desk.messenger.receivers)) == 30
    assert (await desk.planner.get(campaign_id)).state == CampaignState.DONE


async def test_uncertain_ones_are_sent_again_only_where_the_campaign_says_so(desk: Desk) -> None:
    desk.messenger.faults = {"0": [Uncertain()], "1": [Uncertain()] * ATTEMPTS}
    await desk.fired(3, draft(resend_uncertain=True))
    for _ in range(ATTEMPTS):
        await desk.send()
        desk.clock.move(minutes=1)
    assert desk.messenger.receivers == ["0", "2"]
    assert dict(await desk.states()) == {"sent": 2, "uncertain": 1}


async def test_a_lease_that_ends_is_listed_again_where_the_campaign_says_so(desk: Desk) -> None:
    await desk.fired(1, draft(resend_uncertain=True))
    desk.messenger.gate.clear()
    victim = asyncio.create_task(desk.send())
    await until(lambda: desk.messenger.tried == 1)
    victim.cancel()
    desk.clock.move(seconds=LEASE.total_seconds())
    await desk.tick()
    desk.messenger.gate.set()
    assert await desk.send() == 1
    assert desk.messenger.receivers == ["0"]


async def test_an_outcome_of_an_earlier_claim_does_not_touch_a_later_one(desk: Desk, another_process: Database) -> None:
    await desk.fired(1, draft(resend_uncertain=True))
    early, late = ScriptedMessenger({"0": [NotSent()]}), ScriptedMessenger()
    early.gate.clear()
    late.gate.clear()
    slow = asyncio.create_task(desk.sender_on(desk.database, early).run_once())
    await until(lambda: early.tried == 1)
    desk.clock.move(seconds=LEASE.total_seconds())
    await desk.tick()
    second = asyncio.create_task(desk.sender_on(another_process, late).run_once())
    await until(lambda: late.tried == 1)
    early.gate.set()
    await slow
    assert dict(await desk.states()) == {"sending": 1}
    late.gate.set()
    await second
    assert dict(await desk.states()) == {"sent": 1}


async def test_a_slow_sender_corrects_what_a_sweep_called_uncertain(desk: Desk) -> None:
    campaign_id = await desk.fired(1)
    desk.messenger.gate.clear()
    slow = asyncio.create_task(desk.send())
    await until(lambda: desk.messenger.tried == 1)
    desk.clock.move(seconds=LEASE.total_seconds())
    await desk.tick()
    assert (await desk.progress(campaign_id)).uncertain == 1
    desk.messenger.gate.set()
    await slow
    assert dict(await desk.states()) == {"sent": 1}


async def test_a_lease_from_before_the_clock_was_set_back_ends_too(desk: Desk) -> None:
    await desk.fired(1)
    desk.messenger.gate.clear()
    victim = asyncio.create_task(desk.send())
    await until(lambda: desk.messenger.tried == 1)
    victim.cancel()
    desk.clock.move(days=-1)
    await desk.tick()
    assert dict(await desk.states()) == {"uncertain": 1}


async def test_every_fault_ends_in_its_own_state_with_its_reason(desk: Desk) -> None:
    desk.messenger.faults = {"0": [Unreachable()], "1": [Refused()], "2": [Uncertain()], "3": [RuntimeError("a bug")]}
    campaign_id = await desk.fired(6)
    await desk.send()
    progress = await desk.progress(campaign_id)
    assert (progress.sent, progress.blocked, progress.failed, progress.uncertain, progress.total) == (2, 1, 1, 2, 6)
    assert progress.reasons == {
        "blocked": {"unreachable": 1},
        "failed": {"refused": 1},
        "uncertain": {"no_answer": 1, "error": 1},
        "sent": {},
    }


async def test_who_blocked_the_bot_is_not_tried_again_until_they_return(desk: Desk) -> None:
    desk.messenger.faults = {"0": [Unreachable()]}
    await desk.fired(1)
    await desk.send()
    await desk.approved(draft(title="next", send_at=wall("2026-11-27T19:00")))
    desk.clock.now = at("2026-11-27T18:00")
    await desk.tick()
    assert await desk.send() == 0
    await desk.subscriptions.reachability_changed(citizen(0).pseudonym, True)
    await desk.approved(draft(title="third", send_at=wall("2026-11-27T20:00")))
    desk.clock.now = at("2026-11-27T19:00")
    await desk.tick()
    assert await desk.send() == 1
    assert desk.messenger.receivers == ["0"]


async def test_what_surely_did_not_arrive_is_tried_again_after_the_channels_wait(desk: Desk) -> None:
    desk.messenger.faults = {"0": [NotSent(retry_after=30)]}
    await desk.fired(1)
    assert await desk.send() == 1
    desk.clock.move(seconds=29)
    assert await desk.send() == 0
    desk.clock.move(seconds=1)
    assert await desk.send() == 1
    assert desk.messenger.receivers == ["0"]


async def test_tries_are_bounded(desk: Desk) -> None:
    desk.messenger.faults = {"0": [NotSent()] * 20}
    campaign_id = await desk.fired(1)
    for _ in range(20):
        await desk.send()
        desk.clock.move(minutes=1)
    assert desk.messenger.tried == ATTEMPTS
    assert (await desk.progress(campaign_id)).reasons["failed"] == {"not_sent": 1}


async def test_unsubscribing_stops_it_while_it_is_being_sent(desk: Desk) -> None:
    campaign_id = await desk.fired(60)
    desk.messenger.gate.clear()
    sending = asyncio.create_task(desk.send())
    await until(lambda: desk.messenger.tried == 24)
    for number in range(60):
        if str(number) not in await _in_flight(desk):
            await desk.subscriptions.drop(citizen(number), "bikes")
    assert (await desk.progress(campaign_id)).stopped == 36
    desk.messenger.gate.set()
    await sending
    progress = await desk.progress(campaign_id)
    assert (progress.sent, progress.stopped, progress.reasons["stopped"]) == (24, 36, {"unsubscribed": 36})


async def _in_flight(desk: Desk) -> set[str]:
    """Addresses of those in state sending; numbers stand in the pseudonyms of these tests."""
    async with desk.database.read() as session:
        rows = await session.scalars(select(DeliveryRow.pseudonym).where(DeliveryRow.state == DeliveryState.SENDING))
        return {str(int(pseudonym, 16)) for pseudonym in rows}


async def test_cancelling_stops_it_in_flight(desk: Desk) -> None:
    campaign_id = await desk.fired(200)
    cancelling: list[asyncio.Task[object]] = []

    def cancel_after_30(_: Address) -> None:
        if desk.messenger.tried == 30:
            cancelling.append(asyncio.create_task(desk.planner.cancel("ben", campaign_id)))

    desk.messenger.before = cancel_after_30
    await desk.send()
    await asyncio.gather(*cancelling)
    await desk.tick()
    progress = await desk.progress(campaign_id)
    assert progress.sent + progress.stopped == 200
    assert 30 <= progress.sent < 150
    assert progress.finished_at is not None
    assert await desk.send() == 0
    assert (await desk.planner.get(campaign_id)).state == CampaignState.CANCELLED


async def test_a_cancelled_campaign_is_not_sent_by_those_already_claimed(desk: Desk) -> None:
    """The last look happens right before the channel gets the message, after the claim."""
    campaign_id = await desk.fired(5)
    read, opened = asyncio.Event(), asyncio.Event()
    claim = desk.sender._claim

    async def slow_claim(*arguments: object) -> object:
        claims = await claim(*arguments)  # type: ignore[arg-type]
        read.set()
        await opened.wait()
        return claims

    desk.sender._claim = slow_claim  # type: ignore[method-assign, assignment]
    sending = asyncio.create_task(desk.send())
    await read.wait()
    await desk.planner.cancel("ben", campaign_id)
    opened.set()
    await sending
    assert desk.messenger.sent == []
    assert dict(await desk.states()) == {"stopped": 5}


async def test_what_gets_too_late_while_sending_expires(desk: Desk) -> None:
    campaign_id = await desk.fired(5, draft(late_after=timedelta(minutes=1)))
    desk.clock.move(minutes=1)
    assert await desk.send() == 0
    await desk.tick()
    assert (await desk.progress(campaign_id)).expired == 5


async def test_nothing_is_sent_in_quiet_hours(desk: Desk) -> None:
    """A long sending that runs into the night waits for the morning, or expires."""
    await desk.fired(3, draft(send_at=wall("2026-11-27T20:59"), late_after=timedelta(hours=24)))
    desk.clock.now = at("2026-11-27T20:00")  # 21:00 in Paris
    assert await desk.send() == 0
    desk.clock.now = at("2026-11-28T07:00")
    assert await desk.send() == 3


async def test_an_address_that_does_not_open_is_a_failure_with_a_reason(desk: Desk) -> None:
    campaign_id = await desk.fired(1)
    async with desk.database.begin() as session:
        await session.execute(update(RecipientRow).values(address=b"swapped"))
    await desk.send()
    assert (await desk.progress(campaign_id)).reasons["failed"] == {"address_unreadable": 1}


async def test_a_channel_without_messenger_is_a_failure_with_a_reason(desk: Desk) -> None:
    campaign_id = await desk.fired(1)
    desk.sender._messengers = {}
    await desk.send()
    assert (await desk.progress(campaign_id)).reasons["failed"] == {"not_presentable": 1}


async def test_the_running_sender_stops_when_asked_and_finishes_what_is_in_flight(desk: Desk) -> None:
    await desk.fired(40)
    desk.messenger.gate.clear()
    running = asyncio.create_task(desk.sender.run(pause=0.01))
    await until(lambda: desk.messenger.tried == 24)
    desk.sender.stop()
    desk.messenger.gate.set()
    async with asyncio.timeout(5):
        await running
    assert dict(await desk.states()) == {"pending": 16, "sent": 24}


async def test_the_running_sender_outlives_an_error_of_the_store(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.fired(1)
    faults = [OSError("disk full")]
    claim = desk.sender._claim

    async def fails_once(*arguments: object) -> object:
        if faults:
            raise faults.pop()
        return await claim(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.sender, "_claim", fails_once)
    running = asyncio.create_task(desk.sender.run(pause=0.01))
    await until(lambda: bool(desk.messenger.sent))
    desk.sender.stop()
    await running


async def test_senders_with_their_own_messengers_share_the_work(desk: Desk, another_process: Database) -> None:
    await desk.fired(100)
    one, other = ScriptedMessenger(), ScriptedMessenger()
    await asyncio.gather(
        desk.sender_on(desk.database, one, in_flight=4).run_once(),
        desk.sender_on(another_process, other, in_flight=4).run_once(),
    )
    assert sorted(one.receivers + other.receivers) == sorted(str(number) for number in range(100))
    assert one.sent and other.sent
