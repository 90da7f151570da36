"""A month of a thread as it may be shown: small numbers hidden, and with one way of a fork all of them."""

from __future__ import annotations

from bot.campaigns.groups import Event
from bot.campaigns.thread_results import Reached, shown
from tests.unit.campaigns.test_threads import FORK

MINIMUM = 5


def month(sent: list[int], answered: int = 0) -> tuple[Reached, ...]:
    counts = {(index, Event.SENT.value): number for index, number in enumerate(sent)}
    return shown(counts | {(0, Event.ANSWERED.value): answered}, FORK, MINIMUM)


def test_large_numbers_are_shown() -> None:
    assert month([30, 10, 20, 25], answered=12) == (Reached(30, 12), Reached(10, None), Reached(20, None), Reached(25, None))


def test_with_one_small_way_of_a_fork_no_way_is_shown() -> None:
    start, left, right, _ = month([30, 3, 27, 25])
    assert start.sent == 30 and (left.sent, right.sent) == (None, None)
    assert [one.sent for one in month([30, 0, 30, 30])[1:3]] == [None, None], "nobody went left is told, too"


def test_answers_are_hidden_where_they_or_the_others_are_few() -> None:
    assert [month([30, 10, 20, 25], answered=number)[0].answered for number in (4, 5, 25, 26)] == [None, 5, 25, None]
