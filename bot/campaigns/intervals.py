"""Shares of groups and how far they differ, with what chance alone may have done to them. Pure.

Wilson's score interval for one share; for the difference of two shares Newcombe's hybrid score method ("Interval estimation for
the difference between independent proportions", Statistics in Medicine 17, 1998, method 10), which keeps its promise also for
small groups and shares near nought.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

Z95 = 1.959964
"""The normal distribution's quantile for 95 %."""


class Verdict(StrEnum):
    """What two shares show. ``none``: the interval has nought in it, so chance alone may have made the difference."""

    MORE = "more"
    LESS = "less"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``of`` people."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """Between 0 and 1."""
        return self.count / self.of

    def is_large(self, minimum: int) -> bool:
        """Whether neither those counted nor the others are fewer than ``minimum``."""
        return self.count >= minimum and self.of - self.count >= minimum


@dataclass(frozen=True, slots=True)
class Difference:
    """How much larger the second share is than the first, with its 95 % interval; all between -1 and 1."""

    first: Share
    second: Share
    value: float
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        """What it shows of the second share."""
        if self.low > 0:
            return Verdict.MORE
        return Verdict.LESS if self.high < 0 else Verdict.NONE


def wilson(share: Share) -> tuple[float, float]:
    """The 95 % interval of one share. Raises ZeroDivisionError for nobody."""
    n, p, squared = share.of, share.value, Z95 * Z95
    middle = p + squared / (2 * n)
    half = Z95 * sqrt(p * (1 - p) / n + squared / (4 * n * n))
    return max(0.0, (middle - half) / (1 + squared / n)), min(1.0, (middle + half) / (1 + squared / n))


def difference(first: Share, second: Share) -> Difference:
    """The difference of two groups that have nobody in common. Raises ZeroDivisionError for an empty one."""
    (low_1, high_1), (low_2, high_2) = wilson(first), wilson(second)
    p_1, p_2 = first.value, second.value
    value = p_2 - p_1
    low = value - sqrt((p_2 - low_2) ** 2 + (high_1 - p_1) ** 2)
    high = value + sqrt((high_2 - p_2) ** 2 + (p_1 - low_1) ** 2)
    return Difference(first, second, value, max(-1.0, low), min(1.0, high))


def compare(first: Share | None, second: Share | None, minimum: int) -> Difference | None:
    """As :func:`difference`; None when a share is missing, or too small to be shown."""
    if first is None or second is None or not (first.is_large(minimum) and second.is_large(minimum)):
        return None
    return difference(first, second)
