"""One chat in order, many chats at once."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque

from bot.channels.telegram.dispatch import Dispatcher


class Work:
    """Updates by chat; each takes a few turns of the loop."""

    def __init__(self) -> None:
        self.waiting: dict[str, deque[int]] = defaultdict(deque)
        self.done: list[tuple[str, int]] = []
        self.at_once = 0
        self.most_at_once = 0

    async def __call__(self, chat: str) -> bool:
        if not self.waiting[chat]:
            return False
        update = self.waiting[chat][0]
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        self.waiting[chat].popleft()
        self.done.append((chat, update))
        return True


async def test_each_chat_is_in_order_and_chats_run_together() -> None:
    work = Work()
    dispatcher = Dispatcher(work)
    for number in range(5):
        for chat in "abc":
            work.waiting[chat].append(number)
            dispatcher.wake(chat)
    await dispatcher.close(grace=1)
    for chat in "abc":
        numbers = [number for name, number in work.done if name == chat]
        assert numbers == sorted(numbers)
    assert work.most_at_once == 3


async def test_something_new_while_the_last_one_ends_is_not_forgotten() -> None:
    woken = asyncio.Event()

    async def work(_: str) -> bool:
        calls.append(1)
        if len(calls) == 1:
            dispatcher.wake("a")  # arrives after this call looked, and found nothing
        else:
            woken.set()
        return False

    calls: list[int] = []
    dispatcher = Dispatcher(work)
    dispatcher.wake("a")
    await asyncio.wait_for(woken.wait(), 1)
    assert len(calls) == 2


async def test_closing_lets_the_current_update_finish_and_starts_no_other() -> None:
    started, done = asyncio.Event(), []

    async def work(_: str) -> bool:
        started.set()
        await asyncio.sleep(0.01)
        done.append(1)
        return True

    dispatcher = Dispatcher(work)
    dispatcher.wake("a")
    await started.wait()
    await dispatcher.close(grace=1)
    dispatcher.wake("b")
    assert done == [1]
    assert dispatcher.busy == 0


async def test_what_does_not_finish_within_the_grace_is_stopped() -> None:
    async def work(_: str) -> bool:
        await asyncio.Event().wait()
        return True

    dispatcher = Dispatcher(work)
    dispatcher.wake("a")
    await dispatcher.close(grace=0.01)
    assert dispatcher.busy == 0
