"""What a side has to offer to be measured. Both sides are real processes, spoken to over HTTP on loopback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from benchmarks.machine import Memory
from benchmarks.messages.corpus import Message


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody who writes: a number, and the language of the device."""

    number: int
    language: str


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from the start of the process: until it answers at all, and until it answers typed words."""

    answers: float
    understands: float


class NoAnswer(Exception):
    """A side did not answer, or ended."""


class Side(Protocol):
    """One of the two. Times are seconds from sending to the answer's arrival.

    All of them raise NoAnswer.
    """

    name: str

    async def start(self) -> Start:
        """Start the processes and wait until typed words are answered."""

    async def ask(self, writer: Writer, message: Message) -> float:
        """Type words."""

    async def press(self, writer: Writer, intent: str) -> float:
        """Press the button that leads to the answer for ``intent``."""

    def memory(self) -> Memory:
        """All processes of the side."""

    async def stop(self) -> None:
        """End the processes, whatever state they are in."""
