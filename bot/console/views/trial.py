"""A campaign's trial: its second text in each language, and what decides between the two."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from bot.campaigns.plans import Campaign
from bot.campaigns.tables import CampaignState
from bot.campaigns.trial import Metric, Trial
from bot.console.preview import previews
from bot.console.views.exchange import number_of
from bot.console.views.quiz import explained
from bot.console.visit import Visit
from bot.errors import Conflict, Invalid

_EDITABLE = (CampaignState.DRAFT, CampaignState.SUBMITTED, CampaignState.APPROVED)


async def form_page(visit: Visit) -> Response:
    """The form, empty when there is no trial."""
    campaign = await _campaign(visit)
    if campaign.state not in _EDITABLE:
        raise Conflict
    return _form(visit, campaign, campaign.draft.trial or Trial({}))


async def save(visit: Visit) -> Response:
    """Keep it; the campaign is a draft again. Without any text there is no trial."""
    campaign, trial = await _campaign(visit), _typed(visit)
    version = visit.form["version"]
    try:
        number = int(version) if version.isdecimal() and len(version) < 18 else -1
        await visit.services.campaigns.edit(visit.member.id, campaign.id, number, replace(campaign.draft, trial=trial))
    except Invalid:
        return _form(visit, campaign, trial, status=422)
    except Conflict:
        # What was typed must not be lost: the form comes back with it, and says so.
        return _form(visit, campaign, trial, status=409)
    return visit.go(f"/campaigns/{campaign.id}", "trial_saved")


def _typed(visit: Visit) -> Trial:
    texts = {language: visit.form[f"text_{language}"] for language in visit.services.city.languages}
    metric = visit.form["metric"]
    return Trial(texts, Metric(metric) if metric in set(Metric) else Metric.ANSWERED)


def _form(visit: Visit, campaign: Campaign, trial: Trial, status: int = 200) -> Response:
    draft = replace(campaign.draft, trial=trial)
    problems = [one for one in visit.services.campaigns.check(draft) if one.field.startswith("trial")]
    shown = previews(visit, replace(draft, texts=trial.texts))
    return visit.render(
        "trial_form.html",
        status,
        campaign=campaign,
        trial=trial,
        metrics=list(Metric),
        firsts=previews(visit, campaign.draft),
        seconds=shown,
        problems=explained(visit, problems),
        conflict=status == 409,
        failed=status == 422,
    )


async def _campaign(visit: Visit) -> Campaign:
    return await visit.services.campaigns.get(number_of(visit))
