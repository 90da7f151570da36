"""Small numbers stay hidden, and cannot be worked out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.console.statistics import suppress


def test_numbers_from_the_minimum_on_are_shown() -> None:
    assert suppress({"a": 10, "b": 0, "c": 25}, 10).cells == {"a": 10, "b": 0, "c": 25}


def test_a_single_small_number_takes_the_next_smallest_with_it() -> None:
    table = suppress({"a": 3, "b": 12, "c": 40}, 10)
    assert table.cells == {"a": None, "b": None, "c": 40}
    assert table.total == 55


def test_a_small_number_alone_hides_the_total_too() -> None:
    table = suppress({"a": 3, "b": 0}, 10)
    assert table.cells == {"a": None, "b": 0}
    assert table.total is None


@given(st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 60), min_size=1), st.integers(1, 20))
def test_nobody_can_subtract_their_way_to_a_small_number(counts: dict[str, int], minimum: int) -> None:
    table = suppress(counts, minimum)
    hidden = [key for key, shown in table.cells.items() if shown is None]
    assert all(shown is None or shown == 0 or shown >= minimum for shown in table.cells.values())
    if hidden and table.total is not None:
        rest = table.total - sum(shown for shown in table.cells.values() if shown is not None)
        assert len(hidden) > 1
        assert rest >= minimum
    if table.total is not None:
        assert table.total == 0 or table.total >= minimum
