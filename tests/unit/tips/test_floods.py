"""One chat cannot fill the queue, and nobody can tell from memory who it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import TooManyAttempts
from bot.tips.buckets import DayNames
from bot.tips.floods import TIPS, Floods

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def full(person: str = "a") -> Floods:
    floods = Floods()
    for _ in range(TIPS.size):
        floods.check(person, NOW)
        floods.count(person, NOW)
    return floods


def test_many_tips_from_one_chat_have_to_wait_half_an_hour_for_the_next() -> None:
    floods = full()

    with pytest.raises(TooManyAttempts) as raised:
        floods.check("a", NOW)
    assert 0 < raised.value.retry_after <= TIPS.seconds
    floods.check("a", NOW + timedelta(seconds=TIPS.seconds))


def test_other_chats_do_not_notice() -> None:
    full().check("b", NOW)


def test_names_change_at_midnight_and_differ_in_every_process() -> None:
    names = DayNames()
    today = names.of("a", NOW)

    assert today == names.of("a", NOW + timedelta(hours=3)) != names.of("b", NOW)
    assert names.of("a", NOW + timedelta(days=1)) != today
    assert DayNames().of("a", NOW) != today


def test_no_person_is_named_in_memory() -> None:
    floods = full("pseudonym-canary")

    assert "pseudonym-canary" not in repr([vars(floods._levels), vars(floods._names)])
