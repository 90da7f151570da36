"""The rate limiter around the gate: waiting, 429, cancelled callers. Time is a fake."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from telegram.error import NetworkError, RetryAfter

from bot.channels.telegram.pacer import Pacer, Terms
from bot.channels.telegram.pacing import Lane, Limits, Window
from bot.messages import Confirm


class FakeTime:
    """A clock that stands still until somebody moves it."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock was moved past the moment."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now + seconds, future))
        await future

    async def move(self, seconds: float) -> None:
        """Let time pass, sleeper by sleeper."""
        end = self.now + seconds
        await settle()
        while due := sorted((moment for moment, future in self._sleepers if not future.done() and moment <= end)):
            self.now = max(self.now, due[0])
            for moment, future in self._sleepers:
                if moment <= self.now and not future.done():
                    future.set_result(None)
            await settle()
        self.now = end
        await settle()


async def settle() -> None:
    """Let everything that can run, run."""
    for _ in range(20):
        await asyncio.sleep(0)


class Server:
    """Notes what arrives when; ``failures`` are raised first."""

    def __init__(self, time: FakeTime, *failures: Exception) -> None:
        self.arrived: list[tuple[float, Any]] = []
        self._time = time
        self._failures = list(failures)

    async def receive(self, chat: Any) -> bool:
        """One request."""
        if self._failures:
            raise self._failures.pop(0)
        self.arrived.append((self._time.now, chat))
        return True


def send(
    pacer: Pacer, server: Server, chat: int, lane: Lane = Lane.REPLY, method: str = "sendMessage", confirm: Confirm | None = None
) -> asyncio.Task[Any]:
    terms = Terms(lane, confirm)
    return asyncio.create_task(pacer.process_request(server.receive, (chat,), {}, method, {"chat_id": chat}, terms))


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


def pacer_of(time: FakeTime, limits: Limits | None = None) -> Pacer:
    return Pacer(limits, monotonic=time, sleep=time.sleep)


async def test_one_chat_gets_one_message_a_second_in_order(time: FakeTime) -> None:
    pacer, server = pacer_of(time), Server(time)
    tasks = [send(pacer, server, 7) for _ in range(4)]
    await time.move(10)
    await asyncio.gather(*tasks)
    assert [at for at, _ in server.arrived] == [0.0, 1.0, 2.0, 3.0]


async def test_thirty_chats_at_once_and_the_next_a_second_later(time: FakeTime) -> None:
    pacer, server = pacer_of(time), Server(time)
    tasks = [send(pacer, server, chat) for chat in range(1, 41)]
    await time.move(5)
    await asyncio.gather(*tasks)
    assert [sum(at == moment for at, _ in server.arrived) for moment in (0.0, 1.0)] == [30, 10]


async def test_a_group_gets_twenty_a_minute(time: FakeTime) -> None:
    pacer, server = pacer_of(time), Server(time)
    tasks = [send(pacer, server, -5) for _ in range(21)]
    await time.move(120)
    await asyncio.gather(*tasks)
    assert server.arrived[20][0] >= 60.0


async def test_after_429_everything_waits_for_the_deadline_and_the_reply_is_sent_again(time: FakeTime) -> None:
    pacer, server = pacer_of(time), Server(time, RetryAfter(timedelta(seconds=7)))
    first = send(pacer, server, 1)
    await settle()
    later = send(pacer, server, 2)
    await time.move(7.0)
    assert server.arrived == []
    assert pacer.halted_for > 0
    await time.move(2.0)
    await asyncio.gather(first, later)
    assert {chat for _, chat in server.arrived} == {1, 2}


async def test_a_broadcast_does_not_wait_through_a_halt(time: FakeTime) -> None:
    pacer, server = pacer_of(time, Limits(overall=Window(2, 1.0))), Server(time)
    sent = send(pacer, server, 1, Lane.BROADCAST)
    await settle()
    waiting = send(pacer, server, 2, Lane.BROADCAST)
    await settle()
    halting = send(pacer, Server(time, RetryAfter(timedelta(seconds=7))), 3)
    await settle()
    late = send(pacer, server, 4, Lane.OPTIONAL, "sendChatAction")
    await settle()
    for task in (waiting, late):
        with pytest.raises(RetryAfter):
            await task
    await sent
    halting.cancel()
    await pacer.shutdown()


async def test_other_errors_are_the_callers_and_still_count(time: FakeTime) -> None:
    pacer, server = pacer_of(time), Server(time, NetworkError("gone"))
    with pytest.raises(NetworkError):
        await send(pacer, server, 1)
    again = send(pacer, server, 1)
    await time.move(0.9)
    assert server.arrived == []
    await time.move(0.2)
    await again


async def test_a_cancelled_caller_takes_no_place(time: FakeTime) -> None:
    pacer, server = pacer_of(time), Server(time)
    await send(pacer, server, 1)
    gone, stays = send(pacer, server, 1), send(pacer, server, 1)
    await settle()
    gone.cancel()
    await time.move(1.0)
    await stays
    assert [at for at, _ in server.arrived] == [0.0, 1.0]


class CalledBack(Exception):
    """The caller changed its mind."""


async def test_a_message_that_waited_is_asked_about_right_before_it_leaves(time: FakeTime) -> None:
    pacer, server, asked = pacer_of(time), Server(time), []

    async def confirm() -> None:
        asked.append(time.now)
        if len(asked) > 1:
            raise CalledBack

    first, second = (send(pacer, server, 7, Lane.BROADCAST, confirm=confirm) for _ in range(2))
    await time.move(2.0)
    await first
    with pytest.raises(CalledBack):
        await second
    assert asked == [0.0, 1.0]
    await send(pacer, server, 7)
    assert [at for at, _ in server.arrived] == [0.0, 2.0], "what was called back takes no place"


async def test_a_halt_that_comes_while_it_is_asked_about_stops_it_too(time: FakeTime) -> None:
    pacer, server, answer = pacer_of(time), Server(time), asyncio.Event()

    async def confirm() -> None:
        await answer.wait()

    asked_about = send(pacer, server, 1, Lane.BROADCAST, confirm=confirm)
    await settle()
    halting = send(pacer, Server(time, RetryAfter(timedelta(seconds=7))), 2)
    await settle()
    answer.set()
    with pytest.raises(RetryAfter):
        await asked_about
    assert server.arrived == []
    halting.cancel()
    await pacer.shutdown()
