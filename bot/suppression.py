"""Hiding small numbers in tables of counts, so that no statistic singles anyone out. Pure.

A number below the city's minimum is hidden (primary suppression), and as many others as keep it from being worked out from
rows, columns and totals (complementary suppression). The words and the problem are those of Hundepool et al., "Statistical
Disclosure Control" (2012); that a table with its totals is a network, in which a cell's possible values are found by pushing
flow around a cycle, is Cox, "Network models for complementary cell suppression" (1995).

Tables are written as a network. In a table of months by categories by districts, counts flow from the grand total through the
months, on to the categories, on to the districts and back: each number is the flow of one arc, and what comes into a node goes
out of it. A list with its total, a table, and tables that share a margin are all such networks, so one algorithm protects all of
them, and protects them together.

What holds afterwards, for everybody who calculates with all that is shown:

- each number below the minimum may still be its least possible value, or reach the minimum;
- hence no sum of hidden numbers that can be worked out is below the minimum.

What does not hold: whoever knows some of those counted, or works out from this program which numbers were hidden only to protect
others, may narrow a hidden number down. And tables about overlapping things (the same counts a day later, or with another filter)
protect each other only if they are protected together: so pages show fixed, coarse periods, and count each of them once
(``docs/figures.md``).
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Line(Generic[K]):
    """Counts to show, with their sum. None: below the minimum, or hidden to protect such a number."""

    cells: Mapping[K, int | None]
    total: int | None


@dataclass(frozen=True, slots=True)
class Chain:
    """Tables to show, each sharing a margin with the next. None: below the minimum, or hidden to protect such a number.

    Attributes:
        total: the sum of everything.
        margins: for each dimension, its keys' sums.
        tables: for each two neighbouring dimensions, the counts by key of the first and key of the second.
    """

    total: int | None
    margins: tuple[Mapping[str, int | None], ...]
    tables: tuple[Mapping[tuple[str, str], int | None], ...]


def suppress(counts: Mapping[K, int], minimum: int) -> Line[K]:
    """Protect a list of counts with its total.

    Nought stays, as it is nobody: this is for lists where "none" gives nothing away (none of a campaign's messages failed).
    """
    keys = list(counts)
    arcs = [_Arc("from", "to", count) for count in counts.values()]
    hidden = _hide([*arcs, _Arc("to", "from", sum(counts.values()))], minimum, least=1)
    cells = {key: None if number in hidden else counts[key] for number, key in enumerate(keys)}
    return Line(cells, None if len(keys) in hidden else sum(counts.values()))


def suppress_chain(dimensions: Sequence[Sequence[str]], counts: Sequence[Mapping[tuple[str, str], int]], minimum: int) -> Chain:
    """Protect tables that share margins: one of ``dimensions[0]`` by ``dimensions[1]``, one of that by ``dimensions[2]``, ….

    Nought is hidden like any other small number: that nothing was told about a place is as much a secret as that one person
    did. The total is always shown, unless it is itself below the minimum: then nothing is.

    Args:
        dimensions: the keys of each, all of them, also those nobody counted under; at least one dimension.
        counts: for each two neighbours, the counts by their keys; what is missing is nought. All have the same sum. With one
            dimension: one mapping by ``(key, "")``.

    Raises:
        ValueError: neighbouring tables disagree about a margin they share.
    """
    margins = _margins(dimensions, counts)
    total = sum(margins[0].values())
    places, arcs = _network(dimensions, counts, margins, total)
    everything = total < minimum
    hidden = frozenset(range(len(arcs))) if everything else _hide(arcs, minimum, least=0)
    shown = {place: None if number in hidden else arcs[number].count for number, place in enumerate(places)}
    pairs = range(len(dimensions) - 1)
    return Chain(
        None if everything else total,
        tuple({key: shown[level, key, None] for key in keys} for level, keys in enumerate(dimensions)),
        tuple({(a, b): shown[level, a, b] for a in dimensions[level] for b in dimensions[level + 1]} for level in pairs),
    )


@dataclass(frozen=True, slots=True)
class _Arc:
    """A number of a table. ``stays``: it is never hidden."""

    tail: Hashable
    head: Hashable
    count: int
    stays: bool = False


_Place = tuple[int, str, str | None]
"""Level and key; in a table also the next level's key."""


def _margins(dimensions: Sequence[Sequence[str]], counts: Sequence[Mapping[tuple[str, str], int]]) -> list[dict[str, int]]:
    margins: list[dict[str, int]] = [dict.fromkeys(keys, 0) for keys in dimensions]
    for (a, _), count in counts[0].items():
        margins[0][a] += count
    for level, table in enumerate(counts[: len(dimensions) - 1]):
        rows = dict.fromkeys(dimensions[level], 0)
        for (a, b), count in table.items():
            rows[a] += count
            margins[level + 1][b] += count
        if rows != margins[level]:
            raise ValueError("tables disagree about the margin that they share")
    return margins


def _network(
    dimensions: Sequence[Sequence[str]], counts: Sequence[Mapping[tuple[str, str], int]], margins: Sequence[Mapping[str, int]], total: int
) -> tuple[list[_Place], list[_Arc]]:
    """Where each number stands, and its arc. The arc of the total comes last and has no place."""
    last = len(dimensions) - 1
    places: list[_Place] = []
    arcs: list[_Arc] = []
    for level, keys in enumerate(dimensions):
        for key in keys:
            places.append((level, key, None))
            tail: Hashable = (level, key, "in") if level else "source"
            head: Hashable = (level, key, "out") if level < last else "sink"
            arcs.append(_Arc(tail, head, margins[level][key]))
    for level in range(last):
        for a in dimensions[level]:
            for b in dimensions[level + 1]:
                places.append((level, a, b))
                arcs.append(_Arc((level, a, "out"), (level + 1, b, "in"), counts[level].get((a, b), 0)))
    return places, [*arcs, _Arc("sink", "source", total, stays=True)]


def _hide(arcs: Sequence[_Arc], minimum: int, least: int) -> frozenset[int]:
    """The arcs to hide, by number. ``least``: what a hidden number is known to be at least; arcs below it are not hidden."""
    small = [number for number, arc in enumerate(arcs) if least <= arc.count < minimum and not arc.stays]
    cover = _Cover(arcs, least, set(small))
    for number in small:
        arc = arcs[number]
        if cover.make_room(number, arc.head, arc.tail, minimum - arc.count):
            raise AssertionError("a table that can be hidden as a whole can be protected")
        # A total of two hidden numbers that are one at least is two at least: then there is less room, whatever is hidden.
        cover.make_room(number, arc.tail, arc.head, arc.count - least)
    return frozenset(cover.hidden)


_Step = tuple[int, int]
"""An arc by number, and +1 where its count rises, -1 where it falls."""


class _Cover:
    """The hidden arcs, and how to hide more until a hidden number has room to be another one.

    A number can be higher by ``n`` where ``n`` units find a way from its head back to its tail along the other hidden arcs: with
    an arc its count rises without bound, against it it falls, to ``least`` at most. Where hidden arcs do not suffice, the way
    that hides the least is taken.
    """

    def __init__(self, arcs: Sequence[_Arc], least: int, hidden: set[int]) -> None:
        self._arcs = arcs
        self._least = least
        self.hidden = hidden
        self._ways: dict[Hashable, list[tuple[_Step, Hashable]]] = {}
        for number, arc in enumerate(arcs):
            if not arc.stays and arc.count >= least:
                self._ways.setdefault(arc.tail, []).append(((number, 1), arc.head))
                self._ways.setdefault(arc.head, []).append(((number, -1), arc.tail))

    def make_room(self, number: int, start: Hashable, goal: Hashable, units: int) -> int:
        """Hide more until ``units`` can go from ``start`` to ``goal`` without the arc ``number``; returns how many cannot."""
        counts = {other: arc.count for other, arc in enumerate(self._arcs)}
        while units > 0:
            path = self._cheapest_path(number, start, goal, counts)
            if not path:
                break
            pushed = min([units, *(counts[other] - self._least for other, sign in path if sign < 0)])
            for other, sign in path:
                counts[other] += sign * pushed
                self.hidden.add(other)
            units -= pushed
        return units

    def _cheapest_path(self, without: int, start: Hashable, goal: Hashable, counts: Mapping[int, int]) -> list[_Step]:
        """Dijkstra's; a path costs what it newly hides, then its length. Equal ones: the first arcs, so that it is the same each time.

        Empty: there is no path.
        """
        came_by: dict[Hashable, tuple[_Step, Hashable] | None] = {}
        queue: list[tuple[int, int, int, Hashable, tuple[_Step, Hashable] | None]] = [(0, 0, 0, start, None)]
        pushes = 0
        while queue:
            cost, length, _, node, by = heapq.heappop(queue)
            if node in came_by:
                continue
            came_by[node] = by
            if node == goal:
                return _walked(came_by, goal)
            for step, following in self._ways.get(node, ()):
                other, sign = step
                if other != without and following not in came_by and (sign > 0 or counts[other] > self._least):
                    pushes += 1
                    price = 0 if other in self.hidden else 1 + self._arcs[other].count
                    heapq.heappush(queue, (cost + price, length + 1, pushes, following, (step, node)))
        return []


def _walked(came_by: Mapping[Hashable, tuple[_Step, Hashable] | None], goal: Hashable) -> list[_Step]:
    path: list[_Step] = []
    by = came_by[goal]
    while by is not None:
        step, node = by
        path.append(step)
        by = came_by[node]
    return path
