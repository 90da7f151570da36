"""Nobody fills the list of questions alone."""

from __future__ import annotations

from datetime import date

from bot.knowledge.allowance import Allowance

TODAY, TOMORROW = date(2026, 11, 21), date(2026, 11, 22)


def test_each_has_an_allowance_and_all_together_have_one() -> None:
    allowance = Allowance(each=2, together=3)
    assert [allowance.take(name, TODAY) for name in ("a", "a", "a", "b", "c")] == [True, True, False, True, False]


def test_a_new_day_begins_anew() -> None:
    allowance = Allowance(each=1, together=1)
    assert allowance.take("a", TODAY) and not allowance.take("a", TODAY)
    assert allowance.take("a", TOMORROW)
