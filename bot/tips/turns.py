"""Who computes Argon2id when: a turn takes 64 MB and a core for 60 ms or more, so more of them than cores only push replies aside."""

from __future__ import annotations

import asyncio
import os


def one_for_each_core() -> asyncio.Semaphore:
    """Turns for as many as there are cores for this process. Whoever comes first is first, so nobody is passed over."""
    return asyncio.Semaphore(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
