"""What campaigns need to know of the city: a small part of :class:`bot.city.City`."""

from __future__ import annotations

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
    def statistics_minimum(self) -> int: ...

    def label(self, kind: Literal["topic"], code: str, language: Language) -> str:
        """The name of a topic. Raises KeyError for an unknown one."""


def quiet_hours(city: CityFacts) -> tuple[Hours, Hours]:
    """Both kinds of quiet hours, as :func:`bot.campaigns.schedule.next_allowed` takes them."""
    return city.quiet_hours.night, city.quiet_hours.school
