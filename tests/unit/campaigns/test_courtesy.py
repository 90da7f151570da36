"""What is owed to the people who are written to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.campaigns.courtesy import OwnHours, is_quiet, out_of_courtesy
from bot.campaigns.ledger import Outcome
from bot.campaigns.tables import DeliveryState
from tests.unit.campaigns.kit import FRIDAY_EVENING, Calendar, SmallCity, wall
from tests.unit.campaigns.test_verdicts import LETTER

CITY = SmallCity()
HOLIDAYS = SmallCity(calendar=Calendar(frozenset({date(2026, 12, 22)})))


def paris(text: str) -> datetime:
    return wall(text).replace(tzinfo=CITY.time_zone).astimezone(UTC)


def test_a_good_letter_at_a_good_time_goes_out() -> None:
    assert out_of_courtesy(LETTER, CITY, FRIDAY_EVENING) is None


def test_who_paused_gets_nothing_until_the_pause_ends() -> None:
    paused = replace(LETTER, paused_until=FRIDAY_EVENING + timedelta(seconds=1))
    assert out_of_courtesy(paused, CITY, FRIDAY_EVENING) == Outcome(DeliveryState.STOPPED, "paused_by_person")
    assert out_of_courtesy(paused, CITY, FRIDAY_EVENING + timedelta(seconds=1)) is None


def test_the_weekly_cap_holds_back_what_is_over_it() -> None:
    assert out_of_courtesy(replace(LETTER, received=2), CITY, FRIDAY_EVENING) is None
    assert out_of_courtesy(replace(LETTER, received=3), CITY, FRIDAY_EVENING) == Outcome(DeliveryState.STOPPED, "weekly_cap")


@pytest.mark.parametrize(
    ("evening", "morning", "now", "until"),
    [
        (18, None, "2026-11-28T17:59", None),
        (18, None, "2026-11-28T18:00", "2026-11-29T08:00"),  # own evening, then the city's night
        (18, None, "2026-11-26T18:00", "2026-11-27T16:30"),  # and then there is school
        (None, 10, "2026-11-28T09:59", "2026-11-28T10:00"),
        (None, 10, "2026-11-28T10:00", None),
        (19, 12, "2026-11-28T19:30", "2026-11-29T12:00"),
        (None, None, "2026-11-28T20:59", None),
    ],
)
def test_own_quiet_hours_wait_until_they_end(evening: int | None, morning: int | None, now: str, until: str | None) -> None:
    outcome = out_of_courtesy(replace(LETTER, evening=evening, morning=morning), CITY, paris(now))
    assert outcome == (None if until is None else Outcome(DeliveryState.PENDING, None, paris(until), tried=False))


def test_own_hours_and_the_citys_that_leave_nothing_make_it_expire() -> None:
    never = replace(CITY, quiet_hours=replace(CITY.quiet_hours, night=type(CITY.quiet_hours.night).parse("12:00-08:00")))
    letter = replace(LETTER, morning=12, expires_at=paris("2026-11-30T09:00"))
    outcome = out_of_courtesy(letter, never, paris("2026-11-28T09:00"))
    assert outcome == Outcome(DeliveryState.PENDING, None, letter.expires_at, tried=False)


def test_own_hours_know_their_end_on_either_side_of_midnight() -> None:
    own = OwnHours(18, 9)
    assert own.next_end(wall("2026-11-28T18:30")) == wall("2026-11-29T09:00")
    assert own.next_end(wall("2026-11-29T03:00")) == wall("2026-11-29T09:00")
    assert OwnHours(18, None).next_end(wall("2026-11-28T18:30")) == wall("2026-11-29T00:00")


def test_school_hours_do_not_count_in_the_holidays_and_the_night_does() -> None:
    assert is_quiet(CITY, paris("2026-12-22T10:00"))
    assert not is_quiet(HOLIDAYS, paris("2026-12-22T10:00"))
    assert is_quiet(HOLIDAYS, paris("2026-12-22T22:00"))
    assert is_quiet(HOLIDAYS, paris("2026-12-23T10:00"))
