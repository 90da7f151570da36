"""Opening hours: the notation, the moment, and the next change."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.city import WeeklyHours

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONDAY = datetime(2026, 11, 16)  # noqa: DTZ001 - wall-clock time on purpose

moments = st.integers(0, 7 * 24 * 60 - 1).map(lambda minute: MONDAY + timedelta(minutes=minute))
times = st.tuples(st.integers(0, 23), st.integers(0, 59))
Rule = tuple[set[int], tuple[int, int], tuple[int, int]]
rules = st.lists(st.tuples(st.sets(st.integers(0, 6), min_size=1), times, times), min_size=1, max_size=3)


def at(day: str, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return MONDAY + timedelta(days=DAYS.index(day), hours=int(hour), minutes=int(minute))


def notation_of(written: list[Rule]) -> str:
    return "; ".join(
        f"{','.join(DAYS[day] for day in sorted(days))} {start[0]:02}:{start[1]:02}-{end[0]:02}:{end[1]:02}" for days, start, end in written
    )


def covered(written: list[Rule], moment: datetime) -> bool:
    """The same question answered in the slowest, plainest way: on the day itself, or from the evening before."""
    clock = (moment.hour, moment.minute)
    for days, start, end in written:
        overnight = end <= start
        today = moment.weekday() in days and start <= clock and (overnight or clock < end)
        since_yesterday = overnight and (moment.weekday() - 1) % 7 in days and clock < end
        if today or since_yesterday:
            return True
    return False


@pytest.mark.parametrize(
    ("notation", "day", "clock", "is_open"),
    [
        ("24/7", "Su", "03:00", True),
        ("Mo-Su 09:00-23:00", "Su", "23:00", False),
        ("Mo-Su 09:00-23:00", "Su", "22:59", True),
        ("09:00-23:00", "We", "09:00", True),
        ("Mo-Fr 09:00-12:00,14:00-18:00", "Tu", "13:00", False),
        ("Mo-Fr 09:00-12:00,14:00-18:00", "Tu", "14:00", True),
        ("Mo-Fr 09:00-18:00; Sa 10:00-12:00", "Sa", "11:00", True),
        ("Fr-Mo 10:00-11:00", "Su", "10:30", True),
        ("Fr-Mo 10:00-11:00", "We", "10:30", False),
        ("Su 22:00-06:00", "Mo", "05:59", True),
        ("Su 22:00-06:00", "Mo", "06:00", False),
        ("Mo 00:00-24:00", "Mo", "23:59", True),
    ],
)
def test_it_knows_whether_it_is_open(notation: str, day: str, clock: str, is_open: bool) -> None:
    assert WeeklyHours.parse(notation).contains(at(day, clock)) is is_open


@given(rules, moments)
def test_any_rules_agree_with_the_plainest_reading(written: list[Rule], moment: datetime) -> None:
    assert WeeklyHours.parse(notation_of(written)).contains(moment) is covered(written, moment)


@given(rules, moments)
def test_the_next_start_is_the_first_moment_at_which_closed_turns_into_open(
    written: list[Rule], moment: datetime
) -> None:
    hours = WeeklyHours.parse(notation_of(written))
    start = hours.next_start(moment)
    if start is None:
        assert hours.always
        return
    assert moment < start <= moment + timedelta(days=7)
    assert hours.contains(start) and not hours.contains(start - timedelta(minutes=1))
    if not hours.contains(moment):
        between = range(1, int((start - moment).total_seconds() // 60), 37)
        assert not any(hours.contains(moment + timedelta(minutes=step)) for step in between)


@given(rules, moments)
def test_the_next_end_is_the_first_moment_at_which_open_turns_into_closed(
    written: list[Rule], moment: datetime
) -> None:
    hours = WeeklyHours.parse(notation_of(written))
    end = hours.next_end(moment)
    if end is None:
        assert hours.always
        return
    assert moment < end <= moment + timedelta(days=7)
    assert hours.contains(end - timedelta(minutes=1)) and not hours.contains(end)


def test_seconds_do_not_postpone_an_opening() -> None:
    hours = WeeklyHours.parse("09:00-23:00")
    assert hours.next_start(at("Mo", "08:59").replace(second=59)) == at("Mo", "09:00")


def test_a_night_from_sunday_to_monday_is_one_span() -> None:
    hours = WeeklyHours.parse("Su 22:00-06:00; We 10:00-11:00")
    assert hours.next_start(at("We", "12:00")) == at("Su", "22:00")
    assert hours.next_end(at("Su", "23:00")) == at("Mo", "06:00") + timedelta(days=7)
    assert hours.next_start(at("Su", "23:00")) == at("We", "10:00") + timedelta(days=7)


def test_every_day_from_midnight_to_midnight_is_always() -> None:
    assert WeeklyHours.parse("Mo-Su 00:00-24:00").always


@pytest.mark.parametrize(
    "notation", ["", "always", "Mo-Fr", "Mx 09:00-10:00", "Mo 9-10", "Mo 25:00-26:00", "Mo 09:61-10:00", "Mo 09:00-24:01"]
)
def test_what_cannot_be_read_is_said(notation: str) -> None:
    with pytest.raises(ValueError, match=r"cannot read|no such time"):
        WeeklyHours.parse(notation)


@given(st.text(max_size=40))
def test_no_text_makes_it_crash_otherwise(notation: str) -> None:
    try:
        WeeklyHours.parse(notation)
    except ValueError as error:
        assert str(error)


def test_time_inside_the_hours_is_counted_over_nights_and_weeks() -> None:
    office = WeeklyHours.parse("Mo-Fr 09:00-17:00")
    friday, monday = MONDAY + timedelta(days=4, hours=16), MONDAY + timedelta(days=7, hours=10, minutes=30)

    assert office.between(friday, monday) == timedelta(hours=2, minutes=30)
    assert office.between(friday, friday + timedelta(weeks=3)) == timedelta(hours=120)
    assert office.between(friday, friday) == timedelta(0) == office.between(monday, friday)
    assert WeeklyHours.parse("24/7").between(friday, monday) == monday - friday
