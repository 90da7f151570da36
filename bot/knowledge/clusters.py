"""Questions that mean nearly the same, put together. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.knowledge.embedding import Matrix


def cluster(vectors: Matrix, threshold: float) -> list[list[int]]:
    """Rows by meaning, the largest group first, each with its most typical row first.

    Greedy leader clustering (Hartigan, "Clustering Algorithms", 1975, chapter 3): each row joins the group whose mean direction is
    nearest, if the cosine reaches ``threshold``, else it begins a group. Rows have length 1.
    """
    groups: list[list[int]] = []
    sums = np.zeros_like(vectors)
    for number, row in enumerate(vectors):
        led = sums[: len(groups)]
        nearest = led @ row / np.linalg.norm(led, axis=1)
        best = int(np.argmax(nearest)) if groups and nearest.max() >= threshold else len(groups)
        if best == len(groups):
            groups.append([])
        groups[best].append(number)
        sums[best] += row
    return sorted((_typical_first(group, vectors) for group in groups), key=len, reverse=True)


def _typical_first(group: Sequence[int], vectors: Matrix) -> list[int]:
    mean = vectors[list(group)].sum(axis=0)
    return sorted(group, key=lambda number: -float(vectors[number] @ mean))
