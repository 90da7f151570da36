"""A campaign's quiz: writing it, and how it was answered; and what else a campaign's page shows of its content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from bot.campaigns.drafts import Problem
from bot.campaigns.plans import Campaign
from bot.campaigns.quiz import ANSWER_LIMIT, EXPLANATION_LIMIT, MOST_ANSWERS, QUESTION_LIMIT
from bot.campaigns.quiz_results import ShownResults, shown_results
from bot.campaigns.tables import CampaignState
from bot.console.quiz_form import QuizForm
from bot.console.views.exchange import number_of
from bot.console.visit import Visit
from bot.errors import Conflict, Invalid

_EDITABLE = (CampaignState.DRAFT, CampaignState.SUBMITTED, CampaignState.APPROVED)


async def form_page(visit: Visit) -> Response:
    """The form of a campaign's quiz, empty when it has none."""
    campaign = await _campaign(visit)
    if campaign.state not in _EDITABLE:
        raise Conflict
    return _form(visit, campaign, QuizForm.of(campaign.draft.quiz, visit.services.city))


async def save(visit: Visit) -> Response:
    """Keep it; the campaign is a draft again. An unfinished quiz is kept as well."""
    campaign = await _campaign(visit)
    form = QuizForm.read(visit.form, visit.services.city)
    version = visit.form["version"]
    try:
        number = int(version) if version.isdecimal() and len(version) < 18 else -1
        await visit.services.campaigns.edit(visit.member.id, campaign.id, number, replace(campaign.draft, quiz=form.quiz))
    except Invalid:
        return _form(visit, campaign, form, status=422)
    except Conflict:
        # What was typed must not be lost: the form comes back with it, and says so.
        return _form(visit, campaign, form, status=409)
    return visit.go(f"/campaigns/{campaign.id}", "quiz_saved")


async def more(visit: Visit, campaign: Campaign) -> dict[str, Any]:
    """What a campaign's page shows beyond its plan: results of the quiz, other episodes of its series, whether tests can be sent."""
    episodes = await visit.services.campaigns.series(campaign.series) if campaign.series else []
    may_test = await visit.services.rehearsals.is_possible(visit.member.id)
    return {"quiz_results": await _results(visit, campaign), "episodes": episodes, "may_test": may_test}


async def _results(visit: Visit, campaign: Campaign) -> ShownResults | None:
    """None where nothing can have been answered yet."""
    quiz = campaign.draft.quiz
    # The people of a thread come one by one: two looks would tell about one of them. Its page shows whole months.
    if quiz is None or campaign.state in _EDITABLE or campaign.draft.onward is not None:
        return None
    found = await visit.services.quizzes.results(campaign.id)
    return shown_results(quiz, found, visit.language, visit.services.city.statistics_minimum)


def _form(visit: Visit, campaign: Campaign, form: QuizForm, status: int = 200) -> Response:
    checked = visit.services.campaigns.check(replace(campaign.draft, quiz=form.quiz))
    problems = [one for one in checked if one.field.startswith("quiz")]
    limits = {"question_limit": QUESTION_LIMIT, "answer_limit": ANSWER_LIMIT, "explanation_limit": EXPLANATION_LIMIT}
    context: dict[str, Any] = {"campaign": campaign, "form": form, "conflict": status == 409, "failed": status == 422, **limits}
    context["numbers"] = range(1, MOST_ANSWERS + 1)
    return visit.render("quiz_form.html", status, problems=explained(visit, problems), **context)


def explained(visit: Visit, problems: Sequence[Problem]) -> list[str]:
    """Problems in words."""
    known = visit.services.city.languages
    words = []
    for problem in problems:
        language = problem.field.rpartition(".")[2]
        params = dict(problem.params) | {"language": visit.dates.language(language) if language in known else language}
        words.append(visit.say(f"campaign.problem.{problem.code}", **params))
    return words


async def _campaign(visit: Visit) -> Campaign:
    return await visit.services.campaigns.get(number_of(visit))
