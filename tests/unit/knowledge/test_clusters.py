"""Questions that mean nearly the same come together, the largest group first."""

from __future__ import annotations

import numpy as np

from bot.knowledge.clusters import cluster


def around(direction: list[float], *angles: float) -> np.ndarray:
    base = np.array(direction)
    side = np.roll(base, 1)
    return np.stack([np.cos(angle) * base + np.sin(angle) * side for angle in angles]).astype(np.float32)


ROWS = np.concatenate([around([1, 0, 0, 0], 0.5), around([0, 0, 1, 0], -0.3, 0.0, 0.3), around([1, 0, 0, 0], -0.1)])


def test_near_rows_join_and_the_typical_one_comes_first() -> None:
    large, small = cluster(ROWS, 0.7)
    assert large[0] == 2 and set(large) == {1, 2, 3} and set(small) == {0, 4}


def test_a_high_threshold_keeps_all_apart() -> None:
    assert sorted(map(len, cluster(ROWS, 0.999))) == [1] * 5


def test_nothing_makes_no_group() -> None:
    assert cluster(np.zeros((0, 4), np.float32), 0.5) == []
