"""What a plan comes to: its next dates, as they will be kept. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from bot.campaigns.city import CityFacts, quiet_hours
from bot.campaigns.drafts import FURTHEST, CampaignDraft
from bot.campaigns.rules import rule_of
from bot.campaigns.schedule import next_after, next_allowed


@dataclass(frozen=True, slots=True)
class PlannedDate:
    """One date: when it fires, and from when on it is sent (UTC). ``sent_from`` None: quiet hours last until it is too late."""

    fires_at: datetime
    sent_from: datetime | None

    @property
    def waits(self) -> bool:
        """Whether it falls into quiet hours."""
        return self.sent_from != self.fires_at


def next_dates(draft: CampaignDraft, city: CityFacts, now: datetime, number: int = 5) -> list[PlannedDate]:
    """The next dates of a plan from ``now`` on, at most ``number``; none of one that lies too far ahead."""
    if draft.send_at > now.replace(tzinfo=None) + FURTHEST:
        return []
    return [_planned(moment, draft.late_after, city) for moment in islice(moments(draft, city, now - timedelta(seconds=1)), number)]


def moments(draft: CampaignDraft, city: CityFacts, after: datetime) -> Iterator[datetime]:
    """When a plan fires (UTC), strictly after ``after``."""
    rule = rule_of(draft.send_at, draft.repeat, city.calendar.is_school_free)
    moment = next_after(rule, city.time_zone, after)
    while moment is not None:
        yield moment
        moment = next_after(rule, city.time_zone, moment)


def _planned(moment: datetime, late_after: timedelta, city: CityFacts) -> PlannedDate:
    sent_from = next_allowed(moment, city.time_zone, quiet_hours(city))
    return PlannedDate(moment, sent_from if sent_from < moment + late_after else None)
