"""When a life may be in danger, by what was answered: rules that can be read, each with its name. Pure.

They decide three things: the emergency number comes before the next question, the tip stands first in the queue, and the people on
duty are called.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from bot.city import TipQuestion
from bot.messages import Citizen, Utterance
from bot.tips.city import TipCity, category_of
from bot.tips.draft import Draft
from bot.tips.moments import clock_words, day_words


class Reason(StrEnum):
    """Why a tip is urgent. The code is stored with the tip, its words stand in the console's catalogue (``tip.reason``)."""

    DANGER_NOW = "danger_now"
    """Asked whether somebody is in danger now, the teller chose yes."""
    DANGER_WORDS = "danger_words"
    """Asked the same, the teller answered in words that are neither a no nor a "not sure"."""
    WEAPON_SEEN = "weapon_seen"
    """Asked whether a weapon was seen, the teller chose yes."""
    SAFETY_NET = "safety_net"
    """The safety net found words of danger to a life in the story."""
    CATEGORY = "category"
    """The city wants tips of this category read first (``urgent: true``)."""


def reasons_of(city: TipCity, draft: Draft, *, alarming: bool) -> tuple[Reason, ...]:
    """Every reason why the tip is urgent, in the order above; none: it is not.

    Args:
        alarming: the safety net found danger in the teller's words.
    """
    category = category_of(city, draft.category)
    in_danger = shows_danger(draft, TipQuestion.DANGER_NOW)
    chosen = draft.choices.get(TipQuestion.DANGER_NOW) == "yes"
    holds = {
        Reason.DANGER_NOW: in_danger and chosen,
        Reason.DANGER_WORDS: in_danger and not chosen,
        Reason.WEAPON_SEEN: shows_danger(draft, TipQuestion.WEAPON_SEEN),
        Reason.SAFETY_NET: alarming,
        Reason.CATEGORY: category is not None and category.urgent,
    }
    return tuple(reason for reason, applies in holds.items() if applies)


def is_urgent(city: TipCity, draft: Draft) -> bool:
    """Whether the answers alone make the tip urgent."""
    return bool(reasons_of(city, draft, alarming=False))


def calls_people(reasons: Iterable[Reason]) -> bool:
    """Whether people on duty are called: for what was told, not for the category alone."""
    return any(reason is not Reason.CATEGORY for reason in reasons)


def shows_danger(draft: Draft, question: str) -> bool:
    """Whether the answer to a question says that a life may be in danger.

    Somebody in danger now, also in words that are neither a no nor a "not sure"; a weapon that was seen.
    """
    if question == TipQuestion.DANGER_NOW:
        return draft.choices.get(question) == "yes" or bool(draft.answers.get(question))
    return question == TipQuestion.WEAPON_SEEN and draft.choices.get(question) == "yes"


def who_reads(city: TipCity, citizen: Citizen) -> Utterance:
    """Whether somebody reads tips at this hour, else from when on."""
    duty = city.duty(citizen.now)
    if duty.is_open:
        return Utterance("tip.reads.now")
    if duty.opens_at is None:
        return Utterance("tip.reads.never")
    day, clock = day_words(duty.opens_at.date(), citizen.language), clock_words(duty.opens_at, citizen.language)
    return Utterance("tip.reads.later", {"day": day, "time": clock})
