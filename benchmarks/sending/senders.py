"""Sender processes that are started, counted at the emulator, and killed."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.sending.office import Office
from benchmarks.sending.worker import Post
from bot.campaigns.sender import IN_FLIGHT
from tests.emulator import BotApi

ROOT = Path(__file__).parents[2]
FIRST_PERSON = 100_000
_PATIENCE = 300.0


class Senders:
    """Some processes that work for one bot. Ends only what it started."""

    def __init__(self, office: Office, telegram: BotApi, number: int, rate: int) -> None:
        share = max(1, rate // number)
        self._post = Post(office.url, str(office.city_folder), telegram.url, telegram.world.token, str(office.folder), share)
        self._number = number
        self._places: list[asyncio.Task[Process]] = []
        self._started: dict[Process, float] = {}
        """What each had used of processor time when it was ready for work, in seconds."""

    async def __aenter__(self) -> Senders:
        self._places = [asyncio.create_task(self._start()) for _ in range(self._number)]
        await asyncio.gather(*self._places)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*self._places, return_exceptions=True)
        for process in self._started:
            if process.returncode is None:
                process.kill()
            await process.wait()

    def processor_seconds(self) -> float:
        """What those that live now have used since they are ready for work; a busy machine leaves this figure alone."""
        return sum(_processor_seconds(process) - at_start for process, at_start in self._started.items() if process.returncode is None)

    async def kill(self, number: int) -> None:
        """kill -9, and another one in its place at once. If the last one has not begun yet, it is waited for."""
        victim = await self._places[number]
        os.kill(victim.pid, signal.SIGKILL)
        await victim.wait()
        self._places[number] = asyncio.create_task(self._start())

    async def _start(self) -> Process:
        command = (sys.executable, "-m", "benchmarks.sending.worker", self._post.as_argument())
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE, env={**os.environ, "FARO_LOG_LEVEL": "ERROR"})
        self._started[process] = 0.0
        assert process.stdout is not None
        if not await asyncio.wait_for(process.stdout.readline(), 60):
            raise RuntimeError("a sender did not start")
        self._started[process] = _processor_seconds(process)
        return process


def _processor_seconds(process: Process) -> float:
    spent = psutil.Process(process.pid).cpu_times()
    return float(spent.user + spent.system)


class Arrivals:
    """Counts what the emulator took, without looking at anything twice."""

    def __init__(self, telegram: BotApi) -> None:
        self._telegram = telegram
        self._seen = 0
        self.moments: list[float] = []
        self.chats: list[int] = []
        self.refused = 0

    def look(self) -> int:
        """How many messages arrived so far."""
        calls = self._telegram.calls
        for call in calls[self._seen :]:
            if call.method == "sendMessage" and call.code == 200:
                self.moments.append(call.at)
                self.chats.append(int(call.arguments["chat_id"]))
            self.refused += call.code == 429
        self._seen = len(calls)
        return len(self.moments)

    @property
    def per_second(self) -> float:
        """From the first to the last."""
        return (len(self.moments) - 1) / (self.moments[-1] - self.moments[0])


@dataclass(frozen=True, slots=True)
class Toll:
    """What became of a campaign whose senders were killed.

    ``uncertain``: listed as of unknown fate; ``of_them_arrived``: as the emulator knows. ``disagreeing``: people of whom
    ledger and emulator say different things otherwise. ``processor``: seconds of processor time that the senders used which
    lived to the end.
    """

    recipients: int
    kills: int
    senders: int
    sent: int
    uncertain: int
    of_them_arrived: int
    duplicates: int
    disagreeing: int
    refused: int
    seconds: float
    processor: float

    @property
    def in_flight_at_most(self) -> int:
        """How many messages the dead may have had in flight together."""
        return self.kills * IN_FLIGHT

    @property
    def is_clean(self) -> bool:
        """Nothing twice, nothing lost in silence, and no more of unknown fate than was in flight."""
        accounted = self.sent + self.uncertain == self.recipients
        return accounted and not self.duplicates and not self.disagreeing and self.uncertain <= self.in_flight_at_most


@dataclass(frozen=True, slots=True)
class Job:
    """A campaign to send: to how many people, by how many processes, at how many messages a second in all, with how many kills."""

    recipients: int
    senders: int
    rate: int
    kills: int = 0


Say = Callable[[str], None]


async def send_all(
    office: Office, telegram: BotApi, job: Job, *, chance: random.Random | None = None, say: Say | None = None
) -> tuple[Toll, Arrivals]:
    """Send a campaign, killing a random sender at random points of its progress."""
    people = range(FIRST_PERSON, FIRST_PERSON + job.recipients)
    for number in people:
        telegram.person(number)
    await office.subscribe(people)
    chance, arrivals = chance or random.Random(), Arrivals(telegram)
    # Not at the very end: messages of the dead may never arrive.
    moments = sorted(chance.sample(range(1, job.recipients - job.kills * IN_FLIGHT), job.kills))
    async with Senders(office, telegram, job.senders, job.rate) as crew:
        began = time.monotonic()
        await office.approve()  # One of their clockworks fires it.
        for done, moment in enumerate(moments, start=1):
            await _until_arrived(arrivals, moment)
            if say is not None:
                say(f"killing senders, {done} of {job.kills}")
            await crew.kill(chance.randrange(job.senders))
        await _until_nothing_waits(office)
        seconds, processor = time.monotonic() - began, crew.processor_seconds()
    await office.end_leases()
    return await _toll(office, arrivals, job, seconds, processor), arrivals


async def _until_arrived(arrivals: Arrivals, number: int) -> None:
    async with asyncio.timeout(_PATIENCE):
        while arrivals.look() < number:  # noqa: ASYNC110 (the emulator has no event for it)
            await asyncio.sleep(0.002)


async def _until_nothing_waits(office: Office) -> None:
    """Everybody is listed, nothing is pending, and what is being sent is only what the dead have left behind."""
    before = None
    async with asyncio.timeout(_PATIENCE):
        while not (now := await office.states()) or now != before or now["pending"]:
            before = now
            await asyncio.sleep(0.5)


async def _toll(office: Office, arrivals: Arrivals, job: Job, seconds: float, processor: float) -> Toll:
    arrivals.look()
    got, sent, uncertain = set(arrivals.chats), await office.people_in("sent"), await office.people_in("uncertain")
    return Toll(
        recipients=job.recipients,
        kills=job.kills,
        senders=job.senders,
        sent=len(sent),
        uncertain=len(uncertain),
        of_them_arrived=len(uncertain & got),
        duplicates=len(arrivals.chats) - len(got),
        disagreeing=len(sent - got) + len(got - sent - uncertain),
        refused=arrivals.refused,
        seconds=seconds,
        processor=processor,
    )
