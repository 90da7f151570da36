"""Telegram's limits, kept by true sliding windows.

Source: core.telegram.org/bots/faq, "My bot is hitting limits": about 30 messages a second overall, one a second in a
chat (bursts "may" be allowed: so we make none), 20 a minute in a group.

A message counts from the moment its request starts until one window after its answer came. Telegram counts it
somewhere between the two, so no window on its side can hold more than the limit, whatever the network does.

Broadcasts may use every place, but start one by one, evenly over the second: so a place becomes free every 33 ms, and the
next one is a reply's. Thirty at once would leave replies waiting for a whole second.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum

_HASTE = 0.98
"""Broadcasts may start this much closer together than the limit, so that it is the window that holds them, not a timer."""
_CATCH_UP = 0.05
"""Seconds by which a timer may be late without slowing a campaign down: what was missed starts at once."""


class Lane(IntEnum):
    """Who goes first."""

    REPLY = 1
    """Somebody is waiting for it. Stands through a halt and is tried again afterwards."""
    EMERGENCY = 2
    """A broadcast that goes before all others; otherwise like them."""
    BROADCAST = 3
    """Nobody asked for it at this moment. Refused during a halt: its sender keeps its own books."""
    OPTIONAL = 4
    """Nice to have, such as "typing". Refused during a halt."""


_BROADCASTS = (Lane.EMERGENCY, Lane.BROADCAST)
_REFUSED_IN_A_HALT = (*_BROADCASTS, Lane.OPTIONAL)


@dataclass(frozen=True, slots=True)
class Window:
    """At most ``count`` messages in any ``seconds``."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What one bot may send. Several processes of one bot share Telegram's limits: give each its part."""

    overall: Window = Window(30, 1.0)
    chat: Window = Window(1, 1.0)
    group: Window = Window(20, 60.0)


class SlidingWindow:
    """Counts messages under way and messages answered less than a window ago."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._under_way = 0
        self._answered: deque[float] = deque()

    def room(self, now: float) -> int:
        """How many messages may start now."""
        while self._answered and self._answered[0] + self._window.seconds <= now:
            self._answered.popleft()
        return self._window.count - self._under_way - len(self._answered)

    def next_room(self) -> float | None:
        """When the oldest answered message leaves the window; None while all are still under way."""
        return self._answered[0] + self._window.seconds if self._answered else None

    def enter(self) -> None:
        """A message starts."""
        self._under_way += 1

    def leave(self, now: float) -> None:
        """Its answer came, or nobody can tell any more."""
        self._under_way -= 1
        self._answered.append(now)

    def give_back(self) -> None:
        """It did not start after all."""
        self._under_way -= 1

    def idle(self, now: float) -> bool:
        """Whether it can be forgotten."""
        return self.room(now) == self._window.count


@dataclass(slots=True, eq=False)
class Ticket:
    """A message's place in the queue. ``chat`` None: it is no message, and only a halt holds it."""

    lane: Lane
    chat: str | None
    group: bool = False
    windows: tuple[SlidingWindow, ...] = field(default=(), repr=False)


class Gate:
    """Decides which waiting messages may start. Pure: it is told the time, and neither sleeps nor sends."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._overall = SlidingWindow(limits.overall)
        self._chats: dict[tuple[str, bool], SlidingWindow] = {}
        self._waiting: dict[Lane, list[Ticket]] = {lane: [] for lane in Lane}
        self._halted_until = float("-inf")
        self._spacing = limits.overall.seconds / limits.overall.count * _HASTE
        self._next_broadcast = float("-inf")

    def ask(self, ticket: Ticket) -> None:
        """Stand in the queue of the lane."""
        self._waiting[ticket.lane].append(ticket)

    def withdraw(self, ticket: Ticket) -> None:
        """Leave the queue without starting."""
        if ticket in self._waiting[ticket.lane]:
            self._waiting[ticket.lane].remove(ticket)

    def admit(self, now: float) -> list[Ticket]:
        """The messages that start now, replies first, each lane in order; one that must wait holds up no other chat."""
        if self.halted_for(now) > 0:
            return []
        admitted = [ticket for lane in Lane for ticket in self._pass(lane, now)]
        if len(self._chats) > 1000:
            self._chats = {key: window for key, window in self._chats.items() if not window.idle(now)}
        return admitted

    def done(self, ticket: Ticket, now: float) -> None:
        """The message's answer came, or it failed: it counts for one window more."""
        for window in ticket.windows:
            window.leave(now)

    def unused(self, ticket: Ticket) -> None:
        """An admitted message does not start after all: its places are free at once."""
        for window in ticket.windows:
            window.give_back()
        ticket.windows = ()

    def halt(self, until: float) -> list[Ticket]:
        """Telegram said 429: nothing starts before ``until``. Returns those that do not wait for that long."""
        self._halted_until = max(self._halted_until, until)
        refused = [ticket for lane in _REFUSED_IN_A_HALT for ticket in self._waiting[lane]]
        self._waiting |= {lane: [] for lane in _REFUSED_IN_A_HALT}
        return refused

    def halted_for(self, now: float) -> float:
        """Seconds until the halt ends; 0 when there is none."""
        return max(0.0, self._halted_until - now)

    def next_chance(self, now: float) -> float | None:
        """When to ask again, if no answer comes before. None: nothing waits, or only an answer can help."""
        if not any(self._waiting.values()):
            return None
        if self.halted_for(now) > 0:
            return self._halted_until
        moments = [moment for window in self._holding() if (moment := window.next_room()) is not None]
        if any(self._waiting[lane] for lane in _BROADCASTS):
            moments.append(self._next_broadcast)
        return min((moment for moment in moments if moment > now), default=None)

    def _pass(self, lane: Lane, now: float) -> list[Ticket]:
        passed = [ticket for ticket in self._waiting[lane] if self._starts(ticket, now)]
        if passed:
            self._waiting[lane] = [ticket for ticket in self._waiting[lane] if ticket not in passed]
        return passed

    def _starts(self, ticket: Ticket, now: float) -> bool:
        if ticket.chat is None:
            return True
        if ticket.lane in _BROADCASTS and now < self._next_broadcast:
            return False
        windows = self._windows(ticket)
        if any(window.room(now) <= 0 for window in windows):
            return False
        for window in windows:
            window.enter()
        ticket.windows = windows
        if ticket.lane in _BROADCASTS:
            self._next_broadcast = max(self._next_broadcast, now - _CATCH_UP) + self._spacing
        return True

    def _windows(self, ticket: Ticket) -> tuple[SlidingWindow, ...]:
        assert ticket.chat is not None  # noqa: S101
        windows = [self._overall, self._window(ticket.chat, self._limits.chat, slow=False)]
        if ticket.group:
            windows.append(self._window(ticket.chat, self._limits.group, slow=True))
        return tuple(windows)

    def _window(self, chat: str, window: Window, *, slow: bool) -> SlidingWindow:
        return self._chats.setdefault((chat, slow), SlidingWindow(window))

    def _holding(self) -> set[SlidingWindow]:
        return {window for lane in self._waiting.values() for ticket in lane if ticket.chat is not None for window in self._windows(ticket)}
