"""By what the audience of a campaign is narrowed: only what people told of themselves, and when they are to be left in peace. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from bot.campaigns.city import CityFacts
from bot.campaigns.wishes import AGE_BANDS

MOST_DAYS = 30
"""How far back it is known who got what: the ledger forgets after that."""
MOST_HOURS = 24
"""How far back it is known who was in a talk about a harm: the conversation forgets after that."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Whom of a topic's subscribers a campaign is for; as it stands, for all of them.

    ``languages``, ``districts`` and ``age_bands``: one of these; whoever has not told is left out. ``joined_since``: chose the
    topic on that day or later. ``not_within_days``: leaves out who got any campaign in so many days. ``harm_hours``: whoever
    was in a talk about a harm in so many hours gets it only after them. ``received``: only those who got the campaign of that
    number, or may have got it.
    """

    languages: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()
    joined_since: date | None = None
    not_within_days: int = 0
    harm_hours: int = 0
    received: int | None = None

    def mistakes(self, city: CityFacts) -> Iterator[str]:
        """The names of the parts that this city cannot follow."""
        known: dict[str, set[str]] = {
            "languages": {str(language) for language in city.languages},
            "districts": {district.code for district in city.districts},
            "age_bands": set(AGE_BANDS),
        }
        yield from (name for name, codes in known.items() if not set(getattr(self, name)) <= codes)
        if not 0 <= self.not_within_days <= MOST_DAYS:
            yield "not_within_days"
        if not 0 <= self.harm_hours <= MOST_HOURS:
            yield "harm_hours"


EVERYBODY = Narrowing()
"""All subscribers of the topic."""


def dump_narrowing(narrowing: Narrowing) -> str:
    """As JSON with only the parts that narrow: nothing for everybody, as before there were any."""
    given = asdict(narrowing)
    said = {each.name: given[each.name] for each in fields(narrowing) if given[each.name] != getattr(EVERYBODY, each.name)}
    return json.dumps(said, default=date.isoformat, sort_keys=True)


def load_narrowing(dumped: str) -> Narrowing:
    """Read what :func:`dump_narrowing` wrote."""
    said: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(dumped).items()}
    if "joined_since" in said:
        said["joined_since"] = date.fromisoformat(said["joined_since"])
    return Narrowing(**said)
