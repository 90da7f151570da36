"""Faro: ``faro run`` with its Rasa, on SQLite, polling an emulated Bot API over real HTTP."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks.machine import Memory, memory_of
from benchmarks.messages.corpus import Message
from benchmarks.messages.side import NoAnswer, Start, Writer
from tests.e2e.house import House
from tests.emulator import BotApi, Person, Rates
from tests.emulator.server import TOKEN
from tests.emulator.world import ChatRoom, World

PATIENCE = 60.0


class Faro:
    """The Telegram adapter, the conversation, the store, the dialogue model.

    The emulator and the people run in this process, so what they cost is counted as Faro's time.
    """

    name = "Faro"

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._telegram: BotApi | None = None
        self._house: _Unpaced | None = None
        self._answers: Answers | None = None

    async def start(self) -> Start:
        """Start, ask for the menu, then wait for the dialogue model."""
        data = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="faro-bench-")))
        self._telegram = await self._stack.enter_async_context(BotApi(rates=Rates.none()))
        self._answers = await self._stack.enter_async_context(Answers(self._telegram.world))
        self._house = _Unpaced(data, TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=self._telegram.url)
        began = time.perf_counter()
        person = self._person(Writer(1, "en"))
        answer = self._answers.expect(person.room)
        person.send_text("/menu")
        self._stack.push_async_callback(self._end, self._house)
        await self._house.start()
        await self._within_patience(answer)
        answers = time.perf_counter() - began
        await self._house.dialogue_ready()
        await self.ask(Writer(1, "en"), Message("en", "greet", "hello"))
        return Start(answers, time.perf_counter() - began)

    async def ask(self, writer: Writer, message: Message) -> float:
        """Type words in the writer's private chat."""
        person = self._person(writer)
        answer = self._expect(person)
        began = time.perf_counter()
        person.send_text(message.text)
        await self._within_patience(answer)
        return time.perf_counter() - began

    async def press(self, writer: Writer, intent: str) -> float:
        """Press ``say:<intent>`` under the newest message of the chat."""
        person = self._person(writer)
        under = person.room.messages[-1] if person.room.messages else None
        answer = self._expect(person)
        began = time.perf_counter()
        person.press_data(f"say:{intent}", under)
        await self._within_patience(answer)
        return time.perf_counter() - began

    def memory(self) -> Memory:
        """The bot and its Rasa; neither emulator nor people."""
        assert self._house is not None
        return memory_of(self._house.process.pid)

    async def stop(self) -> None:
        """SIGINT, as Ctrl-C, then everything around it."""
        await self._stack.aclose()

    def _person(self, writer: Writer) -> Person:
        assert self._telegram is not None
        return self._telegram.person(10_000 + writer.number, writer.language)

    def _expect(self, person: Person) -> asyncio.Future[None]:
        assert self._answers is not None
        return self._answers.expect(person.room)

    async def _within_patience(self, answer: asyncio.Future[None]) -> None:
        try:
            await asyncio.wait_for(answer, PATIENCE)
        except TimeoutError:
            raise NoAnswer(f"{self.name} did not answer within {PATIENCE:.0f} s") from None

    @staticmethod
    async def _end(house: House) -> None:
        if house.process.returncode is None:
            await house.stop()


class _Unpaced(House):
    command = (sys.executable, "-m", "benchmarks.messages.unpaced", "run")


class Answers:
    """Tells when the bot has written into a chat, with one task for all who wait: sixteen would slow the emulator down."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._waiting: list[tuple[ChatRoom, int, asyncio.Future[None]]] = []
        self._watch: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Answers:
        self._watch = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._watch is not None
        self._watch.cancel()
        await asyncio.gather(self._watch, return_exceptions=True)

    def expect(self, room: ChatRoom) -> asyncio.Future[None]:
        """Done with the bot's next message in the chat; ask before sending."""
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((room, len(room.messages), answer))
        return answer

    async def _look(self) -> None:
        while True:
            for room, known, answer in self._waiting:
                if not answer.done() and any(message.get("from") == self._world.bot for message in room.messages[known:]):
                    answer.set_result(None)
            self._waiting = [waiting for waiting in self._waiting if not waiting[2].done()]
            await self._world.changed.wait()
