"""What is owed to the people who are written to: when a message waits, and when it is not sent to somebody at all. Pure.

Everybody who subscribes may be fourteen, so these rules hold for everybody. A broadcast in an emergency passes those that the
city allows it to pass, and no others. The sender asks here, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.campaigns.city import CityFacts, quiet_hours
from bot.campaigns.ledger import Outcome
from bot.campaigns.letters import Letter
from bot.campaigns.schedule import next_allowed
from bot.campaigns.tables import DeliveryState

EVENINGS = (18, 19, 20)
"""Hours from which a person may want no messages; the city's own night begins later and always counts."""
MORNINGS = (9, 10, 12)
"""Hours until which a person may want no messages."""


@dataclass(frozen=True, slots=True)
class OwnHours:
    """The quiet hours that a person chose: from ``evening`` to ``morning`` (full hours); None: midnight."""

    evening: int | None
    morning: int | None

    def contains(self, local: datetime) -> bool:
        """Whether the wall-clock time lies inside."""
        return local.hour >= (self.evening or 24) or local.hour < (self.morning or 0)

    def next_end(self, local: datetime) -> datetime | None:
        """When they end next after ``local``."""
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        end = midnight + timedelta(hours=self.morning or 0)
        return end if end > local else end + timedelta(days=1)


def is_quiet(city: CityFacts, now: datetime) -> bool:
    """Whether it is night, or pupils are in class: nobody gets anything."""
    return next_allowed(now, city.time_zone, quiet_hours(city)) > now


def out_of_courtesy(letter: Letter, city: CityFacts, now: datetime) -> Outcome | None:
    """Why this person does not get the message, or not now; None when nothing speaks against it.

    Outside own quiet hours it is tried again, at their end; if that is too late it expires like any other.
    """
    passes = letter.emergency
    if letter.paused_until is not None and letter.paused_until > now and not (passes and city.emergency.passes_pauses):
        return Outcome(DeliveryState.STOPPED, "paused_by_person")
    if letter.received >= city.weekly_cap and not (passes and city.emergency.passes_weekly_cap):
        return Outcome(DeliveryState.STOPPED, "weekly_cap")
    if passes and city.emergency.passes_quiet_hours:
        return None
    waits_until = _end_of_quiet(letter, city, now)
    return None if waits_until <= now else Outcome(DeliveryState.PENDING, None, waits_until, tried=False)


def after_a_talk(letter: Letter, talked_at: datetime | None, now: datetime) -> Outcome | None:
    """Whoever was in a talk about a harm gets the message later, or never if that is too late.

    Delayed, not left out: a number of people left out would tell how many of an audience were in such a talk.
    """
    if talked_at is None or (alone_until := talked_at + timedelta(hours=letter.harm_hours)) <= now:
        return None
    return Outcome(DeliveryState.PENDING, None, alone_until, tried=False)


def _end_of_quiet(letter: Letter, city: CityFacts, now: datetime) -> datetime:
    own = OwnHours(letter.evening, letter.morning)
    try:
        return next_allowed(now, city.time_zone, (*quiet_hours(city), own))
    except ValueError:
        # Own hours and the city's leave nothing: then the person wants no messages at any time.
        return letter.expires_at
