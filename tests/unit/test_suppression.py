"""Small numbers stay hidden, and cannot be worked out: checked by solving what a reader could solve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.suppression import Chain, Line, suppress, suppress_chain

Counts = dict[tuple[str, str], int]


def test_numbers_from_the_minimum_on_are_shown() -> None:
    assert suppress({"a": 10, "b": 0, "c": 25}, 10).cells == {"a": 10, "b": 0, "c": 25}


def test_a_single_small_number_takes_the_next_smallest_with_it() -> None:
    line = suppress({"a": 3, "b": 12, "c": 40}, 10)
    assert line.cells == {"a": None, "b": None, "c": 40}
    assert line.total == 55


def test_a_small_number_alone_hides_the_total_too() -> None:
    line = suppress({"a": 3, "b": 0}, 10)
    assert line.cells == {"a": None, "b": 0}
    assert line.total is None


def test_small_numbers_without_anything_else_hide_the_total_too() -> None:
    assert suppress({"a": 2, "b": 2, "c": 0}, 10) == Line({"a": None, "b": None, "c": 0}, None)


@given(st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 60) | st.integers(0, 5), min_size=1), st.integers(2, 20))
def test_nobody_can_subtract_their_way_to_a_small_number(counts: dict[str, int], minimum: int) -> None:
    line = suppress(counts, minimum)
    hidden = [key for key, shown in line.cells.items() if shown is None]
    assert all(shown is None or shown == 0 or shown >= minimum for shown in line.cells.values())
    if hidden and line.total is not None:
        rest = line.total - sum(shown for shown in line.cells.values() if shown is not None)
        assert len(hidden) > 1
        assert rest - (len(hidden) - 1) >= minimum
    if line.total is not None:
        assert line.total == 0 or line.total >= minimum


def test_a_small_number_in_a_table_hides_a_rectangle() -> None:
    counts: Counts = {("a", "x"): 2, ("a", "y"): 20, ("a", "z"): 50, ("b", "x"): 30, ("b", "y"): 15, ("b", "z"): 70}
    (table,) = suppress_chain(["ab", "xyz"], [counts], 10).tables
    assert {place for place, shown in table.items() if shown is None} == {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}


def test_nought_is_hidden_like_any_other_small_number_in_a_table() -> None:
    (table,) = suppress_chain(["ab", "xy"], [{("a", "x"): 0, ("a", "y"): 40, ("b", "x"): 40, ("b", "y"): 40}], 10).tables
    assert table["a", "x"] is None


def test_nothing_is_shown_of_fewer_than_the_minimum() -> None:
    chain = suppress_chain(["ab", "xy"], [{("a", "x"): 5, ("b", "y"): 4}], 10)
    assert chain.total is None
    assert {*chain.margins[0].values(), *chain.margins[1].values(), *chain.tables[0].values()} == {None}


def test_a_margin_that_two_tables_share_is_hidden_in_both_or_in_none() -> None:
    months: Counts = {("1", "a"): 4, ("1", "b"): 40, ("2", "a"): 3, ("2", "b"): 40}
    places: Counts = {("a", "x"): 3, ("a", "y"): 4, ("b", "x"): 40, ("b", "y"): 40}
    chain = suppress_chain(["12", "ab", "xy"], [months, places], 10)
    assert chain.margins[1] == {"a": None, "b": None}


def test_tables_that_disagree_are_refused() -> None:
    with pytest.raises(ValueError, match="disagree"):
        suppress_chain(["1", "a", "x"], [{("1", "a"): 10}, {("a", "x"): 11}], 2)


def test_one_dimension_is_a_list() -> None:
    chain = suppress_chain(["ab"], [{("a", ""): 12, ("b", ""): 30}], 10)
    assert (chain.total, chain.margins) == (42, ({"a": 12, "b": 30},))


def test_the_same_counts_are_hidden_the_same_way_each_time() -> None:
    counts: Counts = {(a, x): 7 * (ord(a) + ord(x)) % 19 for a, x in product("abcd", "wxyz")}
    assert suppress_chain(["abcd", "wxyz"], [counts], 10) == suppress_chain(["abcd", "wxyz"], [dict(reversed(counts.items()))], 10)


@given(st.lists(st.integers(0, 30), min_size=30, max_size=30), st.integers(2, 12))
@settings(max_examples=60, deadline=None)
def test_no_hidden_number_of_a_table_is_the_only_solution(numbers: list[int], minimum: int) -> None:
    rows, columns = "abcde", "uvwxyz"
    counts: Counts = dict(zip(product(rows, columns), numbers, strict=True))
    chain = suppress_chain([rows, columns], [counts], minimum)
    assert not (set(_solved(chain, rows, columns)) & {place for place, count in counts.items() if count < minimum})


@given(st.lists(st.integers(0, 7), min_size=6, max_size=6), st.integers(2, 4))
@settings(max_examples=60, deadline=None)
def test_every_small_number_may_still_be_nought_or_reach_the_minimum(numbers: list[int], minimum: int) -> None:
    rows, columns = "ab", "xyz"
    counts: Counts = dict(zip(product(rows, columns), numbers, strict=True))
    chain = suppress_chain([rows, columns], [counts], minimum)
    possible: dict[tuple[str, str], set[int]] = {place: set() for place in counts}
    for table in _tables_like(chain, rows, columns, sum(numbers)):
        for place, count in table.items():
            possible[place].add(count)
    for place, count in counts.items():
        if count < minimum and chain.total is not None:
            assert 0 in possible[place]
            assert max(possible[place]) >= minimum


@given(st.lists(st.integers(0, 5), min_size=8, max_size=8), st.integers(2, 3))
@settings(max_examples=40, deadline=None)
def test_two_tables_together_give_away_no_more_than_each(numbers: list[int], minimum: int) -> None:
    people = list(zip(product("12", "ab", "xy"), numbers, strict=True))
    months: Counts = _sums(people, 0, 1)
    places: Counts = _sums(people, 1, 2)
    chain = suppress_chain(["12", "ab", "xy"], [months, places], minimum)
    if chain.total is None:
        return
    possible: dict[tuple[str, str], set[int]] = {place: set() for place in places}
    lefts = {_row_sums(table, "ab", by=1) for table in _fits(chain, 0, "12", "ab")}
    for table in _fits(chain, 1, "ab", "xy"):
        if _row_sums(table, "ab", by=0) in lefts:
            for place, count in table.items():
                possible[place].add(count)
    for place, count in places.items():
        if count < minimum:
            assert 0 in possible[place]
            assert max(possible[place]) >= minimum


def _sums(people: Sequence[tuple[tuple[str, str, str], int]], a: int, b: int) -> Counts:
    sums: Counts = {}
    for keys, count in people:
        sums[keys[a], keys[b]] = sums.get((keys[a], keys[b]), 0) + count
    return sums


def _row_sums(table: Mapping[tuple[str, str], int], keys: str, by: int) -> tuple[int, ...]:
    return tuple(sum(count for place, count in table.items() if place[by] == key) for key in keys)


def _fits(chain: Chain, level: int, rows: str, columns: str) -> Iterator[dict[tuple[str, str], int]]:
    part = Chain(chain.total, chain.margins[level : level + 2], chain.tables[level : level + 1])
    return _tables_like(part, rows, columns, chain.total or 0)


def _tables_like(chain: Chain, rows: str, columns: str, most: int) -> Iterator[dict[tuple[str, str], int]]:
    """Every table of counts that agrees with everything shown (``most``: what a count can be at most)."""
    places = list(product(rows, columns))
    yield from _filled(chain, places, columns, {}, most)


def _filled(
    chain: Chain, places: list[tuple[str, str]], columns: str, table: dict[tuple[str, str], int], left: int
) -> Iterator[dict[tuple[str, str], int]]:
    if len(table) == len(places):
        if left == 0 and all(_agrees(chain.margins[1][column], table, 1, column) for column in columns):
            yield dict(table)
        return
    place = places[len(table)]
    shown = chain.tables[0][place]
    for count in range(left + 1) if shown is None else [shown] if shown <= left else []:
        table[place] = count
        if place[1] != columns[-1] or _agrees(chain.margins[0][place[0]], table, 0, place[0]):
            yield from _filled(chain, places, columns, table, left - count)
        del table[place]


def _agrees(shown: int | None, table: Mapping[tuple[str, str], int], by: int, key: str) -> bool:
    return shown is None or shown == sum(count for place, count in table.items() if place[by] == key)


def _solved(chain: Chain, rows: str, columns: str) -> Iterator[tuple[str, str]]:
    """The hidden cells that linear algebra gives away: Gauss elimination over what is shown."""
    (table,) = chain.tables
    unknown = [place for place, shown in table.items() if shown is None]
    extra = [(level, key) for level in (0, 1) for key, shown in chain.margins[level].items() if shown is None]
    names = [*unknown, *extra]
    equations = []
    for level, key in [*((0, row) for row in rows), *((1, column) for column in columns)]:
        cells = [Fraction(name in unknown and name[level] == key) for name in names]
        equations.append([cell - (name == (level, key)) for cell, name in zip(cells, names, strict=True)])
    for level in (0, 1):
        equations.append([Fraction(name in extra and name[0] == level) for name in names])
    for row in _reduced(equations):
        marked = [name for name, factor in zip(names, row, strict=True) if factor]
        if len(marked) == 1 and marked[0] in unknown:
            yield (str(marked[0][0]), str(marked[0][1]))


def _reduced(equations: list[list[Fraction]]) -> list[list[Fraction]]:
    rows, pivot = [list(row) for row in equations], 0
    for column in range(len(rows[0])):
        chosen = next((n for n in range(pivot, len(rows)) if rows[n][column]), None)
        if chosen is None:
            continue
        rows[pivot], rows[chosen] = rows[chosen], rows[pivot]
        rows[pivot] = [value / rows[pivot][column] for value in rows[pivot]]
        for n, row in enumerate(rows):
            if n != pivot and row[column]:
                rows[n] = [value - row[column] * base for value, base in zip(row, rows[pivot], strict=True)]
        pivot += 1
    return rows
