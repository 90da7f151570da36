"""The machine underneath: how busy it is, how even its speed, what processes take of its memory."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from benchmarks.figures import percentile

_YARDSTICK_STEPS = 100_000


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of a side's processes together, in MB (10⁶ bytes).

    ``pss`` divides what several processes share (libraries) among them, also among strangers; ``rss`` counts it in each.
    """

    pss: float
    rss: float


def memory_of(pid: int) -> Memory:
    """A process with everything below it. Needs Linux for ``pss``; elsewhere it equals ``rss``."""
    parent = psutil.Process(pid)
    used = [process.memory_full_info() for process in (parent, *parent.children(recursive=True))]
    return Memory(sum(getattr(each, "pss", each.rss) for each in used) / 1e6, sum(each.rss for each in used) / 1e6)


def yardstick() -> float:
    """Seconds for a piece of arithmetic that is always the same: what changes in it is the machine, not the sides."""
    began = time.perf_counter()
    total = 0
    for number in range(_YARDSTICK_STEPS):
        total += number * number
    return time.perf_counter() - began


def load() -> tuple[float, float, float]:
    """Load average of 1, 5 and 15 minutes."""
    return os.getloadavg()


def described() -> str:
    """In words: cores, memory, system."""
    memory = psutil.virtual_memory().total / 1e9
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def evenness(yardsticks: Sequence[float]) -> float:
    """How much longer the yardstick took in its slowest tenth than in its median, as a share."""
    return percentile(yardsticks, 90) / percentile(yardsticks, 50) - 1
