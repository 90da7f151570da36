"""Which of a sending's groups may be shown, for all who show them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.campaigns.groups import SHOWN, GroupTable, protect
from bot.campaigns.quiz import Quiz
from bot.campaigns.result_book import Sending
from bot.campaigns.results import Progress
from bot.campaigns.tables import DeliveryState
from bot.suppression import Line, suppress


def chosen_of(quiz: Quiz | None, sending: Sending, minimum: int) -> Line[int]:
    """How often each answer was chosen, as on the campaign's own page; without a total when too few answered."""
    numbers = range(1, len(next(iter(quiz.texts.values())).answers) + 1) if quiz else ()
    line = suppress({number: sending.answers.get(number, 0) for number in numbers}, minimum)
    return line if line.total is not None and line.total >= minimum else Line(dict.fromkeys(numbers), None)


def tables_of(quiz: Quiz | None, progress: Progress, sending: Sending, minimum: int, now: datetime) -> tuple[GroupTable, ...]:
    """By group, once every number is final, with answers only where their sums are shown as well."""
    sent = suppress(progress.by_state, minimum).cells[DeliveryState.SENT]
    if progress.few or sent is None or not sending.is_final(now):
        return ()
    return tuple(_tables(quiz, sending, minimum))


def _tables(quiz: Quiz | None, sending: Sending, minimum: int) -> Iterator[GroupTable]:
    chosen = chosen_of(quiz, sending, minimum)
    # Not the same number where counting by group began in the middle of it: then nothing is said of answers.
    answers = chosen.total is not None and chosen.total == sending.everybody.answered
    right = answers and quiz is not None and quiz.right is not None and None not in chosen.cells.values()
    for dimension in SHOWN:
        if table := protect(dimension, sending.groups.get(dimension, {}), minimum, quiz=answers, right=right):
            yield table
