"""People who tell tips at a steady pace, each by a whole conversation, and a moderator who looks at the queue meanwhile."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count, cycle

from benchmarks.tips.house import Browser, House
from bot.messages import Address, Channel, Content, Incoming, Press, Text, Turn

PACE = 22_000 / 3600
"""Tips a second: the year of a large state's tip line within one hour."""

_LOOKS_EVERY = 0.5
_THINKS = 0.2
_MOST_STEPS = 30
_PREFERRED = ("begin", "about:", "in:", "when:today", "noted", "send", "keep", "done", "skip")
"""What people press; the first that is offered. Where nothing of it is, they write."""
_STORY = "Every evening two people sell small bags behind the station. They come on a grey scooter."


@dataclass(slots=True)
class Told:
    """What was seen while people told tips: milliseconds, and how many tips were sent. ``seconds``: until the last one was done."""

    steps: list[float] = field(default_factory=list)
    sending: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    tips: int = 0
    began: int = 0
    seconds: float = 0.0


async def tell(house: House, browser: Browser, addresses: Sequence[str], seconds: float) -> Told:
    """Let people begin at :data:`PACE` for so long, and wait until the last of them has a receipt."""
    told, people = Told(), []
    looking = asyncio.create_task(_look(browser, addresses, told))
    began, numbers = time.perf_counter(), count()
    while (now := time.perf_counter() - began) < seconds:
        number = next(numbers)
        await asyncio.sleep(max(0.0, number / PACE - now))
        people.append(asyncio.create_task(_Person(house, number).tells(told)))
    await asyncio.gather(*people)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    told.began, told.seconds = len(people), time.perf_counter() - began
    return told


async def _look(browser: Browser, addresses: Sequence[str], told: Told) -> None:
    for address in cycle(addresses):
        told.pages.append(await browser.open(address))
        await asyncio.sleep(_LOOKS_EVERY)


class _Person:
    """One person with one tip."""

    def __init__(self, house: House, number: int) -> None:
        self._house = house
        self._address = Address(Channel.WEBCHAT, f"bench-{number}")
        self._chance = random.Random(number)
        self._ids = (f"{number}-{step}" for step in count())

    async def tells(self, told: Told) -> None:
        """The whole way, from the first button to the receipt."""
        turn = await self._step(Press("tip:start"), told.steps)
        for _ in range(_MOST_STEPS):
            await asyncio.sleep(_THINKS)
            offered = [button.payload for reply in turn.replies for row in reply.buttons for button in row]
            pressed = self._choice([payload for payload in offered if payload.startswith("tip:")])
            if pressed is None:
                turn = await self._step(Text(_STORY), told.steps)
            elif pressed.endswith(":noted"):
                told.tips += 1
                return
            else:
                turn = await self._step(Press(pressed), told.sending if pressed.endswith(":send") else told.steps)
        raise RuntimeError("a tip did not come to its end")

    def _choice(self, offered: Sequence[str]) -> str | None:
        for wish in _PREFERRED:
            fits = [payload for payload in offered if payload.split(":", 2)[-1].startswith(wish)]
            if fits:
                return self._chance.choice(fits)
        return None

    async def _step(self, content: Content, taken: list[float]) -> Turn:
        began = time.perf_counter()
        incoming = Incoming(next(self._ids), self._address, content, self._house.clock(), "en")
        turn = await self._house.conversation.handle(incoming)
        taken.append((time.perf_counter() - began) * 1000)
        return turn
