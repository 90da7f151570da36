"""Threads: what may be wrong with their ways, how they are outlined, and who begins at which hour in every zone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.campaigns.thread_answers import due_after
from bot.campaigns.threads import (
    END,
    MARGIN,
    Line,
    Onward,
    Pace,
    days_later,
    dump_onward,
    find_faults,
    joined,
    load_onward,
    next_hour,
    outline,
)
from tests.unit.campaigns.kit import SmallCity

PARIS = ZoneInfo("Europe/Paris")
FORK = (
    Onward("start", "calm", answers=((1, "loud"),), joining=1),
    Onward("loud", "end"),
    Onward("calm", "end"),
    Onward("end"),
)
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"})).map(ZoneInfo)
MOMENTS = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
HOURS = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def faults(*onwards: Onward, answers: int = 2) -> list[tuple[int, str]]:
    return [(fault.index, fault.code) for fault in find_faults(onwards, [answers] * len(onwards))]


def test_a_thread_that_forks_and_joins_again_is_sound() -> None:
    assert faults(*FORK) == []
    assert (FORK[0].after(1), FORK[0].after(2)) == ("loud", "calm")


def test_what_is_wrong_is_named_with_its_episode() -> None:
    assert faults(Onward("a", "c"), Onward("b")) == [(0, "thread_nowhere"), (1, "thread_unreachable")]
    assert faults(Onward("a", "b"), Onward("b", "a")) == [(1, "thread_circle")]
    assert faults(Onward("a", "a"), Onward("b")) == [(0, "thread_circle"), (1, "thread_unreachable")]
    assert faults(Onward("a", "b"), Onward("b"), Onward("b"))[0] == (2, "thread_twice")
    assert faults(Onward("a", "b", answers=((3, "b"),)), Onward("b")) == [(0, "thread_no_answer")]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=6))
def test_a_thread_without_faults_ends_for_everybody_and_shows_each_episode_once(ways: list[tuple[int, int]]) -> None:
    keys = [f"e{number}" for number in range(len(ways))]
    name = dict(enumerate(keys))
    onwards = [Onward(key, name.get(n, END), answers=((1, name.get(a, END)),)) for key, (n, a) in zip(keys, ways, strict=True)]
    if not find_faults(onwards, [1] * len(onwards)):
        by_key = {one.key: one for one in onwards}
        front, steps = {keys[0]}, 0
        while front := {target for key in front for target in by_key[key].targets if target}:
            steps += 1
            assert steps < len(keys)
        assert sorted(line.index for line in outline(onwards) if line.index is not None and not line.again) == list(range(len(keys)))


def test_the_outline_sets_in_what_forks_and_unfolds_each_episode_once() -> None:
    assert outline(FORK) == [
        Line(0, 0),
        Line(1, 2, (0,)),
        Line(1, 3),
        Line(1, 1, (1,)),
        Line(1, 3, again=True),
    ]


@settings(max_examples=300)
@given(MOMENTS, st.integers(0, 60), HOURS, ZONES)
def test_everybody_begins_at_exactly_one_hour_so_many_days_after_joining(since: datetime, days: int, at: time, zone: ZoneInfo) -> None:
    around = [days_later(since, days + off, at, zone) for off in range(-3, 4)]
    mine = [due for due in around if joined(due, days, at, zone)[0] <= since < joined(due, days, at, zone)[1]]
    assert len(set(mine)) == 1
    if days:
        assert mine[0].astimezone(zone).date() == since.astimezone(zone).date() + timedelta(days=days)
    else:
        assert MARGIN < mine[0] - since <= timedelta(days=1, hours=25) + MARGIN


@given(st.integers(-20, 20))
def test_no_moment_around_the_hour_falls_between_two_days(minutes: int) -> None:
    since = days_later(datetime(2026, 11, 28, tzinfo=UTC), 0, time(17), PARIS) + timedelta(minutes=minutes)
    hours = [days_later(since, off, time(17), PARIS) for off in range(-1, 3)]
    assert [joined(due, 0, time(17), PARIS)[0] <= since < joined(due, 0, time(17), PARIS)[1] for due in hours].count(True) == 1


@settings(max_examples=300)
@given(MOMENTS, HOURS, ZONES)
def test_the_next_hour_is_the_first_one_ahead(after: datetime, at: time, zone: ZoneInfo) -> None:
    found = next_hour(after, at, zone)
    assert after < found
    assert not [days_later(after, off, at, zone) for off in range(-2, 3) if after < days_later(after, off, at, zone) < found]


@settings(max_examples=300)
@given(MOMENTS, st.integers(1, 60), HOURS, ZONES)
def test_an_answer_never_makes_it_later_than_the_next_day(now: datetime, days: int, at: time, zone: ZoneInfo) -> None:
    city = SmallCity()
    assert due_after(Pace.TIME, now, at, zone, city) is None
    tomorrow = due_after(Pace.NEXT_DAY, now, at, zone, city)
    assert tomorrow is not None and tomorrow <= days_later(now, days, at, zone)


@pytest.mark.parametrize(
    ("said", "comes"), [("2026-11-27T17:00:01", "2026-11-27T17:00:05"), ("2026-11-27T20:30:00", "2026-11-28T07:00:00")]
)
def test_at_once_is_in_seconds_but_never_at_night(said: str, comes: str) -> None:
    now = datetime.fromisoformat(said + "+00:00")
    assert due_after(Pace.AT_ONCE, now, time(17), PARIS, SmallCity()) == datetime.fromisoformat(comes + "+00:00")


def test_the_hour_stays_when_the_clocks_change() -> None:
    before = datetime(2027, 3, 27, 16, 0, tzinfo=UTC)
    assert [days_later(before, days, time(17), PARIS).hour for days in (0, 1, 2)] == [16, 15, 15]


def test_what_is_stored_is_read_back() -> None:
    onward = Onward("a", "b", 3, ((1, "c"), (2, END)), Pace.AT_ONCE, 0)
    assert load_onward(dump_onward(onward)) == onward
