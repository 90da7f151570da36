"""The order of measuring: both sides in turn (A B A B …), so that a machine that slows down slows down both."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.figures import Series
from benchmarks.machine import Memory, yardstick
from benchmarks.messages.corpus import Message
from benchmarks.messages.side import Side, Start, Writer

Sides = Sequence[tuple[str, Callable[[], Side]]]
"""For each side its name and what makes a new one."""

_CONVERSATION = 8
"""Messages of one person before another one writes."""

_PEOPLE = 10_000
"""Numbers that belong to one block, so that every block has people of its own."""

_CHUNK = 10
"""Samples that count as one round in the long conversation."""

_LONG_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. Every count is a bound, so a run ends by itself."""

    starts: int = 3
    warm_up: int = 24
    rounds: int = 10
    typed: int = 40
    pressed: int = 40
    crowd: int = 16
    crowd_rounds: int = 4
    crowd_messages: int = 160
    early_turn: int = 10
    late_turn: int = 1000
    turns: int = 40
    pause: float = 0.02
    """Seconds between two messages of one person: nobody types the next one in the same instant."""


@dataclass(slots=True)
class Measured:
    """Everything about one side. Times are seconds, rates messages a second."""

    starts: list[Start] = field(default_factory=list)
    typed: list[list[float]] = field(default_factory=list)
    pressed: list[list[float]] = field(default_factory=list)
    rates: list[list[float]] = field(default_factory=list)
    early: list[list[float]] = field(default_factory=list)
    late: list[list[float]] = field(default_factory=list)
    fresh: Memory | None = None
    """After the start and the first messages."""
    loaded: Memory | None = None
    """After everybody wrote at once."""

    def series(self, name: str) -> Series:
        """One of the lists above as a series."""
        return Series.of(getattr(self, name))


Report = Callable[[str], None]


class Measuring:
    """One run.

    Args:
        messages: asked in this order, from the beginning again when they end, the same for both sides.
        intents: what buttons lead to.
        report: told in words what is being measured.
    """

    def __init__(self, sides: Sides, plan: Plan, messages: Sequence[Message], intents: Sequence[str], report: Report) -> None:
        self._sides = sides
        self._plan = plan
        self._intents = intents
        self._report = report
        self._languages = sorted({message.language for message in messages})
        self._by_language = {language: [m for m in messages if m.language == language] for language in self._languages}
        self._blocks = itertools.count(1)
        self.measured = {name: Measured() for name, _ in sides}
        self.yardsticks: list[float] = []

    async def run(self) -> dict[str, Measured]:
        """Measure everything; both sides are stopped afterwards, also after a failure."""
        for number in range(self._plan.starts - 1):
            for name, make in self._sides:
                await self._only_start(name, make, number)
        running: dict[str, Side] = {}
        try:
            for name, make in self._sides:
                running[name] = make()
                await self._start(name, running[name], self._plan.starts - 1)
            await self._measure(running)
        finally:
            for side in running.values():
                await side.stop()
        return self.measured

    async def _only_start(self, name: str, make: Callable[[], Side], number: int) -> None:
        side = make()
        try:
            await self._start(name, side, number)
        finally:
            await side.stop()

    async def _start(self, name: str, side: Side, number: int) -> None:
        self._report(f"start {number + 1} of {self._plan.starts}: {name}")
        self.measured[name].starts.append(await side.start())

    async def _measure(self, running: dict[str, Side]) -> None:
        plan = self._plan
        self._report("warming up")
        await self._in_turn(running, lambda _, side, start: self._typed(side, start, plan.warm_up))
        for number in range(plan.rounds):
            self._report(f"one at a time: round {number + 1} of {plan.rounds}")
            await self._in_turn(running, self._alone)
            for name, side in running.items():
                self.measured[name].fresh = self.measured[name].fresh or side.memory()
        for number in range(plan.crowd_rounds):
            self._report(f"{plan.crowd} at once: round {number + 1} of {plan.crowd_rounds}")
            await self._in_turn(running, self._crowd)
        for name, side in running.items():
            self.measured[name].loaded = side.memory()
        await self._in_turn(running, self._long_conversation)

    async def _in_turn(self, running: dict[str, Side], act: Callable[[str, Side, int], Awaitable[object]]) -> None:
        """Both sides with the same people and messages: ``act`` gets the number that both begin with."""
        start = next(self._blocks) * _PEOPLE
        for name, side in running.items():
            self.yardsticks.append(yardstick())
            await act(name, side, start)

    async def _alone(self, name: str, side: Side, start: int) -> None:
        typed = await self._typed(side, start, self._plan.typed)
        # By people of their own, so that buttons and words are compared at the same turns.
        people = self._lines(start + _PEOPLE // 2, self._plan.pressed)
        pressed = [await self._press(side, writer, number) for number, (writer, _) in enumerate(people)]
        self.measured[name].typed.append(typed)
        self.measured[name].pressed.append(pressed)

    async def _typed(self, side: Side, start: int, count: int) -> list[float]:
        return [await self._ask(side, writer, message) for writer, message in self._lines(start, count)]

    async def _ask(self, side: Side, writer: Writer, message: Message) -> float:
        await asyncio.sleep(self._plan.pause)
        return await side.ask(writer, message)

    async def _press(self, side: Side, writer: Writer, number: int) -> float:
        await asyncio.sleep(self._plan.pause)
        return await side.press(writer, self._intents[number % len(self._intents)])

    async def _crowd(self, name: str, side: Side, start: int) -> None:
        """Everybody writes again as soon as the answer is there."""
        plan = self._plan
        each = plan.crowd_messages // plan.crowd
        apart = _PEOPLE // plan.crowd // _CONVERSATION * _CONVERSATION
        began = time.perf_counter()
        await asyncio.gather(*(self._write(side, start + number * apart, each) for number in range(plan.crowd)))
        self.measured[name].rates.append([plan.crowd * each / (time.perf_counter() - began)])

    async def _write(self, side: Side, start: int, count: int) -> None:
        for writer, message in self._lines(start, count):
            await side.ask(writer, message)

    async def _long_conversation(self, name: str, side: Side, start: int) -> None:
        """One conversation grows up to the late turn; then it and new ones at the early turn are asked in turn."""
        plan, measured = self._plan, self.measured[name]
        writer = Writer(start, _LONG_LANGUAGE)
        for turn in range(1, plan.late_turn - plan.turns // 2):
            if turn % 50 == 1:
                self._report(f"one long conversation: {name}, turn {turn} of {plan.late_turn}")
            await side.ask(writer, self._line(_LONG_LANGUAGE, turn))
        for number in range(plan.turns):
            message = self._line(_LONG_LANGUAGE, number)
            if number % _CHUNK == 0:
                measured.early.append([])
                measured.late.append([])
            measured.early[-1].append(await self._early(side, Writer(start + 1 + number, _LONG_LANGUAGE), number, message))
            measured.late[-1].append(await self._ask(side, writer, message))

    async def _early(self, side: Side, writer: Writer, number: int, message: Message) -> float:
        """Turns around the early one, so that every place in Faro's sessions of ten turns is met as often as late."""
        for turn in range(1, self._plan.early_turn - 5 + number % _CHUNK):
            await side.ask(writer, self._line(_LONG_LANGUAGE, turn))
        return await self._ask(side, writer, message)

    def _lines(self, start: int, count: int) -> Iterator[tuple[Writer, Message]]:
        """Who writes what: each person a few messages in one language, then the next person."""
        for number in range(start, start + count):
            person = number // _CONVERSATION
            language = self._languages[person % len(self._languages)]
            yield Writer(person, language), self._line(language, number)

    def _line(self, language: str, number: int) -> Message:
        theirs = self._by_language[language]
        return theirs[number % len(theirs)]
