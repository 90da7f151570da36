"""Who is on duty: weekdays, nights that go past midnight, ranges of dates, the order of calling."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from bot.errors import Invalid
from bot.staff.duty import Shift, on_duty

WORKDAYS = frozenset(range(5))
DAY = Shift("ana", 1, WORKDAYS, time(9), time(17))
NIGHT = Shift("ben", 1, frozenset({4}), time(22), time(6))
"""From Friday evening until Saturday morning."""


@pytest.mark.parametrize(
    ("shift", "moment", "covered"),
    [
        (DAY, datetime(2026, 11, 23, 9, 0, tzinfo=UTC), True),
        (DAY, datetime(2026, 11, 23, 16, 59, tzinfo=UTC), True),
        (DAY, datetime(2026, 11, 23, 17, 0, tzinfo=UTC), False),
        (DAY, datetime(2026, 11, 22, 12, 0, tzinfo=UTC), False),
        (NIGHT, datetime(2026, 11, 27, 22, 0, tzinfo=UTC), True),
        (NIGHT, datetime(2026, 11, 28, 5, 59, tzinfo=UTC), True),
        (NIGHT, datetime(2026, 11, 28, 6, 0, tzinfo=UTC), False),
        (NIGHT, datetime(2026, 11, 27, 5, 0, tzinfo=UTC), False),
        (replace(NIGHT, last=date(2026, 11, 27)), datetime(2026, 11, 28, 3, 0, tzinfo=UTC), True),
        (replace(NIGHT, last=date(2026, 11, 26)), datetime(2026, 11, 27, 23, 0, tzinfo=UTC), False),
        (replace(NIGHT, first=date(2026, 11, 28)), datetime(2026, 11, 28, 3, 0, tzinfo=UTC), False),
        (replace(DAY, first=date(2026, 11, 24)), datetime(2026, 11, 23, 12, 0, tzinfo=UTC), False),
        (replace(DAY, starts=time(0), ends=time(0)), datetime(2026, 11, 23, 23, 59, tzinfo=UTC), True),
    ],
)
def test_a_shift_covers_its_hours_on_its_days(shift: Shift, moment: datetime, covered: bool) -> None:
    assert shift.covers(moment) is covered


def test_people_are_called_by_rank_and_each_is_named_once() -> None:
    monday = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    second = replace(DAY, member_id="ben", rank=2)
    assert on_duty([second, DAY, replace(second, rank=5)], monday) == ["ana", "ben"]
    assert on_duty([second, DAY], datetime(2026, 11, 22, 10, 0, tzinfo=UTC)) == []


@pytest.mark.parametrize(
    "wrong",
    [{"weekdays": frozenset()}, {"weekdays": frozenset({7})}, {"rank": 0}, {"first": date(2026, 1, 2), "last": date(2026, 1, 1)}],
)
def test_a_shift_that_never_covers_anything_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        replace(DAY, **wrong).check()  # type: ignore[arg-type]
