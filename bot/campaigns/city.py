"""What campaigns need to know of the city: a small part of :class:`bot.city.City`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from bot.campaigns.schedule import Hours
from bot.messages import Language


class QuietHours(Protocol):
    """When no campaign message may arrive, on the city's wall clock."""

    @property
    def night(self) -> Hours: ...

    @property
    def school(self) -> Hours: ...


class SchoolCalendar(Protocol):
    """The days without school."""

    def is_school_free(self, day: date) -> bool:
        """Whether nobody is in class on that day."""


class EmergencyRules(Protocol):
    """What a broadcast in an emergency may do in this city."""

    @property
    def single_person(self) -> bool: ...

    @property
    def passes_quiet_hours(self) -> bool: ...

    @property
    def passes_pauses(self) -> bool: ...

    @property
    def passes_weekly_cap(self) -> bool: ...

    @property
    def news(self) -> str | None: ...


class CityDistrict(Protocol):
    """A part of the city that people may say they live in."""

    @property
    def code(self) -> str: ...


class CityFacts(Protocol):
    """Name, topics, languages, clock and limits of the city. The first language is the default."""

    @property
    def name(self) -> str: ...

    @property
    def emergency_number(self) -> str: ...

    @property
    def topics(self) -> tuple[str, ...]: ...

    @property
    def languages(self) -> tuple[Language, ...]: ...

    @property
    def time_zone(self) -> ZoneInfo: ...

    @property
    def quiet_hours(self) -> QuietHours: ...

    @property
    def calendar(self) -> SchoolCalendar: ...

    @property
    def weekly_cap(self) -> int: ...

    @property
    def emergency(self) -> EmergencyRules: ...

    @property
    def districts(self) -> Sequence[CityDistrict]: ...

    @property
    def statistics_minimum(self) -> int: ...

    def label(self, kind: Literal["topic", "district"], code: str, language: Language) -> str:
        """The name of a topic or district. Raises KeyError for an unknown one."""


@dataclass(frozen=True, slots=True)
class TermTime:
    """School hours on the days when there is school."""

    hours: Hours
    calendar: SchoolCalendar

    def contains(self, local: datetime) -> bool:
        """Whether pupils are in class."""
        return self.hours.contains(local) and not self.calendar.is_school_free(local.date())

    def next_end(self, local: datetime) -> datetime | None:
        """When class ends next."""
        return self.hours.next_end(local)


def quiet_hours(city: CityFacts) -> tuple[Hours, Hours]:
    """Both kinds of quiet hours, as :func:`bot.campaigns.schedule.next_allowed` takes them."""
    return city.quiet_hours.night, TermTime(city.quiet_hours.school, city.calendar)
