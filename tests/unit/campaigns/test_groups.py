"""Results by group: what is hidden, which columns are left out, and that no shown numbers give a hidden one away."""

from __future__ import annotations

import random

from bot.campaigns.groups import Counts, Dimension, Event, protect

LARGE = {"to12": Counts(200, 20, 90, 60), "from13": Counts(300, 30, 150, 80)}


def test_large_groups_show_everything() -> None:
    table = protect(Dimension.AGE, LARGE, 10, quiz=True, right=True)
    assert table is not None and table.columns == (Event.SENT, Event.HELP, Event.ANSWERED, Event.RIGHT)
    assert table.rows == {"from13": (300, 30, 150, 80), "to12": (200, 20, 90, 60)} and table.total == (500, 50, 240, 140)


def test_a_small_number_is_hidden_with_another_one() -> None:
    table = protect(Dimension.AGE, LARGE | {"from16": Counts(100, 3, 40, 20)}, 10, quiz=True, right=True)
    assert table is not None and table.columns[1] is Event.HELP
    helped = [row[1] for row in table.rows.values()]
    assert table.rows["from16"][1] is None and helped.count(None) >= 2 and table.total[1] == 53


def test_a_column_whose_sum_is_small_is_left_out() -> None:
    table = protect(Dimension.AGE, {"a": Counts(200, 2, 90), "b": Counts(100, 4, 60)}, 10, quiz=True, right=False)
    assert table is not None and table.columns == (Event.SENT, Event.ANSWERED)


def test_what_is_not_shown_elsewhere_is_not_shown_by_group() -> None:
    table = protect(Dimension.AGE, LARGE, 10, quiz=True, right=False)
    assert table is not None and table.columns == (Event.SENT, Event.HELP, Event.ANSWERED)
    table = protect(Dimension.AGE, LARGE, 10, quiz=False, right=False)
    assert table is not None and table.columns == (Event.SENT, Event.HELP)


def test_one_group_and_few_people_make_no_table() -> None:
    assert protect(Dimension.AGE, {"a": Counts(200)}, 10, quiz=False, right=False) is None
    assert protect(Dimension.AGE, {"a": Counts(4), "b": Counts(5)}, 10, quiz=False, right=False) is None


def test_whoever_answered_has_got_it() -> None:
    table = protect(Dimension.AGE, {"a": Counts(40, 0, 60, 50), "b": Counts(90, 0, 20, 12)}, 10, quiz=True, right=True)
    assert table is not None and table.rows["a"][0] == 60


def test_small_numbers_are_never_shown_and_never_the_only_hidden_one() -> None:
    dice = random.Random(7)
    for _ in range(150):
        groups = {}
        for key in "abcde"[: dice.randint(2, 5)]:
            got = dice.choice((0, 3, 12, 40, 400))
            answered = dice.randint(0, got)
            groups[key] = Counts(got, dice.randint(0, got), answered, dice.randint(0, answered))
        table = protect(Dimension.DISTRICT, groups, 10, quiz=True, right=True)
        if table is None:
            continue
        for place, total in enumerate(table.total):
            column = [row[place] for row in table.rows.values()]
            known = [number for number in column if number is not None]
            assert all(number >= 10 for number in known) and total >= 10
            assert column.count(None) != 1, (groups, table)
            assert not column.count(None) or total - sum(known) >= 10
