"""How answers shifted between the first and the last episode of a series."""

from __future__ import annotations

from dataclasses import dataclass

from bot.campaigns.intervals import Difference, Share, compare
from bot.campaigns.plans import Campaign
from bot.campaigns.quiz_results import shown_results
from bot.campaigns.tables import CampaignState
from bot.console.services import Services
from bot.messages import Language

_SENT = (CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.DONE)


@dataclass(frozen=True)
class Shift:
    """The right answers of two episodes. ``difference`` None: too few answered. ``same``: both ask the very same question."""

    first: Campaign
    last: Campaign
    same: bool
    difference: Difference | None


async def shift_of(services: Services, campaign: Campaign, language: Language) -> Shift | None:
    """Between the first and the last episode that were sent with a question that has a right answer; None: there are no two."""
    if campaign.series is None:
        return None
    sent = [one for one in await services.campaigns.series(campaign.series) if one.state in _SENT]
    episodes = [await services.campaigns.get(one.id) for one in sent]
    asking = [one for one in episodes if one.draft.quiz is not None and one.draft.quiz.right is not None]
    if len(asking) < 2:
        return None
    first, last = asking[0], asking[-1]
    shares = [await _right(services, one, language) for one in (first, last)]
    found = compare(shares[0], shares[1], services.city.statistics_minimum)
    return Shift(first, last, first.draft.quiz == last.draft.quiz, found)


async def _right(services: Services, campaign: Campaign, language: Language) -> Share | None:
    """The right answers of all, where both numbers are shown on the campaign's own page, too."""
    quiz = campaign.draft.quiz
    if quiz is None:
        return None
    shown = shown_results(quiz, await services.quizzes.results(campaign.id), language, services.city.statistics_minimum)
    right = next((bar.count for bar in shown.bars if bar.right), None)
    return None if shown.total is None or right is None else Share(right, shown.total)
