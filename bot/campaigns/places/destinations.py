"""The public places that a campaign also goes to, with the language for each: part of what a second person approves. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from bot.messages import Language


@dataclass(frozen=True, slots=True, order=True)
class Destination:
    """A place, by its number, and the language in which the campaign is posted there."""

    place: int
    language: Language


def dump_destinations(destinations: Iterable[Destination]) -> str:
    """As JSON, in the order of the places."""
    return json.dumps(as_plain(destinations))


def as_plain(destinations: Iterable[Destination]) -> list[list[int | str]]:
    """Lists and texts only, for a hash that changes with every place and language."""
    return [[one.place, one.language] for one in sorted(set(destinations))]


def load_destinations(dumped: str) -> tuple[Destination, ...]:
    """Read what :func:`dump_destinations` wrote."""
    return tuple(Destination(place, Language(language)) for place, language in json.loads(dumped))
