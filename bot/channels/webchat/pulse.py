"""Wakes the pages that wait for news. In memory, for this process: other processes are noticed by looking again."""

from __future__ import annotations

import asyncio
from collections import defaultdict


class Pulse:
    """Tells waiting requests that a session has news.

    Args:
        most_each: waiting requests of one session (open tabs).
        most: waiting requests of all.
    """

    def __init__(self, most_each: int = 4, most: int = 1_000) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._most_each = most_each
        self._most = most
        self.closed = False

    def has_room(self, session_id: str) -> bool:
        """Whether one more request of this session may wait."""
        total = sum(len(events) for events in self._waiting.values())
        return not self.closed and total < self._most and len(self._waiting.get(session_id, ())) < self._most_each

    async def wait(self, session_id: str, seconds: float) -> None:
        """Return at the session's next beat, after ``seconds``, or when the server stops; whichever comes first."""
        event = asyncio.Event()
        if self.closed:
            return
        self._waiting[session_id].add(event)
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting[session_id].discard(event)
            if not self._waiting[session_id]:
                del self._waiting[session_id]

    def beat(self, session_id: str) -> None:
        """This session has news, or has ended."""
        for event in self._waiting.get(session_id, ()):
            event.set()

    def close(self) -> None:
        """The server stops: nobody waits any longer."""
        self.closed = True
        for session_id in list(self._waiting):
            self.beat(session_id)
