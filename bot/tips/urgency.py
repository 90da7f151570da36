"""When a life may be in danger, by what was answered: rules that can be read, each with its name. Pure.

They decide two things: the emergency number comes before the next question, and the tip stands first in the queue.
"""

from __future__ import annotations

from bot.city import TipQuestion
from bot.messages import Citizen, Utterance
from bot.tips.city import TipCity, category_of
from bot.tips.draft import Draft
from bot.tips.moments import clock_words, day_words


def is_urgent(city: TipCity, draft: Draft) -> bool:
    """Whether moderators see the tip first."""
    category = category_of(city, draft.category)
    return (category is not None and category.urgent) or any(shows_danger(draft, question) for question in TipQuestion)


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
