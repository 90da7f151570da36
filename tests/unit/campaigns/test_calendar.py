"""The calendar: every occurrence on its day, over jumps of the clocks and ends of months, with what speaks against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.calendar import (
    Clash,
    Entry,
    Fired,
    Plan,
    begun,
    clock_change,
    coming,
    hour_of,
    quiet_kind,
    with_clashes,
)
from bot.campaigns.rules import Repeat, Rhythm
from bot.campaigns.spans import Span, month_of, week_of, weeks_of
from bot.campaigns.tables import CampaignState, OccurrenceState
from tests.unit.campaigns.kit import Calendar, SmallCity, wall

CITY = SmallCity()
PARIS = CITY.time_zone
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOVEMBER, DECEMBER = month_of(date(2026, 11, 1)), month_of(date(2026, 12, 1))


def plan(at: str, **changes: object) -> Plan:
    return replace(Plan(1, 1, "Lock it twice", "bikes", CampaignState.DRAFT, wall(at)), **changes)  # type: ignore[arg-type]


def days_of(entries: list[Entry]) -> list[str]:
    return [entry.day.isoformat() for entry in entries]


def test_a_week_begins_as_the_language_says() -> None:
    friday = date(2026, 11, 27)
    assert week_of(friday, 0) == Span(date(2026, 11, 23), date(2026, 11, 29))
    assert week_of(friday, 6) == Span(date(2026, 11, 22), date(2026, 11, 28))


def test_a_month_is_shown_in_whole_weeks() -> None:
    assert weeks_of(month_of(date(2026, 11, 27)), 0) == Span(date(2026, 10, 26), date(2026, 12, 6))
    assert month_of(date(2028, 2, 3)).last == date(2028, 2, 29)
    assert month_of(date(2026, 12, 31)) == DECEMBER


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1)), st.integers(0, 6))
def test_a_month_in_weeks_is_never_too_long_to_look_at(day: date, first_weekday: int) -> None:
    shown = weeks_of(month_of(day), first_weekday)
    assert shown.contains(day) and len(list(shown.days())) % 7 == 0
    assert shown.widened().contains(day)


def test_a_span_has_an_end() -> None:
    with pytest.raises(ValueError, match="too long"):
        Span(date(2026, 1, 1), date(2026, 12, 31))
    with pytest.raises(ValueError, match="empty"):
        Span(date(2026, 1, 2), date(2026, 1, 1))


def test_the_last_minute_of_a_month_belongs_to_it_in_the_citys_time() -> None:
    late = plan("2026-11-30T23:59")
    assert days_of(coming(late, CITY, NOVEMBER, NOW)) == ["2026-11-30"]
    assert coming(late, CITY, DECEMBER, NOW) == []
    first = plan("2026-12-01T00:00")  # Still November in UTC.
    assert days_of(coming(first, CITY, DECEMBER, NOW)) == ["2026-12-01"]
    assert coming(first, CITY, NOVEMBER, NOW) == []


def test_what_repeats_stands_on_each_of_its_days_in_the_span() -> None:
    weekly = plan("2026-11-05T17:00", repeat=Repeat(Rhythm.WEEKLY, (3,), times=30), next_fire_at=datetime(2026, 11, 26, 16, tzinfo=UTC))
    assert days_of(coming(weekly, CITY, NOVEMBER, NOW)) == ["2026-11-26"]
    assert days_of(coming(weekly, CITY, DECEMBER, NOW)) == ["2026-12-03", "2026-12-10", "2026-12-17", "2026-12-24", "2026-12-31"]


def test_a_repeated_draft_shows_nothing_of_the_past_and_a_single_one_stays_where_it_was() -> None:
    daily = plan("2026-11-01T17:00", repeat=Repeat(Rhythm.WEEKLY, tuple(range(7)), until=date(2026, 11, 25)))
    assert days_of(coming(daily, CITY, NOVEMBER, NOW)) == ["2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25"]
    (missed,) = coming(plan("2026-11-03T17:00"), CITY, NOVEMBER, NOW)
    assert missed.is_missed(NOW) and not missed.is_missed(datetime(2026, 11, 1, tzinfo=UTC))


@pytest.mark.parametrize("state", [CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.DONE, CampaignState.CANCELLED])
def test_nothing_more_comes_of_what_has_no_next_date(state: CampaignState) -> None:
    assert coming(plan("2026-11-27T17:00", state=state), CITY, NOVEMBER, NOW) == []


def test_days_on_which_the_clocks_change_keep_their_occurrences() -> None:
    march, october = month_of(date(2027, 3, 1)), month_of(date(2027, 10, 1))
    sundays = Repeat(Rhythm.WEEKLY, (6,), times=104)
    (gap,) = [one for one in coming(plan("2027-03-07T02:30", repeat=sundays), CITY, march, NOW) if one.day == date(2027, 3, 28)]
    assert (gap.at.hour, gap.at.minute) == (3, 0)  # 02:30 does not exist: the first minute that does.
    twice = [one for one in coming(plan("2027-10-03T02:30", repeat=sundays), CITY, october, NOW) if one.day == date(2027, 10, 31)]
    assert [one.at.astimezone(UTC).hour for one in twice] == [0]  # It comes twice: the first of the two.
    assert clock_change(date(2027, 3, 28), PARIS) == timedelta(hours=1)
    assert clock_change(date(2027, 10, 31), PARIS) == timedelta(hours=-1)
    assert clock_change(date(2027, 10, 30), PARIS) == timedelta(0)


def test_the_hour_that_the_clocks_leave_out_does_not_exist() -> None:
    assert [hour_of(date(2027, 3, 28), hour, CITY).exists for hour in (1, 2, 3)] == [True, False, True]
    assert all(hour_of(date(2027, 10, 31), hour, CITY).exists for hour in range(24))
    half = replace(CITY, time_zone=ZoneInfo("Australia/Lord_Howe"))  # Jumps by half an hour: the other half exists.
    assert hour_of(date(2026, 10, 4), 2, half).exists


def test_hours_are_quiet_at_night_and_in_school_but_not_on_holidays() -> None:
    thursday = date(2026, 11, 26)
    assert [hour_of(thursday, hour, CITY).quiet for hour in (7, 8, 17, 21)] == [Clash.NIGHT, Clash.SCHOOL, None, Clash.NIGHT]
    assert (hour_of(thursday, 15, CITY).whole, hour_of(thursday, 16, CITY).whole) == (True, False)  # School ends at half past four.
    holiday = replace(CITY, calendar=Calendar(frozenset({thursday})))
    assert quiet_kind(wall("2026-11-26T10:00"), holiday) is None
    assert quiet_kind(wall("2026-11-26T23:00"), holiday) is Clash.NIGHT


def _entries(*moments: str, topic: str = "bikes") -> list[Entry]:
    plans = [plan(at, id=number, topic=topic) for number, at in enumerate(moments, start=1)]
    return [Entry(one, one.send_at.replace(tzinfo=PARIS)) for one in plans]


def clashes_of(entries: list[Entry], city: SmallCity = CITY) -> list[list[str]]:
    return [[str(clash) for clash in entry.clashes] for entry in with_clashes(entries, city)]


def test_two_on_one_topic_clash_on_the_same_day_only() -> None:
    assert clashes_of(_entries("2026-11-27T17:00", "2026-11-27T19:00")) == [["same_day"], ["same_day"]]
    assert clashes_of(_entries("2026-11-27T17:00", "2026-11-28T17:00")) == [[], []]
    other = replace(_entries("2026-11-27T19:00", topic="scams")[0])
    assert clashes_of([*_entries("2026-11-27T17:00"), other]) == [[], []]


def test_more_on_a_topic_than_the_weekly_cap_is_marked_on_all_of_them() -> None:
    four = _entries("2026-11-23T17:00", "2026-11-25T17:00", "2026-11-27T17:00", "2026-11-29T17:00")
    assert clashes_of(four) == [["weekly_cap"]] * 4
    assert clashes_of(four[:3]) == [[], [], []]
    # The fourth comes exactly seven days after the first: that one counts no more.
    assert clashes_of([*four[:3], *_entries("2026-11-30T17:00")]) == [[], [], [], []]
    assert clashes_of(four, replace(CITY, weekly_cap=4)) == [[], [], [], []]


def test_what_was_sent_counts_and_what_was_cancelled_does_not() -> None:
    (coming_one,) = _entries("2026-11-27T19:00")
    fired = Fired(datetime(2026, 11, 27, 16, tzinfo=UTC), OccurrenceState.DONE, 40)
    done = begun(plan("2026-11-27T17:00", id=2, state=CampaignState.DONE), fired, PARIS)
    cancelled = replace(done, fired=replace(fired, state=OccurrenceState.CANCELLED))
    assert clashes_of([done, coming_one]) == [[], ["same_day"]]
    assert clashes_of([cancelled, coming_one]) == [[], []]


def test_a_time_in_quiet_hours_is_marked_with_its_kind() -> None:
    assert clashes_of(_entries("2026-11-26T10:00", "2026-11-27T22:00")) == [["school"], ["night"]]


def test_only_what_fires_once_and_has_not_begun_can_be_moved() -> None:
    assert [plan("2026-11-27T17:00", state=state).can_move for state in CampaignState] == [True, True, True, False, False, False, False]
    assert not plan("2026-11-27T17:00", repeat=Repeat(Rhythm.MONTHLY, times=2)).can_move


def test_the_coming_dates_of_what_is_being_sent_are_approved_ones() -> None:
    running = plan("2026-11-27T17:00", state=CampaignState.RUNNING)
    assert Entry(running, NOW).state is CampaignState.APPROVED
    assert begun(running, Fired(NOW, OccurrenceState.PAUSED, 3), PARIS).state is CampaignState.PAUSED
