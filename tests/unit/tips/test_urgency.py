"""Why a tip is urgent, and whether somebody is called for it: each reason by the answer that makes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.tips.draft import Draft
from bot.tips.urgency import Reason, calls_people, is_urgent, reasons_of


@dataclass
class Kind:
    code: str
    urgent: bool


@dataclass
class FakeCity:
    tip_categories: list[Kind] = field(default_factory=lambda: [Kind("drugs", False), Kind("weapon", True)])


CITY: Any = FakeCity()


@pytest.mark.parametrize(
    ("draft", "alarming", "reasons", "called"),
    [
        (Draft(category="drugs"), False, (), False),
        (Draft(category="weapon"), False, (Reason.CATEGORY,), False),
        (Draft(category="gone"), False, (), False),
        (Draft(category="drugs", choices={"danger_now": "yes"}), False, (Reason.DANGER_NOW,), True),
        (Draft(category="drugs", choices={"danger_now": "no", "weapon_seen": "heard"}), False, (), False),
        (Draft(category="drugs", choices={"danger_now": "unsure"}), False, (), False),
        (Draft(category="drugs", answers={"danger_now": "he does not move"}), False, (Reason.DANGER_WORDS,), True),
        (Draft(category="weapon", choices={"weapon_seen": "yes"}), False, (Reason.WEAPON_SEEN, Reason.CATEGORY), True),
        (Draft(category="drugs"), True, (Reason.SAFETY_NET,), True),
    ],
)
def test_a_tip_is_urgent_for_what_was_told(draft: Draft, alarming: bool, reasons: tuple[Reason, ...], called: bool) -> None:
    found = reasons_of(CITY, draft, alarming=alarming)
    assert (found, calls_people(found)) == (reasons, called)
    assert is_urgent(CITY, draft) is (bool(reasons) and not alarming)


def test_all_reasons_fit_into_their_column() -> None:
    assert len(",".join(Reason)) <= 80
