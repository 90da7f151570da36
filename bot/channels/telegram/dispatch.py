"""Order without waiting for each other: the updates of one chat one after the other, different chats at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

Work = Callable[[str], Awaitable[bool]]
"""Handles one update of a chat; false when the chat has none left (for this process)."""


class Dispatcher:
    """One task for each chat that has something to do; it ends when nothing is left.

    A chat that waits for its turn at Telegram's limits holds nothing that another chat needs. What is scarce (the
    conversation) is shared out by a semaphore inside ``work``, first come first served, and each chat stands in that
    queue only once: a chat with fifty messages cannot push another one back by more than one message.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._closing = False

    @property
    def busy(self) -> int:
        """Chats being worked on."""
        return len(self._tasks)

    def wake(self, chat: str) -> None:
        """Something new waits in this chat."""
        if self._closing:
            return
        if chat in self._tasks:
            self._again.add(chat)
        else:
            self._tasks[chat] = asyncio.create_task(self._run(chat))

    async def close(self, grace: float) -> None:
        """Let what is under way finish for ``grace`` seconds, then stop it. What is stopped stays in the inbox."""
        self._closing = True
        tasks = set(self._tasks.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=grace)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, chat: str) -> None:
        try:
            while await self._work(chat) or chat in self._again:
                self._again.discard(chat)
                if self._closing:
                    break
        finally:
            del self._tasks[chat]
            self._again.discard(chat)
