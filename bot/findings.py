"""What an examination finds (``faro doctor``)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters."""

    GOOD = "good"
    ADVICE = "advice"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination. ``text`` says what is so and, unless good, how to mend it."""

    level: Level
    about: str
    text: str
