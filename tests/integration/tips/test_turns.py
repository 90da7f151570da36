"""Argon2id takes turns: no more at once than there are cores, and everybody gets theirs."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from bot.tips.turns import one_for_each_core
from bot.tips.vault import TipVault
from tests.integration.tips.conftest import World, reach_review


async def test_tips_sent_at_once_take_turns_and_all_are_stored(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    working, most, guard = 0, 0, threading.Lock()
    grants = TipVault.grants

    def watched(*args: object) -> object:
        nonlocal working, most
        with guard:
            working += 1
            most = max(most, working)
        time.sleep(0.005)
        try:
            return grants(*args)  # type: ignore[arg-type]
        finally:
            with guard:
                working -= 1

    monkeypatch.setattr(TipVault, "grants", watched)
    monkeypatch.setattr(world.tips.intake._submission, "_turns", asyncio.Semaphore(2))
    people = [world.tipster() for _ in range(8)]
    for person in people:
        await reach_review(person)

    await asyncio.gather(*(person.press("send") for person in people))

    assert most == 2 and len(await world.tips.review.queue()) == 8


def test_there_are_as_many_turns_as_cores_and_sending_and_trying_share_them(world: World) -> None:
    assert one_for_each_core()._value >= 1
    assert world.tips.intake._submission._turns is world.tips.receipt._desk._turns
