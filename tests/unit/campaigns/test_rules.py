"""Which days a rule means, and that each of them fires once, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.outlook import next_dates
from bot.campaigns.rules import LONGEST, MOST, Recurring, Repeat, Rhythm, dump_rule, load_rule, rule_of
from bot.campaigns.schedule import next_after, to_utc
from tests.unit.campaigns.kit import FRIDAY_EVENING, Calendar, SmallCity, draft, wall
from tests.unit.campaigns.test_schedule import transitions

ALL_DAYS = tuple(range(7))


def days(first: str, repeat: Repeat, number: int = 4, free: frozenset[date] = frozenset()) -> list[str]:
    walls = Recurring(wall(f"{first}T18:00"), repeat, free.__contains__).walls(wall(f"{first}T00:00"))
    return [f"{moment:%m-%d}" for moment in islice(walls, number)]


def test_weekly_means_the_chosen_weekdays_from_the_first_day_on() -> None:
    assert days("2026-11-24", Repeat(Rhythm.WEEKLY, (0, 4), times=4)) == ["11-27", "11-30", "12-04", "12-07"]


def test_monthly_means_the_same_day_and_in_short_months_the_last() -> None:
    assert days("2027-01-31", Repeat(Rhythm.MONTHLY, times=4)) == ["01-31", "02-28", "03-31", "04-30"]


def test_the_first_and_the_last_friday_of_the_month() -> None:
    assert days("2026-11-27", Repeat(Rhythm.LAST_WEEKDAY, times=4)) == ["11-27", "12-25", "01-29", "02-26"]
    assert days("2026-11-27", Repeat(Rhythm.FIRST_WEEKDAY, times=4)) == ["12-04", "01-01", "02-05", "03-05"]


def test_it_ends_after_the_last_day_or_the_last_time() -> None:
    assert days("2026-11-27", Repeat(Rhythm.WEEKLY, (4,), until=date(2026, 12, 4)), 9) == ["11-27", "12-04"]
    assert days("2026-11-27", Repeat(Rhythm.WEEKLY, (4,), until=date(2027, 12, 4), times=3), 9) == ["11-27", "12-04", "12-11"]


def test_in_terms_only_days_without_school_are_left_out_and_not_counted() -> None:
    free = frozenset({date(2026, 12, 4), date(2026, 12, 11)})
    assert days("2026-11-27", Repeat(Rhythm.WEEKLY, (4,), times=3, term_only=True), 9, free) == ["11-27", "12-18", "12-25"]
    assert days("2026-11-27", Repeat(Rhythm.WEEKLY, (4,), times=3), 9, free) == ["11-27", "12-04", "12-11"]


def test_no_rule_goes_on_for_ever() -> None:
    assert len(days("2026-11-27", Repeat(Rhythm.WEEKLY, ALL_DAYS), 9999)) == MOST
    assert days("2026-11-27", Repeat(Rhythm.WEEKLY, (), times=5), 9999) == []
    assert days("9999-12-30", Repeat(Rhythm.WEEKLY, ALL_DAYS), 9999) == ["12-30", "12-31"]


def test_the_times_are_counted_from_the_first_day_wherever_one_looks_from() -> None:
    rule = Recurring(wall("2026-11-27T18:00"), Repeat(Rhythm.WEEKLY, (4,), times=3), lambda _: False)
    assert list(rule.walls(wall("2026-12-05T00:00"))) == [wall("2026-12-11T18:00")]


def test_a_one_off_has_the_row_it_always_had() -> None:
    """Else campaigns approved before would not be what was approved any more."""
    assert dump_rule(wall("2026-12-04T18:00"), None) == '{"kind": "once", "at": "2026-12-04T18:00"}'


@pytest.mark.parametrize("repeat", [None, Repeat(Rhythm.WEEKLY, (0, 4), date(2027, 1, 1), 7, True), Repeat(Rhythm.LAST_WEEKDAY)])
def test_a_rule_survives_its_row(repeat: Repeat | None) -> None:
    assert load_rule(dump_rule(wall("2026-12-04T18:00"), repeat)) == (wall("2026-12-04T18:00"), repeat)


def test_a_rule_of_a_later_version_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        load_rule('{"kind": "lunar", "at": "2026-12-04T18:00"}')


def test_the_outlook_says_when_a_date_waits_and_when_it_would_be_too_late() -> None:
    calendar = Calendar(frozenset({date(2026, 12, 4)}))
    plan = draft(send_at=wall("2026-11-27T16:00"), late_after=timedelta(hours=1), repeat=Repeat(Rhythm.WEEKLY, (4,), times=2))
    waits, free = next_dates(plan, SmallCity(calendar=calendar), FRIDAY_EVENING - timedelta(days=1))
    assert waits.waits and waits.sent_from == waits.fires_at + timedelta(minutes=30)
    assert not free.waits
    late = next_dates(draft(send_at=wall("2026-11-27T10:00")), SmallCity(), FRIDAY_EVENING - timedelta(days=1))
    assert [one.sent_from for one in late] == [None]


def test_at_every_transition_until_2036_each_day_fires_once_at_the_promised_moment() -> None:
    """Every zone's every change of its clocks: at the edges of the gap or of the repeated hour, by a daily rule."""
    for zone, jump in transitions():
        after = jump.astimezone(zone).replace(tzinfo=None, fold=0)
        before = (jump - timedelta(minutes=1)).astimezone(zone).replace(tzinfo=None, fold=0)
        for asked in {before, before + timedelta(minutes=1), after, after - timedelta(minutes=1)}:
            first = asked - timedelta(days=1)
            rule = rule_of(first, Repeat(Rhythm.WEEKLY, ALL_DAYS, times=3), lambda _: False)
            fired, moment = [], next_after(rule, zone, jump - timedelta(days=4))
            while moment is not None:
                fired.append(moment)
                moment = next_after(rule, zone, moment)
            assert fired == [to_utc(first + timedelta(days=number), zone) for number in range(3)], (zone.key, asked)


@given(
    first=st.datetimes(wall("2026-01-01"), wall("2036-12-31")).map(lambda moment: moment.replace(second=0, microsecond=0)),
    rhythm=st.sampled_from(Rhythm),
    weekdays=st.sets(st.integers(0, 6)),
    times=st.none() | st.integers(1, 60),
    steps=st.lists(st.integers(0, 60 * 24 * 40), min_size=1, max_size=8),
)
def test_whatever_the_clock_does_between_looks_each_date_comes_once_and_in_order(
    first: datetime, rhythm: Rhythm, weekdays: set[int], times: int | None, steps: list[int]
) -> None:
    """A clockwork asks for the next date after the one that it fired, never after what its clock shows."""
    zone = SmallCity().time_zone
    rule = rule_of(first, Repeat(rhythm, tuple(sorted(weekdays)), times=times), lambda _: False)
    fired, after = [], first.replace(tzinfo=UTC) - timedelta(days=2)
    for _ in steps:
        moment = next_after(rule, zone, after)
        if moment is None:
            break
        fired.append(moment)
        after = moment
    assert all(one < other for one, other in pairwise(fired))
    assert fired == [to_utc(each, zone) for each in islice(rule.walls(first), len(fired))]
    assert not fired or fired[-1] - fired[0] <= LONGEST + timedelta(days=1)
