"""Guessing is slowed; the right person is never kept out for more than a minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import TooManyAttempts
from bot.tips.attempts import EVERYBODY, LOCATOR, PERSON, Attempts

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def wait_of(attempts: Attempts, person: str, locator: str, now: datetime = NOW) -> float:
    with pytest.raises(TooManyAttempts) as raised:
        attempts.enter(person, locator, now)
    return raised.value.retry_after


def test_some_slips_cost_nothing_and_then_one_person_waits_a_minute_at_most() -> None:
    attempts = Attempts()
    for _ in range(PERSON.size):
        attempts.enter("a", "L", NOW)

    assert 0 < wait_of(attempts, "a", "L") <= 60
    attempts.enter("a", "L", NOW + timedelta(seconds=60))


def test_refused_tries_do_not_make_the_wait_longer() -> None:
    attempts = Attempts()
    for _ in range(PERSON.size):
        attempts.enter("a", "L", NOW)
    first = wait_of(attempts, "a", "L")

    assert all(wait_of(attempts, "a", "L") == first for _ in range(50))


def test_somebody_elses_guessing_keeps_the_owner_out_for_seconds_only() -> None:
    attempts = Attempts()
    for n in range(LOCATOR.size):
        attempts.enter(f"attacker{n}", "L", NOW)

    assert wait_of(attempts, "owner", "L") <= LOCATOR.seconds
    attempts.enter("owner", "another", NOW)


def test_a_flood_over_all_locators_costs_the_others_less_than_a_second() -> None:
    attempts = Attempts()
    for n in range(EVERYBODY.size):
        attempts.enter(f"p{n}", f"L{n}", NOW)

    assert wait_of(attempts, "owner", "mine") < 1


def test_success_is_not_counted() -> None:
    attempts = Attempts()
    for _ in range(500):
        attempts.enter("a", "L", NOW)
        attempts.succeeded("a", "L", NOW)


def test_a_clock_that_goes_back_does_not_break_it() -> None:
    attempts = Attempts()
    attempts.enter("a", "L", NOW)
    attempts.enter("a", "L", NOW - timedelta(days=1))


def test_memory_stays_bounded() -> None:
    attempts = Attempts()
    for n in range(12_000):
        attempts.enter(f"p{n}", f"L{n}", NOW + timedelta(seconds=n))

    assert len(attempts._people) <= 10_000 and len(attempts._locators) <= 10_000
