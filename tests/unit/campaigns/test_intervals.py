"""Intervals: the worked examples of the literature, and what a difference is said to show."""

from __future__ import annotations

import pytest

from bot.campaigns.intervals import Share, Verdict, compare, difference, wilson


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((2, 7), (6, 7), 0.0582, 0.8062),
        ((0, 29), (5, 56), -0.0381, 0.1926),
        ((0, 10), (10, 10), 0.6075, 1.0),
    ],
)
def test_differences_have_the_intervals_that_newcombe_printed(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    found = difference(Share(*first), Share(*second))
    assert [found.low, found.high] == pytest.approx([low, high], abs=5e-5)


def test_a_share_has_wilsons_interval() -> None:
    assert list(wilson(Share(81, 263))) == pytest.approx([0.2553, 0.3662], abs=5e-5)
    assert wilson(Share(0, 20))[0] == 0.0


def test_only_an_interval_beside_nought_shows_a_difference() -> None:
    assert difference(Share(48, 80), Share(56, 70)).verdict is Verdict.MORE
    assert difference(Share(56, 70), Share(48, 80)).verdict is Verdict.LESS
    assert difference(Share(50, 100), Share(52, 100)).verdict is Verdict.NONE


@pytest.mark.parametrize("small", [None, Share(4, 100), Share(97, 100), Share(0, 0)])
def test_a_share_that_may_not_be_shown_is_compared_with_nothing(small: Share | None) -> None:
    large = Share(50, 100)
    assert compare(small, large, 5) is None and compare(large, small, 5) is None and compare(large, large, 5) is not None
