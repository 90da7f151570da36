"""Counting tips, what may be shown of the counts, and how long answers took."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from bot.tips.quarters import Quarter
from bot.tips.tally import NOWHERE, OUTCOMES, Figures, Tally, Wait, wait_of, within

QUARTER = Quarter(2026, 3)
CAME = datetime(2026, 7, 1, 12, tzinfo=UTC)


def _figures(*groups: tuple[int, str, str | None, str, str, int]) -> Figures:
    tally = Tally()
    for month, category, district, outcome, wait, count in groups:
        for _ in range(count):
            tally.add(date(2026, month, 1), category, district, outcome, wait)
    return tally.figures(QUARTER, ["drugs", "hate"], ["port", "hill"], 10, date(2026, 10, 31))


@pytest.mark.parametrize(
    ("hours", "wait"),
    [(0, "four_hours"), (4, "four_hours"), (5, "day"), (24, "day"), (72, "three_days"), (73, "week"), (169, "longer"), (None, "none")],
)
def test_the_first_answer_falls_in_a_band(hours: int | None, wait: str) -> None:
    assert wait_of(CAME, None if hours is None else CAME + timedelta(hours=hours)) == wait


def test_large_numbers_are_shown_everywhere() -> None:
    figures = _figures(*((*place, "closed", "day", 12) for place in product((7, 8, 9), ("drugs", "hate"), ("port", "hill", None))))
    assert figures.total == 216
    assert figures.months == {"2026-07-01": 72, "2026-08-01": 72, "2026-09-01": 72}
    assert figures.categories == {"drugs": 108, "hate": 108}
    assert figures.districts == {"port": 72, "hill": 72, NOWHERE: 72}
    assert figures.by_district["drugs", NOWHERE] == 36


def test_small_numbers_are_hidden_and_what_would_tell_them() -> None:
    few = (8, "drugs", "hill", "closed", "none", 3)
    figures = _figures((7, "drugs", "port", "closed", "day", 30), few, (9, "hate", "hill", "new", "day", 40))
    assert figures.total == 73
    assert figures.by_district["drugs", "hill"] is None
    assert (figures.outcomes["closed"], figures.outcomes["handed_over"]) == (33, 0)
    assert (figures.waits["none"], figures.waits["day"], figures.waits["week"]) == (None, None, 0)


def test_a_list_that_only_a_hidden_total_would_protect_is_hidden_whole() -> None:
    figures = _figures((7, "drugs", "port", "closed", "day", 3), (7, "drugs", "port", "new", "day", 7))
    assert figures.total == 10
    assert set(figures.outcomes.values()) == {None}


def test_a_category_and_a_district_of_before_are_counted_under_their_codes() -> None:
    figures = _figures((7, "bicycles", "island", "closed", "day", 30), (8, "drugs", "port", "closed", "day", 30))
    assert list(figures.categories) == ["drugs", "hate", "bicycles"]
    assert list(figures.districts) == ["port", "hill", NOWHERE, "island"]


def test_a_quarter_with_few_tips_shows_nothing() -> None:
    figures = _figures((7, "drugs", "port", "closed", "day", 9))
    assert figures.total is None
    assert {*figures.months.values(), *figures.outcomes.values(), *figures.by_district.values()} == {None}


def test_figures_are_kept_and_read_again() -> None:
    figures = _figures((7, "drugs", "port", "closed", "day", 30), (8, "drugs", "hill", "withdrawn", "none", 3))
    assert Figures.from_json(QUARTER, figures.to_json()) == figures
    assert list(figures.outcomes) == list(OUTCOMES)


_WAITS = {wait.value: 0 for wait in Wait}


def test_the_band_of_a_share_is_found() -> None:
    waits = _WAITS | {"four_hours": 40, "day": 40, "none": 20}
    assert within(waits, 100, 0.5) is Wait.DAY
    assert within(waits, 100, 0.9) is Wait.NONE


def test_a_band_that_hidden_numbers_leave_open_is_not_named() -> None:
    waits: dict[str, int | None] = _WAITS | {"four_hours": None, "day": 40, "three_days": None, "none": 30}
    assert within(waits, 100, 0.5) is None
    assert within(waits, 100, 0.9) is Wait.NONE


def test_hidden_numbers_that_make_no_difference_leave_the_band_known() -> None:
    waits: dict[str, int | None] = _WAITS | {"four_hours": 80, "day": None, "week": None}
    assert within(waits, 100, 0.5) is Wait.FOUR_HOURS
