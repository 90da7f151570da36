"""What a campaign's text may hold in braces, and what stands there when it is sent: facts of the city that change, numbers above all."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from bot.campaigns.city import CityFacts
from bot.markup import escape, to_plain
from bot.messages import Clock, Language

PLACEHOLDERS = ("city", "emergency", "crisis_lines")
"""``city``: its name. ``emergency``: the emergency number. ``crisis_lines``: whom to call in despair, one line each."""

CrisisLines = Callable[[Language, datetime], str]
"""Whom to call in despair, in markup."""

_CRISIS_LINES_LENGTH = 300
"""UTF-16 units that the crisis lines take at most. Which ones are named, and until when they answer, changes by the hour."""
_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


class Placeholders:
    """Fills texts in. Whatever else stands in braces stays."""

    def __init__(self, city: CityFacts, crisis_lines: CrisisLines, clock: Clock) -> None:
        self._city = city
        self._crisis_lines = crisis_lines
        self._clock = clock

    def fill(self, body: str, language: Language) -> str:
        """The text as people read it now."""
        values: Mapping[str, Callable[[], str]] = {
            "city": lambda: escape(self._city.name),
            "emergency": lambda: escape(self._city.emergency_number),
            "crisis_lines": lambda: self._crisis_lines(language, self._clock()),
        }
        return _BRACES.sub(lambda found: values[found[1]]() if found[1] in values else found[0], body)


def unknown_in(body: str) -> Iterator[tuple[str, str | None]]:
    """Each thing in braces that is not filled in, and the placeholder that was probably meant."""
    for found in _BRACES.finditer(body):
        if found[1] not in PLACEHOLDERS:
            near = difflib.get_close_matches((found[1] or "").strip().lower(), PLACEHOLDERS, n=1)
            yield found[0][:40], f"{{{near[0]}}}" if near else None


def shown_length(marked: str, city: CityFacts) -> int:
    """How long a text is at most when it is shown: UTF-16 code units without markup, as Telegram counts."""
    widths = {"city": units(city.name), "emergency": units(city.emergency_number), "crisis_lines": _CRISIS_LINES_LENGTH}
    return units(to_plain(_BRACES.sub(lambda found: "x" * widths[found[1]] if found[1] in widths else found[0], marked)))


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "replace")) // 2
