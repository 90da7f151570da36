"""Campaigns: the list, writing one, and one campaign with its approval and progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from starlette.responses import HTMLResponse, Response

from bot.campaigns.drafts import TEXT_LIMIT, CampaignDraft, Problem
from bot.campaigns.picture_rules import CAPTION_LIMIT
from bot.campaigns.placeholders import PLACEHOLDERS
from bot.campaigns.plans import Campaign
from bot.campaigns.results import Progress
from bot.campaigns.rules import Rhythm
from bot.campaigns.tables import CampaignState
from bot.campaigns.wishes import AGE_BANDS
from bot.console.campaign_form import CampaignForm, read
from bot.console.place_page import places_of
from bot.console.preview import previews
from bot.console.views import quiz
from bot.console.visit import Visit
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.markup import to_html
from bot.messages import Language
from bot.staff.roles import Permission

_OVER = (CampaignState.DONE, CampaignState.CANCELLED)
_GOING = (CampaignState.RUNNING, CampaignState.PAUSED)
_EDITABLE = (CampaignState.DRAFT, CampaignState.SUBMITTED, CampaignState.APPROVED)


async def listing(visit: Visit) -> Response:
    """All campaigns, the last changed first."""
    return visit.render("campaigns.html", campaigns=await visit.services.campaigns.list(), authors=await _names(visit))


async def new(visit: Visit) -> Response:
    """An empty form."""
    return await _form(visit, CampaignForm.empty(visit.services.city, visit.services.clock()))


async def create(visit: Visit) -> Response:
    """Keep a draft; an unusable one comes back with what to mend."""
    form, draft = read(visit.form, visit.services.city)
    if draft is None or _blocked(visit, draft):
        return await _form(visit, form, draft, status=422)
    campaign = await visit.services.campaigns.create(visit.member.id, draft)
    visit.subject = str(campaign.id)
    return visit.go(f"/campaigns/{campaign.id}", "campaign_saved")


async def edit_page(visit: Visit) -> Response:
    """The form of an existing campaign."""
    campaign = await _campaign(visit)
    if campaign.state not in _EDITABLE:
        raise Conflict
    return await _form(visit, CampaignForm.of(campaign.draft), campaign.draft, campaign)


async def edit(visit: Visit) -> Response:
    """Keep the changes; it is a draft again."""
    campaign = await _campaign(visit)
    form, draft = read(visit.form, visit.services.city, campaign.draft)
    if draft is None or _blocked(visit, draft):
        return await _form(visit, form, draft, campaign, status=422)
    try:
        await visit.services.campaigns.edit(visit.member.id, campaign.id, _number(visit.form["version"]), draft)
    except Conflict:
        # What was typed must not be lost: the form comes back with it, and says so.
        return await _form(visit, form, draft, campaign, status=409, conflict=True)
    return visit.go(f"/campaigns/{campaign.id}", "campaign_saved")


async def outlook(visit: Visit) -> Response:
    """The next dates of what was typed, without saving it: the whole form again, or for the page's script only that part."""
    campaign = await visit.services.campaigns.get(_number(number)) if (number := visit.form["campaign"]) else None
    form, draft = read(visit.form, visit.services.city, campaign.draft if campaign else None)
    if visit.form["part"]:
        return visit.render("campaign_outlook.html", **await _outlook(visit, draft))
    return await _form(visit, form, draft, campaign)


async def preview(visit: Visit) -> Response:
    """One text as it will look, for the live preview: HTML of the small markup only."""
    spoken = visit.services.city.languages
    language = next((one for one in spoken if one == visit.form["language"]), spoken[0])
    return HTMLResponse(to_html(visit.services.placeholders.fill(visit.form["text"], language)))


async def show(visit: Visit) -> Response:
    """One campaign."""
    return await page(visit, await _campaign(visit))


async def progress(visit: Visit) -> Response:
    """The progress alone, for the page to fetch again and again."""
    campaign = await _campaign(visit)
    return visit.render("campaign_progress.html", campaign=campaign, progress=await _progress(visit, campaign))


async def submit(visit: Visit) -> Response:
    """Ask for approval."""
    campaign = await _campaign(visit)
    try:
        await visit.services.campaigns.submit(visit.member.id, campaign.id, _number(visit.form["version"]))
    except Invalid:
        return await page(visit, campaign, status=422)
    return visit.go(f"/campaigns/{campaign.id}", "campaign_submitted")


async def approve(visit: Visit) -> Response:
    """Approve exactly what was on the page."""
    campaign = await _campaign(visit)
    try:
        await visit.services.campaigns.approve(visit.member.id, campaign.id, visit.form["content_hash"])
    except NotAllowed:
        return await page(visit, campaign, status=403, problem="error.own_campaign")
    except Invalid:
        return await page(visit, campaign, status=422, problem="error.not_sendable", explain=True)
    return visit.go(f"/campaigns/{campaign.id}", "campaign_approved")


async def send_back(visit: Visit) -> Response:
    """Give it back to its author with a reason."""
    campaign, reason = await _campaign(visit), visit.form["reason"].strip()
    if not reason:
        return await page(visit, campaign, status=422, problem="error.reason_missing")
    await visit.services.campaigns.send_back(visit.member.id, campaign.id, reason)
    return visit.go(f"/campaigns/{campaign.id}", "campaign_sent_back")


async def pause(visit: Visit) -> Response:
    """Send nothing more for now."""
    await visit.services.campaigns.pause(visit.member.id, _id(visit))
    return visit.go(f"/campaigns/{_id(visit)}", "campaign_paused")


async def resume(visit: Visit) -> Response:
    """Go on where it was paused."""
    await visit.services.campaigns.resume(_id(visit))
    return visit.go(f"/campaigns/{_id(visit)}", "campaign_resumed")


async def cancel(visit: Visit) -> Response:
    """End it for good."""
    await visit.services.campaigns.cancel(visit.member.id, _id(visit))
    return visit.go(f"/campaigns/{_id(visit)}", "campaign_cancelled")


async def page(visit: Visit, campaign: Campaign, status: int = 200, problem: str = "", *, explain: bool = False) -> Response:
    """The page of a campaign; what keeps it from being sent is listed for drafts, and when ``explain`` asks for it."""
    mine = visit.member
    in_thread = campaign.draft.onward is not None  # then all episodes are approved and steered together
    planner, asked = visit.services.campaigns, explain or campaign.state is CampaignState.DRAFT
    problems = [*planner.check(campaign.draft), *await planner.check_places(campaign.draft)] if asked else []
    return visit.render(
        "campaign.html",
        status,
        campaign=campaign,
        problem=problem,
        planned=visit.services.campaigns.dates(campaign.draft, campaign.changes) if campaign.state not in _OVER and not in_thread else [],
        problems=_explained(visit, problems),
        previews=previews(visit, campaign.draft),
        seconds=previews(visit, replace(campaign.draft, texts=campaign.draft.trial.texts)) if campaign.draft.trial else [],
        progress=await _progress(visit, campaign),
        audience=await visit.services.campaigns.audience_size(campaign.topic, campaign.draft.narrowing),
        names_of_districts={district.code: district.name for district in visit.services.city.districts},
        **await quiz.more(visit, campaign),
        **await places_of(visit, "/campaigns", campaign.id, campaign.draft),
        authors=await _names(visit),
        may_edit=mine.may(Permission.PLAN_CAMPAIGNS) and campaign.state in _EDITABLE,
        may_approve=not in_thread and mine.may(Permission.APPROVE_CAMPAIGNS) and mine.id not in campaign.writers,
        may_steer=not in_thread and mine.may(Permission.CANCEL_CAMPAIGNS),
        may_cancel=not in_thread and mine.may(Permission.CANCEL_CAMPAIGNS) and campaign.state in (*_EDITABLE, *_GOING),
    )


async def _form(
    visit: Visit,
    form: CampaignForm,
    draft: CampaignDraft | None = None,
    campaign: Campaign | None = None,
    *,
    status: int = 200,
    conflict: bool = False,
) -> Response:
    problems: Sequence[Problem] = [*form.problems, *(visit.services.campaigns.check(draft) if draft else ())]
    fill = visit.services.placeholders.fill
    shown: dict[Language, str] = {one: fill(form.texts.get(one, ""), one) for one in visit.services.city.languages}
    context: dict[str, Any] = {"form": form, "campaign": campaign, "conflict": conflict, "previews": shown, "failed": status >= 400}
    context |= {"placeholders": _placeholders(visit), "text_limit": _text_limit(campaign)}
    context |= await _outlook(visit, draft) | {"rhythms": ["once", *Rhythm], "age_bands": AGE_BANDS}
    return visit.render("campaign_form.html", status, problems=_explained(visit, problems), **context)


def _placeholders(visit: Visit) -> list[tuple[str, str]]:
    """Each placeholder with what stands there now, in the visitor's language where the city speaks it."""
    languages = visit.services.city.languages
    language = visit.language if visit.language in languages else languages[0]
    return [(f"{{{name}}}", visit.services.placeholders.fill(f"{{{name}}}", language)) for name in PLACEHOLDERS]


def _text_limit(campaign: Campaign | None) -> int:
    """How long a text may be: below a picture, less."""
    return CAPTION_LIMIT if campaign and campaign.draft.pictures else TEXT_LIMIT


async def _outlook(visit: Visit, draft: CampaignDraft | None) -> dict[str, Any]:
    if draft is None:
        return {"planned": None, "audience": None}
    campaigns = visit.services.campaigns
    return {"planned": campaigns.dates(draft), "audience": await campaigns.audience_size(draft.topic, draft.narrowing)}


def _explained(visit: Visit, problems: Sequence[Problem]) -> list[tuple[str, str]]:
    """The problems' fields and words."""
    known = visit.services.city.languages
    explained = []
    for problem in problems:
        language = problem.field.rpartition(".")[2]
        params = dict(problem.params) | {"language": visit.dates.language(language) if language in known else language}
        explained.append((problem.field, visit.say(f"campaign.problem.{problem.code}", **params)))
    return explained


def _blocked(visit: Visit, draft: CampaignDraft) -> bool:
    return any(problem.blocks_saving for problem in visit.services.campaigns.check(draft))


async def _progress(visit: Visit, campaign: Campaign) -> Progress | None:
    found = await visit.services.campaigns.progress(campaign.id)
    return found if found.started_at else None


async def _campaign(visit: Visit) -> Campaign:
    return await visit.services.campaigns.get(_id(visit))


def _id(visit: Visit) -> int:
    if not (value := visit.path_of("id")).isdecimal() or len(value) > 18:
        raise NotFound
    return int(value)


def _number(value: str) -> int:
    """A form's version; what is no number fits no version."""
    return int(value) if value.isdecimal() and len(value) < 18 else -1


async def _names(visit: Visit) -> dict[str, str]:
    return {member.id: member.name for member in await visit.services.accounts.list()}


