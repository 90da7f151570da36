"""Waking waiting pages."""

from __future__ import annotations

import asyncio

from bot.channels.webchat.pulse import Pulse


async def test_a_beat_wakes_those_who_wait_for_this_session_only() -> None:
    pulse = Pulse()
    one, other = asyncio.create_task(pulse.wait("one", 5)), asyncio.create_task(pulse.wait("other", 5))
    await asyncio.sleep(0)
    pulse.beat("one")
    await asyncio.wait_for(one, 1)
    assert not other.done()
    pulse.close()
    await asyncio.wait_for(other, 1)


async def test_waiting_ends_by_itself() -> None:
    pulse = Pulse()
    await asyncio.wait_for(pulse.wait("one", 0.01), 1)
    assert pulse.has_room("one")


async def test_one_session_cannot_take_all_the_room() -> None:
    pulse = Pulse(most_each=2, most=3)
    tasks = [asyncio.create_task(pulse.wait("one", 5)) for _ in range(2)]
    await asyncio.sleep(0)
    assert not pulse.has_room("one") and pulse.has_room("other")
    tasks.append(asyncio.create_task(pulse.wait("other", 5)))
    await asyncio.sleep(0)
    assert not pulse.has_room("third")
    pulse.close()
    await asyncio.gather(*tasks)
    assert not pulse.has_room("third")


async def test_a_closed_pulse_keeps_nobody() -> None:
    pulse = Pulse()
    pulse.close()
    await asyncio.wait_for(pulse.wait("one", 60), 1)
