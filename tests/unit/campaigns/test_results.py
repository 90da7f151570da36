"""How fast a campaign goes, and how long the rest takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.campaigns.results import Progress
from tests.unit.campaigns.kit import FRIDAY_EVENING

MOVING = Progress(
    pending=590, sending=10, sent=1200, total=1800, started_at=FRIDAY_EVENING, lately=1200, as_of=FRIDAY_EVENING + timedelta(minutes=5)
)


def test_the_pace_is_that_of_the_last_minute() -> None:
    assert MOVING.pace == 20.0 and MOVING.time_left == timedelta(seconds=30)


def test_the_first_minute_counts_from_the_start() -> None:
    begun = replace(MOVING, lately=100, as_of=FRIDAY_EVENING + timedelta(seconds=10))
    assert begun.pace == 10.0 and begun.time_left == timedelta(minutes=1)


def test_nothing_is_said_while_nothing_moves_or_nothing_is_left() -> None:
    assert replace(MOVING, lately=0).time_left is None
    assert replace(MOVING, pending=0, sending=0).time_left is None
    assert replace(MOVING, finished_at=FRIDAY_EVENING).pace == 0.0 and Progress().pace == 0.0
