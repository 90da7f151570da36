"""Calendar dates in words and figures: "14/3", "14 mars 2025", "March 14". Pure; see ``times.py``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_SLASHES = re.compile(r"(?<![\d/.-])(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?(?![\d/])")
_DOTS = re.compile(r"(?<![\d/.-])(\d{1,2})([.-])(\d{1,2})\2(\d{4})(?!\d)")
_ORDINAL = r"(?:st|nd|rd|th|er|º|°)?"
_YEAR = r"(?:,?\s+(?:de\s+|del\s+)?(\d{4}))?"

_Said = tuple[int, int, str | None]
"""Day, month, and the year as it was written."""


class Dates:
    """Finds calendar dates.

    Args:
        months: numbers by folded name.
        month_first: the language says "March 14"; so 3/4 may be either day, and counts as both.
    """

    def __init__(self, months: Mapping[str, int], month_first: bool) -> None:
        self._months = months
        self._month_first = month_first
        names = "(" + "|".join(sorted(map(re.escape, months), key=len, reverse=True)) + ")"
        self._day_month = re.compile(rf"\b(\d{{1,2}}){_ORDINAL}\s+(?:of\s+|de\s+|di\s+)?{names}\b{_YEAR}")
        self._month_day = re.compile(rf"\b{names}\s+(\d{{1,2}}){_ORDINAL}\b{_YEAR}")

    def find(self, text: str, today: date) -> tuple[set[date], str]:
        """Every date in folded text that is not to come, and the text without them."""
        found = {day for said in self._said(text) if (day := _known(*said, today)) is not None}
        for pattern in (_ISO, _SLASHES, _DOTS, self._day_month, *([self._month_day] if self._month_first else [])):
            text = pattern.sub(" ", text)
        return found, text

    def _said(self, text: str) -> Iterator[_Said]:
        yield from ((int(match[3]), int(match[2]), match[1]) for match in _ISO.finditer(text))
        figures = [(int(match[1]), int(match[2]), match[3]) for match in _SLASHES.finditer(text)]
        figures += [(int(match[1]), int(match[3]), match[4]) for match in _DOTS.finditer(text)]
        yield from figures
        yield from ((int(match[1]), self._months[match[2]], match[3]) for match in self._day_month.finditer(text))
        if self._month_first:
            yield from ((second, first, year) for first, second, year in figures)
            yield from ((int(match[2]), self._months[match[1]], match[3]) for match in self._month_day.finditer(text))


def _known(day: int, month: int, year: str | None, today: date) -> date | None:
    """The date, if there is one; without a year the last one that is not to come."""
    years = [int(year) + (2000 if len(year) == 2 else 0)] if year else [today.year, today.year - 1]
    return next((found for candidate in years if (found := _date(candidate, month, day)) and found <= today), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
