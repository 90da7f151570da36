"""Hiding small numbers, so that no statistic singles anyone out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Table(Generic[K]):
    """Counts to show. None stands for "fewer than the minimum, or hidden to protect such a number"."""

    cells: Mapping[K, int | None]
    total: int | None


def suppress(counts: Mapping[K, int], minimum: int) -> Table[K]:
    """Hide every number from 1 up to below ``minimum``, and as much more as keeps it from being worked out.

    Nought stays: it is nobody. Where the hidden cells together are below the minimum, subtracting the rest from the total would
    tell them: the smallest shown number is hidden too (complementary suppression), or the total, when nothing else is left.
    """
    hidden = {key for key, count in counts.items() if 0 < count < minimum}
    if hidden and (len(hidden) == 1 or sum(counts[key] for key in hidden) < minimum):
        shown = [key for key, count in counts.items() if count and key not in hidden]
        if not shown:
            return Table({key: None if key in hidden else count for key, count in counts.items()}, None)
        hidden.add(min(shown, key=lambda key: counts[key]))
    return Table({key: None if key in hidden else count for key, count in counts.items()}, sum(counts.values()))
