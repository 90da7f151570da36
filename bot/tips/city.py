"""What tips need to know about the city. ``bot.city.City`` offers it; tests bring their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.messages import Language


class Category(Protocol):
    """What a tip can be about."""

    @property
    def code(self) -> str:
        """Short name, stored with the tip."""

    @property
    def photos(self) -> bool:
        """Photos are accepted, since no intimate image is to be expected here."""

    @property
    def urgent(self) -> bool:
        """A life may be in danger: the emergency number comes first."""


class Place(Protocol):
    """A part of the city."""

    @property
    def code(self) -> str:
        """Short name, stored with the tip."""

    @property
    def name(self) -> str:
        """As people know it."""


class Retention(Protocol):
    """For how long things are kept."""

    @property
    def tip_days(self) -> Mapping[str, int]:
        """Days after a tip's last change, by category."""


class TipCity(Protocol):
    """The city as tips see it."""

    @property
    def languages(self) -> tuple[Language, ...]:
        """The first one is the default."""

    @property
    def tip_categories(self) -> Sequence[Category]:
        """In the order in which they are offered."""

    @property
    def tip_labels(self) -> Sequence[str]:
        """Codes of the labels that moderators choose from."""

    @property
    def districts(self) -> Sequence[Place]:
        """In the order in which they are offered."""

    @property
    def retention(self) -> Retention:
        """For how long tips are kept."""

    def district_at(self, latitude: float, longitude: float) -> Place | None:
        """The district that a place lies in, None outside the city."""

    def label(self, kind: Literal["topic", "category", "district"], code: str, language: Language) -> str:
        """A name. Raises KeyError when the city has no such thing."""

    def somebody_reads(self, now: datetime) -> bool:
        """True when staff are on duty."""


def category_of(city: TipCity, code: str | None) -> Category | None:
    """The category of that code, None when the city does not have it (any more)."""
    return next((category for category in city.tip_categories if category.code == code), None)


def kept_for(city: TipCity, category: str) -> timedelta:
    """How long a tip rests before it is deleted; a category the city gave up keeps its longest time."""
    days = city.retention.tip_days
    return timedelta(days=days.get(category) or max(days.values()))
