"""Whom to call for an urgent tip, and when: the rules as a table."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.tips.calls import step_after_silence, wait_after, whom

ALL = ("a", "b", "c")


def plan(on_duty: tuple[str, ...], steps: int) -> list[tuple[int, str]]:
    """Minute and people of each call, when nobody acknowledges."""
    passed, made = timedelta(0), []
    for step in range(steps):
        made.append((int(passed.total_seconds() // 60), "".join(whom(step, on_duty, ALL))))
        passed += wait_after(step, on_duty)
    return made


@pytest.mark.parametrize(
    ("on_duty", "expected"),
    [
        ((), [(0, "abc"), (10, "abc"), (20, "abc")]),
        (("a",), [(0, "a"), (2, "a"), (5, "abc"), (15, "abc")]),
        (("b", "a"), [(0, "b"), (2, "b"), (5, "a"), (7, "a"), (10, "abc"), (20, "abc")]),
    ],
)
def test_each_on_duty_is_called_twice_then_the_next_then_everybody(on_duty: tuple[str, ...], expected: list[tuple[int, str]]) -> None:
    assert plan(on_duty, len(expected)) == expected


def test_who_cannot_be_reached_is_passed_over_at_once() -> None:
    assert [step_after_silence(step, ("a", "b")) for step in range(6)] == [2, 2, 4, 4, 4, 5]
