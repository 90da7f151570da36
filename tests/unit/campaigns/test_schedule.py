"""When campaigns fire: wall-clock times, jumps of the clock, quiet hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.rules import Once
from bot.campaigns.schedule import next_after, next_allowed, to_utc
from bot.city import WeeklyHours
from tests.unit.campaigns.kit import wall

PARIS = ZoneInfo("Europe/Paris")
NIGHT = WeeklyHours.parse("21:00-08:00")
SCHOOL = WeeklyHours.parse("Mo-Fr 08:00-16:30")


class EveryDay:
    """A recurring rule, as later ones will be: proof that the seam for them holds."""

    def __init__(self, hour: int, minute: int = 0) -> None:
        self._time = timedelta(hours=hour, minutes=minute)

    def walls(self, since: datetime) -> Iterator[datetime]:
        midnight = since.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
        while True:
            midnight += timedelta(days=1)
            if midnight + self._time >= since:
                yield midnight + self._time


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_winter_and_a_summer_evening_are_an_hour_apart_in_utc() -> None:
    assert to_utc(wall("2026-12-04T18:00"), PARIS) == utc("2026-12-04T17:00")
    assert to_utc(wall("2026-07-03T18:00"), PARIS) == utc("2026-07-03T16:00")


def test_a_time_that_the_jump_leaves_out_becomes_the_first_valid_minute() -> None:
    assert to_utc(wall("2027-03-28T02:30"), PARIS) == utc("2027-03-28T01:00")
    assert to_utc(wall("2027-03-28T02:59"), PARIS) == utc("2027-03-28T01:00")


def test_a_time_that_comes_twice_is_the_first_of_the_two() -> None:
    assert to_utc(wall("2026-10-25T02:30"), PARIS) == utc("2026-10-25T00:30")


def test_a_whole_day_left_out_becomes_the_next_midnight() -> None:
    """Samoa crossed the date line at the end of 29 December 2011."""
    apia = ZoneInfo("Pacific/Apia")
    assert to_utc(wall("2011-12-30T12:00"), apia).astimezone(apia).replace(tzinfo=None) == wall("2011-12-31T00:00")


def test_a_one_off_fires_once() -> None:
    rule = Once(wall("2026-12-04T18:00"))
    first = next_after(rule, PARIS, utc("2026-12-01T00:00"))
    assert first == utc("2026-12-04T17:00")
    assert next_after(rule, PARIS, first) is None


def test_a_one_off_in_a_gap_is_found_from_right_before_the_jump() -> None:
    assert next_after(Once(wall("2027-03-28T02:15")), PARIS, utc("2027-03-28T00:59")) == utc("2027-03-28T01:00")


def test_a_daily_rule_fires_once_on_the_day_of_each_jump() -> None:
    for start, days in (("2027-03-27T12:00", 3), ("2026-10-24T12:00", 3)):
        moment, fired = utc(start), []
        for _ in range(days):
            after = next_after(EveryDay(2, 30), PARIS, moment)
            assert after is not None
            moment = after
            fired.append(moment.astimezone(PARIS).date())
        assert fired == [date.fromisoformat(start[:10]) + timedelta(days=n) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2026-11-27T18:00", "2026-11-27T18:00"),  # Friday evening
        ("2026-11-27T23:10", "2026-11-28T08:00"),  # Friday night into Saturday
        ("2026-11-26T23:10", "2026-11-27T16:30"),  # Thursday night, and then there is school
        ("2026-11-27T16:29", "2026-11-27T16:30"),
        ("2026-11-27T16:30", "2026-11-27T16:30"),
    ],
)
def test_quiet_hours_move_a_moment_to_their_end(moment: str, allowed: str) -> None:
    found = next_allowed(to_utc(wall(moment), PARIS), PARIS, [NIGHT, SCHOOL])
    assert found == to_utc(wall(allowed), PARIS)


def test_quiet_hours_that_never_end_are_an_error() -> None:
    always = WeeklyHours.parse("24/7")
    with pytest.raises(ValueError, match="no time"):
        next_allowed(utc("2026-11-27T12:00"), PARIS, [always])
    with pytest.raises(ValueError, match="no time"):
        next_allowed(utc("2026-11-27T12:00"), PARIS, [WeeklyHours.parse("08:00-20:00"), WeeklyHours.parse("20:00-08:00")])


def test_quiet_hours_that_end_in_a_repeated_hour_end_once() -> None:
    second_time = utc("2026-10-25T01:10")  # 02:10 for the second time
    assert next_allowed(second_time, PARIS, [WeeklyHours.parse("22:00-02:30")]) == second_time


@cache
def transitions() -> tuple[tuple[ZoneInfo, datetime], ...]:
    """Every change of offset from 2026 to 2036 in every IANA zone, to the minute; zones that change alike count once."""
    found: dict[tuple[tuple[datetime, timedelta | None], ...], ZoneInfo] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        found.setdefault(_changes(zone), zone)
    return tuple((zone, moment) for changes, zone in found.items() for moment, _ in changes)


def _changes(zone: ZoneInfo) -> tuple[tuple[datetime, timedelta | None], ...]:
    moment, changes = datetime(2026, 1, 1, tzinfo=UTC), []
    while moment.year < 2037:
        later = moment + timedelta(days=7)  # The shortest known spell, a Moroccan Ramadan, lasts a month.
        if moment.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            changes.append((_narrowed(moment, later, zone), later.astimezone(zone).utcoffset()))
        moment = later
    return tuple(changes)


def _narrowed(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) // timedelta(minutes=2) * timedelta(minutes=1)
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == offset else (before, middle)
    return after


def test_the_property_tests_see_many_transitions() -> None:
    assert len(transitions()) > 400


@given(data=st.data(), minutes=st.integers(-180, 180))
def test_around_every_transition_each_wall_time_has_the_promised_moment(data: st.DataObject, minutes: int) -> None:
    zone, jump = data.draw(st.sampled_from(transitions()))
    asked = jump.astimezone(zone).replace(tzinfo=None, fold=0) + timedelta(minutes=minutes)
    _check(asked, zone, jump)


def test_at_every_transition_the_edges_hold() -> None:
    """Both edges of every gap and of every repeated hour, exhaustively."""
    for zone, jump in transitions():
        after = jump.astimezone(zone).replace(tzinfo=None, fold=0)
        before = (jump - timedelta(minutes=1)).astimezone(zone).replace(tzinfo=None, fold=0)
        for asked in (before, before + timedelta(minutes=1), after - timedelta(minutes=1), after):
            _check(asked, zone, jump, around=150)


def _check(asked: datetime, zone: ZoneInfo, jump: datetime, around: int = 360) -> None:
    """The promise, found in the slowest and plainest way: try the minutes around the jump one by one."""
    shown = [jump + timedelta(minutes=offset) for offset in range(-around, around + 1)]
    matches = [moment for moment in shown if moment.astimezone(zone).replace(tzinfo=None, fold=0) == asked]
    assert to_utc(asked, zone) == (matches[0] if matches else jump)
