"""How waiting grows: pure arithmetic."""

from __future__ import annotations

from datetime import timedelta

from bot.staff.throttle import code_limits, password_limits


def test_the_first_tries_wait_for_nothing_then_each_doubles_up_to_the_longest() -> None:
    pair = password_limits("anna", "192.0.2.7")[0]
    waits = [pair.wait(failures).total_seconds() for failures in range(20)]
    assert waits[:5] == [0, 0, 0, 0, 0]
    assert waits[5:9] == [1, 2, 4, 8]
    assert waits[-1] == 900
    assert waits == sorted(waits)


def test_somebody_elses_guessing_delays_a_login_by_a_minute_at_most() -> None:
    login = password_limits("anna", "192.0.2.7")[2]
    assert login.wait(10_000) == timedelta(minutes=1)


def test_no_wait_is_for_good() -> None:
    assert all(limit.wait(10**9) <= timedelta(minutes=15) for limit in (*password_limits("a", "b"), *code_limits("m")))


def test_behind_a_proxy_on_this_machine_one_persons_guesses_do_not_slow_everybody_down() -> None:
    for client in ("127.0.0.1", "::1"):
        assert {limit.kind for limit in password_limits("anna", client)} == {"login"}
    assert {limit.kind for limit in password_limits("anna", "not an address")} == {"pair", "client", "login"}
