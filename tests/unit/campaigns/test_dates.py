"""Changed dates: whatever is moved, left out and taken back, each original date fires once or not at all, never twice."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.date_rules import Dated, find_obstacles
from bot.campaigns.dates import DateChange, Reach, firing_of, firings, plan_dates, with_change
from bot.campaigns.rules import Recurring, Repeat, Rhythm
from bot.campaigns.schedule import to_utc
from tests.unit.campaigns.kit import SmallCity, wall

CITY = SmallCity()
PARIS = CITY.time_zone
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FRIDAYS = Repeat(Rhythm.WEEKLY, (4,), times=6)
FIRST = wall("2026-11-27T18:30")
ZONES = st.sampled_from(["Europe/Paris", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Casablanca", "America/New_York"])
RHYTHMS = st.sampled_from(
    [
        Repeat(Rhythm.WEEKLY, (0, 3), times=12),
        Repeat(Rhythm.MONTHLY, times=9),
        Repeat(Rhythm.LAST_WEEKDAY, times=9),
        Repeat(Rhythm.WEEKLY, (4,), times=20, term_only=True),
    ]
)


def fridays(*changes: DateChange, begun: frozenset[datetime] = frozenset()) -> Dated:
    return Dated(FIRST, FRIDAYS, changes, begun)


def one(original: str, to: str | None) -> DateChange:
    return DateChange(wall(original), Reach.ONE, wall(to) if to else None)


def onward(original: str, to: str) -> DateChange:
    return DateChange(wall(original), Reach.FOLLOWING, wall(to))


def tried(change: DateChange, plan: Dated | None = None, now: datetime = NOW) -> list[str]:
    plan = plan or fridays()
    return list(find_obstacles(plan, with_change(plan.changes, change), change.original, CITY, now))


def times(*changes: DateChange) -> list[str]:
    rule = Recurring(FIRST, FRIDAYS, lambda day: False)
    return [f"{date.at:%m-%d %H:%M}" for date in plan_dates(rule, changes) if not date.skipped]


def test_one_date_moves_alone_and_another_is_left_out() -> None:
    assert times(one("2026-12-04T18:30", "2026-12-03T17:00"), one("2026-12-18T18:30", None)) == [
        "11-27 18:30", "12-03 17:00", "12-11 18:30", "12-25 18:30", "01-01 18:30"
    ]  # fmt: skip


def test_all_that_follow_move_but_what_was_put_somewhere_by_itself_stays() -> None:
    changes = (one("2026-12-18T18:30", "2026-12-20T12:00"), one("2026-12-25T18:30", None), onward("2026-12-11T18:30", "2026-12-10T17:00"))
    assert times(*changes) == ["11-27 18:30", "12-04 18:30", "12-10 17:00", "12-20 12:00", "12-31 17:00"]


def test_a_later_word_on_all_that_follow_counts_from_there_on() -> None:
    changes = with_change((onward("2026-12-11T18:30", "2026-12-10T17:00"),), onward("2026-12-25T18:30", "2026-12-26T12:00"))
    assert times(*changes)[2:] == ["12-10 17:00", "12-17 17:00", "12-26 12:00", "01-02 12:00"]
    changes = with_change(changes, onward("2026-12-04T18:30", "2026-12-05T10:00"))
    assert [change.original.day for change in changes] == [4]


def test_a_moved_date_keeps_its_time_on_the_wall_when_clocks_change_in_between() -> None:
    rule = Recurring(wall("2027-03-26T18:30"), Repeat(Rhythm.WEEKLY, (4,), times=1), lambda day: False)
    (moved,) = firings(rule, [DateChange(wall("2027-03-26T18:30"), Reach.ONE, wall("2027-03-28T18:30"))], PARIS, NOW)
    assert (moved.scheduled_for, moved.fires_at) == (datetime(2027, 3, 26, 17, 30, tzinfo=UTC), datetime(2027, 3, 28, 16, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (one("2026-12-04T18:30", "2026-12-04T22:30"), "date_quiet"),
        (one("2026-12-04T18:30", "2026-12-03T10:00"), "date_quiet"),
        (one("2026-12-04T18:30", "2026-11-22T12:30"), "date_past"),
        (one("2026-12-04T18:30", "2027-01-05T18:30"), "date_too_far"),
        (one("2026-12-04T18:30", "2026-12-11T17:00"), "date_taken"),
        (onward("2026-12-04T18:30", "2026-12-03T10:00"), "date_quiet"),
        (onward("2026-12-11T18:30", "2026-12-04T17:00"), "date_taken"),
        (one("2026-12-05T18:30", "2026-12-06T18:30"), "date_over"),
    ],
)
def test_what_speaks_against_a_place_is_said(change: DateChange, code: str) -> None:
    assert code in tried(change)


def test_a_date_that_was_sent_cannot_move_and_the_last_one_is_not_left_out() -> None:
    sent = to_utc(FIRST, PARIS)
    assert tried(one("2026-11-27T18:30", "2026-12-05T12:00"), fridays(begun=frozenset({sent}))) == ["date_over"]
    assert tried(one("2026-11-27T18:30", "2026-12-05T12:00"), now=sent) == ["date_over"]
    # Sent at another time than its rule's: it is known by its original date.
    moved = fridays(one("2026-11-27T18:30", "2026-11-28T12:00"), begun=frozenset({sent}))
    assert tried(one("2026-11-27T18:30", None), moved) == ["date_over"]
    single = Dated(FIRST, Repeat(Rhythm.WEEKLY, (4,), times=1), (), frozenset())
    assert tried(one("2026-11-27T18:30", None), single) == ["date_last"]


def test_back_to_where_the_rule_had_it_is_always_allowed_while_it_is_to_come() -> None:
    moved = one("2026-12-01T10:00", "2026-12-02T18:00")
    plan = Dated(wall("2026-11-24T10:00"), Repeat(Rhythm.WEEKLY, (1,), times=3), (moved,), frozenset())
    assert list(find_obstacles(plan, (), wall("2026-12-01T10:00"), CITY, NOW)) == []
    assert list(find_obstacles(plan, (), wall("2026-12-01T10:00"), CITY, to_utc(wall("2026-12-01T12:00"), PARIS))) == ["date_past"]


@given(ZONES, RHYTHMS, st.data())
def test_whatever_is_changed_while_it_runs_each_date_fires_once_or_is_left_out(zone: str, repeat: Repeat, data: st.DataObject) -> None:
    """An officer changes, a clock fires: at any moments, in any order, with any jumps of the clocks."""
    city = SmallCity(time_zone=ZoneInfo(zone))
    rule = Recurring(wall("2027-01-28T18:30"), repeat, city.calendar.is_school_free)
    now, changes, ledger = datetime(2027, 1, 1, tzinfo=UTC), tuple[DateChange, ...](), Counter[datetime]()
    originals = [date.original for date in plan_dates(rule, ())]
    for _ in range(data.draw(st.integers(1, 8))):
        pending = [one for one in firings(rule, changes, city.time_zone, now) if one.scheduled_for not in ledger]
        until = data.draw(st.integers(0, 40)) * timedelta(days=1) + now
        due = [one for one in pending if one.fires_at <= until]
        ledger.update(one.scheduled_for for one in due)
        now = until + timedelta(minutes=1)
        plan = Dated(rule.at, repeat, changes, frozenset(ledger))
        original = data.draw(st.sampled_from(originals))
        to = data.draw(st.one_of(st.none(), st.integers(-31, 31).map(lambda days, at=original: at + timedelta(days=days, hours=-1))))
        reach = data.draw(st.sampled_from(Reach)) if to else Reach.ONE
        back = tuple(one for one in changes if one.original != original)
        new = data.draw(st.sampled_from([back, with_change(changes, DateChange(original, reach, to))]))
        if not list(find_obstacles(plan, new, original, city, now)):
            changes = new
    rest = [one for one in firings(rule, changes, city.time_zone, now) if one.scheduled_for not in ledger]
    ledger.update(one.scheduled_for for one in rest)
    skipped = {firing_of(date, city.time_zone).scheduled_for for date in plan_dates(rule, changes) if date.skipped}
    assert set(ledger.values()) <= {1}
    assert set(ledger) | skipped == {to_utc(original, city.time_zone) for original in originals}
    assert not set(ledger) & skipped
