"""The arithmetic of measuring."""

from __future__ import annotations

import pytest

from benchmarks.figures import Series, Target, percentile, ratio_range


def test_a_percentile_is_one_of_the_samples_by_nearest_rank() -> None:
    samples = [float(number) for number in range(100, 0, -1)]
    assert percentile(samples, 95) == 95.0
    assert percentile(samples, 100) == 100.0
    assert percentile(samples, 0) == 1.0
    assert percentile([3.0], 95) == 3.0


def test_95_of_100_samples_do_not_exceed_the_95th_percentile_of_few_samples() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 95) == 4.0
    assert percentile([1.0, 2.0, 3.0, 4.0], 50) == 2.0


@pytest.mark.parametrize(("samples", "percent"), [([], 50), ([1.0], -1), ([1.0], 101)])
def test_a_percentile_of_nothing_or_beyond_the_scale_is_refused(samples: list[float], percent: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(samples, percent)


def test_a_series_speaks_of_all_samples_and_of_how_far_its_rounds_lie_apart() -> None:
    series = Series.of([[1.0, 2.0, 3.0], [2.0, 2.0, 4.0], [3.0, 3.0, 9.0]])
    assert series.median == 3.0
    assert series.p95 == 9.0
    assert series.spread == pytest.approx((3.0 - 2.0) / 3.0)


def test_one_slow_round_does_not_move_the_median() -> None:
    assert Series.of([[1.0, 1.0], [1.0, 1.0], [50.0]]).median == 1.0


@pytest.mark.parametrize("rounds", [[], [[]], [[1.0], []]])
def test_a_series_without_samples_is_refused(rounds: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="samples"):
        Series.of(rounds)


def test_the_range_of_ratios_compares_rounds_that_were_measured_next_to_each_other() -> None:
    ours, theirs = Series.of([[1.0], [4.0]]), Series.of([[2.0], [4.0]])
    assert ratio_range(ours, theirs) == (0.5, 1.0)


def test_rounds_that_have_no_neighbour_are_no_pair() -> None:
    with pytest.raises(ValueError, match="zip"):
        ratio_range(Series.of([[1.0]]), Series.of([[1.0], [2.0]]))


def test_a_target_is_an_upper_bound_unless_it_says_otherwise() -> None:
    assert Target(0.5).is_met(0.5)
    assert not Target(0.5).is_met(0.51)
    assert Target(2.5, at_least=True).is_met(2.5)
    assert not Target(2.5, at_least=True).is_met(2.4)
