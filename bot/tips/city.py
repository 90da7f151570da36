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
    def files(self) -> bool:
        """Recordings, videos and documents are accepted as well. Never without ``photos``."""

    @property
    def urgent(self) -> bool:
        """A life may be in danger: the emergency number comes first."""

    @property
    def questions(self) -> Sequence[str]:
        """Codes of :class:`bot.city.TipQuestion`, in the order in which they are asked; ``what`` is among them."""


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


class Duty(Protocol):
    """Whether staff are on duty."""

    @property
    def is_open(self) -> bool | None:
        """None: this city has no hours of duty."""

    @property
    def opens_at(self) -> datetime | None:
        """When they are back, in the city's time zone."""


class TipCity(Protocol):
    """The city as tips see it."""

    @property
    def name(self) -> str:
        """As people know it."""

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
        """A name; the code itself for what the city gave up."""

    def duty(self, now: datetime) -> Duty:
        """Whether staff are on duty now, and when that begins next."""

    def local(self, now: datetime) -> datetime:
        """The moment in the city's time zone."""


def category_of(city: TipCity, code: str | None) -> Category | None:
    """The category of that code, None when the city does not have it (any more)."""
    return next((category for category in city.tip_categories if category.code == code), None)


def questions_of(city: TipCity, code: str | None) -> Sequence[str]:
    """What is asked in a category; nothing without one."""
    category = category_of(city, code)
    return category.questions if category else ()


def kept_for(city: TipCity, category: str) -> timedelta:
    """How long a tip rests before it is deleted; a category the city gave up keeps its longest time."""
    days = city.retention.tip_days
    return timedelta(days=days.get(category) or max(days.values()))
