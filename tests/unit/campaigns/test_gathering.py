"""Rounds: what comes while one is under way goes together with the next."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.campaigns.gathering import Gathering


class Store:
    """Notes the rounds; the first ones wait for ``gate``."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.gate = asyncio.Event()

    async def double(self, items: Sequence[int]) -> list[int]:
        self.rounds.append(list(items))
        await self.gate.wait()
        if 13 in items:
            raise OSError("disk full")
        return [2 * item for item in items]


async def asked(gathering: Gathering[int, int], *items: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(gathering(item)) for item in items]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def test_what_comes_during_a_round_goes_together_with_the_next_and_everybody_gets_their_own() -> None:
    store = Store()
    gathering = Gathering(store.double)
    tasks = await asked(gathering, 1) + await asked(gathering, 2) + await asked(gathering, 3)
    store.gate.set()
    assert await asyncio.gather(*tasks) == [2, 4, 6]
    assert store.rounds == [[1], [2, 3]]


async def test_a_failed_round_fails_for_its_own_and_the_next_one_works() -> None:
    store = Store()
    gathering = Gathering(store.double)
    first = await asked(gathering, 13)
    second = await asked(gathering, 4)
    store.gate.set()
    with pytest.raises(OSError, match="disk full"):
        await first[0]
    assert await second[0] == 8
    await gathering.finished()
    assert await gathering(5) == 10


async def test_whoever_stops_waiting_has_it_done_all_the_same() -> None:
    store = Store()
    gathering = Gathering(store.double)
    gone, stays = await asked(gathering, 1, 2)
    gone.cancel()
    store.gate.set()
    assert await stays == 4
    assert store.rounds == [[1, 2]]
