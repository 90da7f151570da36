"""What every benchmark is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """How to measure.

    Args:
        quick: fewer of everything, to see whether it works.
        epochs: for a peer that has to be trained; None: the benchmark's own number.
        report: told in words what is going on.
    """

    quick: bool
    epochs: int | None
    report: Callable[[str], None]
