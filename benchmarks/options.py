"""What every benchmark is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """How to measure.

    Args:
        quick: fewer of everything, to see whether it works.
        epochs: for a peer that has to be trained; None: the benchmark's own number.
        report: told in words what is going on.
        clinc: CLINC150's full split; None: not measured.
        labelled: messages with labels, as ``faro evaluate`` takes them; None: not measured.
    """

    quick: bool
    epochs: int | None
    report: Callable[[str], None]
    clinc: Path | None = None
    labelled: Path | None = None
