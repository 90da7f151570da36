"""At Telegram's real limits: how much of 30 messages a second a campaign gets, how often Telegram says 429, how long replies take.

Both sides send to the same people through the same emulator, whose limits are true sliding windows, while others write to the
bot. Faro is ``faro run`` as it is, on SQLite, without its dialogue model: a command needs none.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.messages.faro import Answers
from benchmarks.sending.office import Office
from benchmarks.sending.senders import FIRST_PERSON, ROOT, Arrivals
from tests.e2e.house import House
from tests.emulator import BotApi, Rate, Rates
from tests.emulator.server import TOKEN

LIMIT = 30
"""Messages a second. Source: core.telegram.org/bots/faq."""
_WRITERS = 20
_EVERY = 1.0
"""Seconds between two people who write."""
_PATIENCE = 180.0


@dataclass(frozen=True, slots=True)
class Pace:
    """What was seen at the emulator between the campaign's first and last message.

    ``messages``: of the campaign and replies together. ``replies``: seconds until each answer. ``busiest``: the most messages
    that any second took.
    """

    recipients: int
    seconds: float
    messages: int
    refused: int
    busiest: int
    replies: tuple[float, ...]

    @property
    def share(self) -> float:
        """Of Telegram's limit."""
        return (self.messages - 1) / self.seconds / LIMIT

    @property
    def campaign_share(self) -> float:
        """Of Telegram's limit, by the campaign's messages alone."""
        return (self.recipients - 1) / self.seconds / LIMIT


async def faro(recipients: int) -> Pace:
    """Measure Faro."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faro-bench-")))
        telegram = await _telegram(stack, recipients)
        office = await stack.enter_async_context(Office.open(folder))
        await office.subscribe(range(FIRST_PERSON, FIRST_PERSON + recipients))
        await office.approve()
        away = {"FARO_RASA_URL": "http://127.0.0.1:9", "FARO_RASA_SECRET": "0" * 32}
        house = House(folder, FARO_CITY=str(office.city_folder), TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url, **away)
        stack.push_async_callback(_ended, house)
        # Its own clockwork fires the campaign, about a second after the start.
        return await _measured(telegram, recipients, house.start)


async def plain_loop(recipients: int) -> Pace:
    """Measure the peer."""
    async with AsyncExitStack() as stack:
        telegram = await _telegram(stack, recipients)
        command = (sys.executable, "-m", "benchmarks.sending.plain", telegram.url, TOKEN, str(FIRST_PERSON), str(recipients))
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE)
        stack.push_async_callback(process.wait)
        stack.callback(process.kill)
        assert process.stdout is not None and process.stdin is not None
        await asyncio.wait_for(process.stdout.readline(), 60)
        stdin = process.stdin

        async def start() -> None:
            stdin.write(b"go\n")
            await stdin.drain()

        return await _measured(telegram, recipients, start)


async def _telegram(stack: AsyncExitStack, recipients: int) -> BotApi:
    telegram = await stack.enter_async_context(BotApi(rates=Rates(overall=Rate(LIMIT, 1.0))))
    for number in range(FIRST_PERSON, FIRST_PERSON + recipients):
        telegram.person(number)
    return telegram


async def _ended(house: House) -> None:
    if house.process.returncode is None:
        await house.stop()


async def _measured(telegram: BotApi, recipients: int, start: Callable[[], Awaitable[None]]) -> Pace:
    people, arrivals = range(FIRST_PERSON, FIRST_PERSON + recipients), Arrivals(telegram)
    await start()
    async with _writing(telegram) as replies:
        async with asyncio.timeout(_PATIENCE):
            while arrivals.look() < 2 or sum(chat in people for chat in arrivals.chats) < recipients:  # noqa: ASYNC110 (no event for it)
                await asyncio.sleep(0.02)
    moments = [at for at, chat in zip(arrivals.moments, arrivals.chats, strict=True) if chat in people]
    began, ended = moments[0], moments[-1]
    meanwhile = [at for at in arrivals.moments if began <= at <= ended]
    asked = tuple(took for at, took in replies if began <= at <= ended - took)
    return Pace(recipients, ended - began, len(meanwhile), arrivals.refused, _busiest(meanwhile), asked)


@asynccontextmanager
async def _writing(telegram: BotApi) -> AsyncIterator[list[tuple[float, float]]]:
    """People who write, one after the other, until the block ends: when they did, and how long the answer took."""
    replies: list[tuple[float, float]] = []
    under_way: set[asyncio.Task[None]] = set()
    people = [telegram.person(10_000 + number) for number in range(_WRITERS)]

    async def ask(number: int, answers: Answers) -> None:
        person = people[number % _WRITERS]
        answer, began = answers.expect(person.room), time.monotonic()
        person.send_text("/menu")
        await answer
        replies.append((began, time.monotonic() - began))

    async def all_of_them(answers: Answers) -> None:
        number = 0
        while True:
            under_way.add(asyncio.create_task(ask(number, answers)))
            number += 1
            await asyncio.sleep(_EVERY)

    async with Answers(telegram.world) as answers:
        writing = asyncio.create_task(all_of_them(answers))
        try:
            yield replies
        finally:
            for task in (writing, *under_way):
                task.cancel()
            await asyncio.gather(writing, *under_way, return_exceptions=True)


def _busiest(moments: list[float]) -> int:
    """The most messages in any second."""
    first, most = 0, 0
    for last, at in enumerate(moments):
        while moments[first] <= at - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most
