"""Searches that are under way, in memory only: what was looked for, how far, and which tips fit.

They belong to a key, not to a session's name: where the key is forgotten (sign-out, time-out, restart), nobody can reach them, and they
go in the same moment. Nobody reaches the search of somebody else.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from bot.crypto import PrivateKey
from bot.errors import NotFound
from bot.tips.queue import Filters
from bot.tips.search.desk import Mark, Stretch
from bot.tips.search.wanted import Wanted
from bot.tips.vault import Reader

MOST_SEARCHES = 5
"""How many are remembered for one key; the oldest goes first."""
MOST_FOUND = 100
"""Beyond so many hits, other words help more than a longer list."""


@dataclass(slots=True)
class Search:
    """One search. ``words``: as typed; ``hits``: ids of tips. ``mark``: where to go on, None at the beginning and when ``ended``."""

    id: str
    words: str = field(repr=False)
    wanted: Wanted
    filters: Filters
    hits: list[str] = field(default_factory=list)
    looked: int = 0
    broken: int = 0
    mark: Mark | None = None
    ended: bool = False

    @property
    def is_full(self) -> bool:
        """Whether it found as much as it may."""
        return len(self.hits) >= MOST_FOUND

    def add(self, stretch: Stretch) -> None:
        """One more stretch was looked through."""
        self.hits += stretch.hits
        self.looked += stretch.looked
        self.broken += stretch.broken
        self.mark, self.ended = stretch.mark, stretch.mark is None


class SearchBook:
    """Remembers searches."""

    def __init__(self) -> None:
        self._by_key: WeakKeyDictionary[PrivateKey, OrderedDict[str, Search]] = WeakKeyDictionary()

    def begin(self, reader: Reader, words: str, filters: Filters) -> Search:
        """A new search. Raises Invalid, see :class:`Wanted`."""
        search = Search(secrets.token_hex(16), " ".join(words.split()), Wanted(words), filters)
        mine = self._by_key.setdefault(reader.private_key, OrderedDict())
        mine[search.id] = search
        while len(mine) > MOST_SEARCHES:
            mine.popitem(last=False)
        return search

    def get(self, reader: Reader, search_id: str) -> Search:
        """A search made with this key. Raises NotFound."""
        mine = self._by_key.get(reader.private_key)
        if mine is None or search_id not in mine:
            raise NotFound()
        return mine[search_id]

    def __len__(self) -> int:
        return len(self._by_key)
