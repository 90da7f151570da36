"""A mapping that forgets: entries end after a time without use, and the longest unused go first. Imports no Rasa."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, MutableMapping
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Forgetting(MutableMapping[str, Value], Generic[Value]):
    """Holds at most ``most_entries``, each for at most ``most_idle_seconds`` after it was last written.

    Args:
        now: seconds on a clock that never goes back.
    """

    def __init__(self, most_entries: int, most_idle_seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._most_entries = most_entries
        self._most_idle_seconds = most_idle_seconds
        self._now = now
        self._entries: OrderedDict[str, tuple[float, Value]] = OrderedDict()

    def __setitem__(self, key: str, value: Value) -> None:
        self._entries[key] = (self._now(), value)
        self._entries.move_to_end(key)
        self._forget()

    def __getitem__(self, key: str) -> Value:
        self._forget()
        return self._entries[key][1]

    def __contains__(self, key: object) -> bool:
        self._forget()
        return key in self._entries

    def __delitem__(self, key: str) -> None:
        del self._entries[key]

    def __iter__(self) -> Iterator[str]:
        self._forget()
        return iter(list(self._entries))

    def __len__(self) -> int:
        self._forget()
        return len(self._entries)

    def _forget(self) -> None:
        """Entries stand in the order of their last writing, so the oldest is always first."""
        ended = self._now() - self._most_idle_seconds
        while self._entries and (len(self._entries) > self._most_entries or next(iter(self._entries.values()))[0] <= ended):
            self._entries.popitem(last=False)
