"""Leaves alone for a while what was away. Pure but for the clock that is passed in."""

from __future__ import annotations

from collections.abc import Callable


class Breaker:
    """Spares people the wait: after Rasa was away, nobody asks it again for a while, longer each time.

    One refused connection is enough; a slow or odd answer may be one message's fault, so it takes three in a row.
    """

    FIRST_REST_SECONDS = 0.5
    LONGEST_REST_SECONDS = 8.0
    ODD_ANSWERS = 3

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._odd = 0
        self._rest = 0.0
        self._until = 0.0

    def is_open(self) -> bool:
        """Whether to leave Rasa alone. After the rest one message may try; the others keep waiting until it is back."""
        if self._rest == 0.0:
            return False
        if self._now() < self._until:
            return True
        self._until = self._now() + self._rest
        return False

    def failed(self, *, at_once: bool) -> None:
        """Count a failure."""
        self._odd += 1
        if at_once or self._odd >= self.ODD_ANSWERS:
            self._rest = min(self._rest * 2 or self.FIRST_REST_SECONDS, self.LONGEST_REST_SECONDS)
            self._until = self._now() + self._rest

    def worked(self) -> None:
        """Forget all failures."""
        self._odd = 0
        self._rest = 0.0
