"""A moment as a tip keeps it: a day, perhaps a part of it, perhaps a clock time; and how it is said. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from babel.dates import format_date, format_time

from bot.messages import Language, Utterance


class Part(StrEnum):
    """A part of the day. A night belongs to the day on which it begins."""

    EARLY = "early"
    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


_BEGINS = {Part.EARLY: 0, Part.MORNING: 4, Part.NOON: 11, Part.AFTERNOON: 12, Part.EVENING: 16, Part.NIGHT: 20}
"""The hour before which nobody speaks of that part of today as past."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was, in the city's wall-clock time."""

    day: date
    part: Part | None = None
    clock: time | None = None

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Moment:
        """Read what :meth:`to_json` wrote."""
        clock, part = value["clock"], value["part"]
        return cls(date.fromisoformat(value["day"]), Part(part) if part else None, time.fromisoformat(clock) if clock else None)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        clock = self.clock.isoformat("minutes") if self.clock else None
        return {"day": self.day.isoformat(), "part": self.part, "clock": clock}

    def is_after(self, now: datetime) -> bool:
        """Whether it lies in the future of the wall-clock moment ``now``."""
        if self.day != now.date():
            return self.day > now.date()
        begins = _BEGINS[self.part] if self.part else 0
        return begins > now.hour or (self.clock is not None and self.clock > now.time())


def said(moment: Moment, language: Language) -> Utterance:
    """The moment in words: "Friday, November 20, 2026, in the evening, about 21:00"."""
    day = day_words(moment.day, language)
    if moment.part is Part.NIGHT:
        following = day_words(moment.day + timedelta(days=1), language)
        words = Utterance("tip.moment.night", {"day": day, "following": following})
    elif moment.part is not None and moment.clock is None:
        words = Utterance(f"tip.moment.{moment.part}", {"day": day})
    else:
        words = Utterance("tip.moment.day", {"day": day})
    if moment.clock is None:
        return words
    return Utterance("tip.moment.about", {"day": words, "time": clock_words(moment.clock, language)})


def day_words(day: date, language: Language) -> str:
    """A day with its weekday: "vendredi 20 novembre 2026"."""
    return str(format_date(day, "full", locale=language))


def clock_words(moment: time | datetime, language: Language) -> str:
    """A clock time as the language writes it."""
    return str(format_time(moment.time() if isinstance(moment, datetime) else moment, "short", locale=language))
