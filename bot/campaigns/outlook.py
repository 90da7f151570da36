"""What a plan comes to: its next dates, as they will be kept. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.campaigns.city import CityFacts, quiet_hours
from bot.campaigns.dates import DateChange, Firing, firings
from bot.campaigns.drafts import FURTHEST, CampaignDraft
from bot.campaigns.rules import rule_of
from bot.campaigns.schedule import next_allowed


@dataclass(frozen=True, slots=True)
class PlannedDate:
    """One date: when it fires, and from when on it is sent (UTC). ``sent_from`` None: quiet hours last until it is too late.

    ``moved_from``: where its rule had it (UTC), when it was moved.
    """

    fires_at: datetime
    sent_from: datetime | None
    moved_from: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether it falls into quiet hours."""
        return self.sent_from != self.fires_at


def next_dates(
    draft: CampaignDraft, city: CityFacts, now: datetime, changes: Iterable[DateChange] = (), number: int = 5
) -> list[PlannedDate]:
    """The next dates of a plan from ``now`` on, at most ``number``; none of one that lies too far ahead."""
    if draft.send_at > now.replace(tzinfo=None) + FURTHEST:
        return []
    return [_planned(one, draft.late_after, city) for one in _firings(draft, city, now, changes)[:number]]


def moments(draft: CampaignDraft, city: CityFacts, after: datetime, changes: Iterable[DateChange] = ()) -> Iterator[datetime]:
    """When a plan fires (UTC), strictly after ``after``."""
    return (one.fires_at for one in _firings(draft, city, after, changes) if one.fires_at > after)


def _firings(draft: CampaignDraft, city: CityFacts, since: datetime, changes: Iterable[DateChange]) -> list[Firing]:
    return firings(rule_of(draft.send_at, draft.repeat, city.calendar.is_school_free), changes, city.time_zone, since)


def _planned(firing: Firing, late_after: timedelta, city: CityFacts) -> PlannedDate:
    sent_from = next_allowed(firing.fires_at, city.time_zone, quiet_hours(city))
    in_time = sent_from < firing.fires_at + late_after
    moved_from = firing.scheduled_for if firing.scheduled_for != firing.fires_at else None
    return PlannedDate(firing.fires_at, sent_from if in_time else None, moved_from)
