"""By what an audience is narrowed, and that an approval binds to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.campaigns.courtesy import after_a_talk
from bot.campaigns.drafts import content_hash, find_problems
from bot.campaigns.ledger import Outcome
from bot.campaigns.narrowing import EVERYBODY, Narrowing, dump_narrowing, load_narrowing
from bot.campaigns.tables import DeliveryState
from tests.unit.campaigns.kit import DRAFT, FRIDAY_EVENING, SmallCity, draft
from tests.unit.campaigns.test_verdicts import LETTER

EACH = [
    Narrowing(languages=("fr",)),
    Narrowing(districts=("harbour", "hills")),
    Narrowing(age_bands=("from13",)),
    Narrowing(joined_since=date(2026, 11, 1)),
    Narrowing(not_within_days=7),
    Narrowing(harm_hours=6),
]


@pytest.mark.parametrize("narrowing", [EVERYBODY, *EACH])
def test_a_narrowing_survives_its_row(narrowing: Narrowing) -> None:
    assert load_narrowing(dump_narrowing(narrowing)) == narrowing


def test_everybody_is_nothing_at_all() -> None:
    assert dump_narrowing(EVERYBODY) == "{}"


@pytest.mark.parametrize("narrowing", EACH)
def test_another_audience_needs_another_approval(narrowing: Narrowing) -> None:
    assert content_hash(draft(narrowing=narrowing), "Europe/Paris") != content_hash(DRAFT, "Europe/Paris")
    assert find_problems(draft(narrowing=narrowing), SmallCity(), FRIDAY_EVENING) == []


@pytest.mark.parametrize(
    "narrowing",
    [
        Narrowing(languages=("lv",)),
        Narrowing(districts=("moon",)),
        Narrowing(age_bands=("7",)),
        Narrowing(not_within_days=31),
        Narrowing(harm_hours=25),
        Narrowing(harm_hours=-1),
    ],
)
def test_what_this_city_cannot_follow_is_a_problem(narrowing: Narrowing) -> None:
    assert [problem.code for problem in find_problems(draft(narrowing=narrowing), SmallCity(), FRIDAY_EVENING)] == ["audience_unknown"]


def test_after_a_talk_about_a_harm_it_waits_for_the_hours_that_were_chosen() -> None:
    letter, talked_at = replace(LETTER, harm_hours=6), FRIDAY_EVENING - timedelta(hours=2)
    waits = Outcome(DeliveryState.PENDING, None, talked_at + timedelta(hours=6), tried=False)
    assert after_a_talk(letter, talked_at, FRIDAY_EVENING) == waits
    assert after_a_talk(letter, talked_at, talked_at + timedelta(hours=6)) is None
    assert after_a_talk(letter, None, FRIDAY_EVENING) is None
