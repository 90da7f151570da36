"""Quarters: where they begin, which is due, and how they are named."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.tips.quarters import Quarter


@pytest.mark.parametrize(
    ("day", "quarter"), [(date(2026, 1, 1), "2026-Q1"), (date(2026, 3, 31), "2026-Q1"), (date(2026, 10, 1), "2026-Q4")]
)
def test_a_day_lies_in_its_quarter(day: date, quarter: str) -> None:
    assert str(Quarter.of(day)) == quarter


def test_quarters_follow_each_other_over_the_year() -> None:
    assert Quarter(2026, 4).next == Quarter(2027, 1)
    assert Quarter(2027, 1).before == Quarter(2026, 4)
    assert Quarter(2026, 4).months == (date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1))
    assert Quarter(2026, 2).begins == datetime(2026, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [(datetime(2026, 10, 30, 23, 59, tzinfo=UTC), "2026-Q2"), (datetime(2026, 10, 31, tzinfo=UTC), "2026-Q3")],
)
def test_a_quarter_is_due_thirty_days_after_its_end(now: datetime, due: str) -> None:
    assert str(Quarter.due(now)) == due


def test_a_name_is_read_and_anything_else_refused() -> None:
    assert Quarter.parse("2026-Q3") == Quarter(2026, 3)
    for name in ("", "2026-Q5", "2026", "٢٠٢٦-Q1", "2026-Q3\n", "9999-Q1'"):
        with pytest.raises(ValueError, match="not a quarter"):
            Quarter.parse(name)
