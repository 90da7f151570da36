"""The arithmetic of measuring. Pure: no clock, no machine."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Series:
    """What was measured of one thing on one side: one list of samples for each round, in the order they were taken."""

    rounds: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, rounds: Sequence[Sequence[float]]) -> Series:
        """From any sequences.

        Raises:
            ValueError: a round without samples, or no round.
        """
        if not rounds or not all(rounds):
            raise ValueError("a series needs rounds, and each round samples")
        return cls(tuple(tuple(each) for each in rounds))

    @property
    def samples(self) -> list[float]:
        """All of them."""
        return [sample for each in self.rounds for sample in each]

    @property
    def median(self) -> float:
        """Of all samples."""
        return median(self.samples)

    @property
    def p95(self) -> float:
        """95 of 100 samples are not above it."""
        return percentile(self.samples, 95)

    @property
    def spread(self) -> float:
        """How far the rounds' medians lie apart, as a share of the median of them all: 0.1 means 10 %."""
        medians = [median(each) for each in self.rounds]
        return (max(medians) - min(medians)) / self.median


def percentile(samples: Sequence[float], percent: float) -> float:
    """The smallest sample that at least ``percent`` of 100 samples do not exceed (nearest rank).

    Raises:
        ValueError: no samples, or ``percent`` outside 0 to 100.
    """
    if not samples or not 0 <= percent <= 100:
        raise ValueError("a percentile needs samples and a number from 0 to 100")
    return sorted(samples)[max(0, math.ceil(len(samples) * percent / 100) - 1)]


def ratio_range(ours: Series, theirs: Series) -> tuple[float, float]:
    """Smallest and largest ratio of the medians of two rounds that were measured next to each other."""
    ratios = [median(a) / median(b) for a, b in zip(ours.rounds, theirs.rounds, strict=True)]
    return min(ratios), max(ratios)


@dataclass(frozen=True, slots=True)
class Target:
    """A bound that a ratio has to keep. ``at_least``: it is a lower one."""

    bound: float
    at_least: bool = False

    def is_met(self, ratio: float) -> bool:
        """Whether the ratio keeps it."""
        return ratio >= self.bound if self.at_least else ratio <= self.bound
