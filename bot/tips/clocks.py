"""Clock times in words: "around 10 pm", "vers 22h30", "a las 8 de la tarde". Pure; see ``times.py``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import time

from bot.tips.moments import Part
from bot.tips.words import fold

_NUMBERS = (
    r"(?P<hour>[01]?\d|2[0-3])"
    r"(?:\s?(?P<mark>[:.h])\s?(?P<minute>[0-5]\d)|\s?(?P<hours>h|heures?)\b)?"
    r"(?:\s?(?P<half>am|pm|a\.m\.|p\.m\.))?(?![\d/])"
)
_AFTERNOONS = frozenset({Part.AFTERNOON, Part.EVENING})
_MIDDAY, _AFTERNOON_BEGINS, _NIGHT_ENDS = 12, 13, 5


class Clocks:
    """Finds clock times.

    Args:
        markers: words that stand before a clock time, such as "at", "vers", "a las".
    """

    def __init__(self, markers: Iterable[str]) -> None:
        at = "|".join(sorted((re.escape(fold(word)) for word in markers), key=len, reverse=True))
        self._pattern = re.compile(rf"\b(?P<at>{at})\s+{_NUMBERS}|(?<![\d/.]){_NUMBERS.replace('?P<', '?P<bare_')}")

    def find(self, text: str, part: Part | None) -> set[time]:
        """Every clock time in folded text, so far as it can only mean one. ``part``: the part of the day that is named."""
        found = [_groups(match) for match in self._pattern.finditer(text)]
        return {clock for groups in found if (clock := _clock(groups, part)) is not None}


def _groups(match: re.Match[str]) -> dict[str, str]:
    return {name.removeprefix("bare_"): value for name, value in match.groupdict().items() if value}


def _clock(said: Mapping[str, str], part: Part | None) -> time | None:
    """Sure are hours after noon, with a leading zero, with am or pm, or with a part of the day beside them."""
    hour, minute, half = int(said["hour"]), int(said.get("minute", 0)), said.get("half", "")
    is_clock = any(name in said for name in ("at", "mark", "hours", "half"))
    is_sure = hour >= _AFTERNOON_BEGINS or said["hour"].startswith("0") or bool(half) or part is not None
    if not is_clock or not is_sure:
        return None
    if hour == _MIDDAY and (half.startswith("a") or part is Part.NIGHT):
        return time(0, minute)
    later = half.startswith("p") or part in _AFTERNOONS or (part is Part.NIGHT and hour > _NIGHT_ENDS)
    return time(hour + _MIDDAY if later and hour < _MIDDAY else hour, minute)
