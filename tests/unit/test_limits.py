"""Token buckets: a burst, then a steady flow, each key on its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.limits import Limiter, Rate

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_a_burst_is_let_through_and_then_no_more() -> None:
    limiter = Limiter(Rate(burst=3, per_second=1))
    assert [limiter.allows("a", NOON) for _ in range(5)] == [True, True, True, False, False]


def test_time_gives_back() -> None:
    limiter = Limiter(Rate(burst=1, per_second=0.5))
    assert limiter.allows("a", NOON)
    assert not limiter.allows("a", NOON + timedelta(seconds=1))
    assert limiter.allows("a", NOON + timedelta(seconds=2.1))


def test_waiting_long_gives_no_more_than_a_burst() -> None:
    limiter = Limiter(Rate(burst=2, per_second=10))
    limiter.allows("a", NOON)
    later = NOON + timedelta(hours=1)
    assert [limiter.allows("a", later) for _ in range(3)] == [True, True, False]


def test_one_key_does_not_use_up_anothers() -> None:
    limiter = Limiter(Rate(burst=1, per_second=0))
    assert limiter.allows("a", NOON) and limiter.allows("b", NOON) and not limiter.allows("a", NOON)


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    limiter = Limiter(Rate(burst=2, per_second=1))
    limiter.allows("a", NOON)
    assert limiter.allows("a", NOON - timedelta(hours=1))


def test_it_keeps_hashes_of_keys_only() -> None:
    limiter = Limiter(Rate(burst=1, per_second=1))
    limiter.allows("192.0.2.7", NOON)
    assert "192.0.2.7" not in str(vars(limiter)) and b"192.0.2.7" not in next(iter(limiter._buckets))
