"""Campaigns: listing, writing, submitting, steering, results. Approving is not here: a second person looks at the page."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from bot.api.call import Answer, Call
from bot.api.once import Made, Ticket
from bot.api.plan import CampaignBody
from bot.api.problems import Refused, invalid
from bot.api.results import Results
from bot.api.shown import CampaignLine, CampaignList, CampaignShown
from bot.api.words import flaws_of
from bot.campaigns.drafts import CampaignDraft, Problem
from bot.campaigns.exchange_schema import Strict
from bot.campaigns.group_results import tables_of
from bot.campaigns.plans import Campaign
from bot.campaigns.quiz_results import shown_results
from bot.campaigns.tables import CampaignState
from bot.errors import Conflict, Invalid

_OVER = (CampaignState.DONE, CampaignState.CANCELLED)
_EDITABLE = (CampaignState.DRAFT, CampaignState.SUBMITTED, CampaignState.APPROVED)
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_CURSOR = re.compile(r"[1-9][0-9]{0,17}")


class ListQuery(Strict):
    """Which campaigns."""

    state: CampaignState | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, Field(max_length=40, description="`next` of the page before.")] | None = None


async def listing(call: Call) -> Answer:
    """A page of campaigns."""
    query = call.read(ListQuery)
    before = _before(query.cursor) if query.cursor is not None else None
    page = await call.services.listing.page(query.limit, before=before, state=query.state)
    items = [CampaignLine.of(one) for one in page.campaigns]
    return Answer(CampaignList(items=items, next=_cursor(page.before) if page.before else None))


async def create(call: Call) -> Answer:
    """Keep a draft. With the same key and body as before: what was answered then."""
    draft = call.read(CampaignBody).draft(call.member.language)
    _check(call, draft)
    ticket = _ticket(call)
    async with call.services.database.begin() as session:
        made = await call.services.answers.claim(session, ticket, call.services.clock()) if ticket else None
        if made is None:
            campaign = await call.services.campaigns.create_within(session, call.member.id, draft)
            await call.services.audit.append(session, call.member.id, "campaign.create", str(campaign.id), call.audit_detail)
            made = Made(campaign.id, campaign.version, (await _shown(call, campaign)).model_dump_json())
            if ticket:
                await call.services.answers.keep(session, ticket, made)
    call.recorded = True
    headers = {"Location": f"/api/v1/campaigns/{made.campaign_id}", "ETag": f'"{made.version}"'}
    return Answer(None, 201, headers, made.body)


async def show(call: Call) -> Answer:
    """One campaign."""
    return await _answer(call, await call.services.campaigns.get(call.id))


async def edit(call: Call) -> Answer:
    """Replace content, time and audience; it is a draft again. Its pictures stay, and its public places unless others are named."""
    campaign = await call.services.campaigns.get(call.id)
    version = _seen(call, campaign)
    body = call.read(CampaignBody)
    draft = body.draft(call.member.language, dict(campaign.draft.pictures))
    if body.places is None:
        draft = replace(draft, places=campaign.draft.places)
    _check(call, draft)
    try:
        return await _answer(call, await call.services.campaigns.edit(call.member.id, campaign.id, version, draft))
    except Conflict:
        raise await _conflict(call, version) from None


async def submit(call: Call) -> Answer:
    """Ask for approval."""
    campaign = await call.services.campaigns.get(call.id)
    version = _seen(call, campaign)
    try:
        return await _answer(call, await call.services.campaigns.submit(call.member.id, campaign.id, version))
    except Conflict:
        raise await _conflict(call, version) from None
    except Invalid:
        raise invalid(flaws_of(await _problems(call, campaign), call.services, call.language)) from None


async def pause(call: Call) -> Answer:
    """Send nothing more for now."""
    await _unchanged(call)
    return await _answer(call, await call.services.campaigns.pause(call.member.id, call.id))


async def resume(call: Call) -> Answer:
    """Go on where it was paused."""
    await _unchanged(call)
    return await _answer(call, await call.services.campaigns.resume(call.id))


async def cancel(call: Call) -> Answer:
    """End it for good."""
    await _unchanged(call)
    return await _answer(call, await call.services.campaigns.cancel(call.member.id, call.id))


async def results(call: Call) -> Answer:
    """What became of it so far."""
    services = call.services
    campaign, minimum = await services.campaigns.get(call.id), services.city.statistics_minimum
    quiz = campaign.draft.quiz if campaign.state not in _EDITABLE else None
    counts = shown_results(quiz, await services.quizzes.results(campaign.id), call.member.language, minimum) if quiz else None
    progress, sending = await services.campaigns.progress(campaign.id), await services.results.newest(campaign.id)
    groups = tables_of(campaign.draft.quiz, progress, sending, minimum, services.clock()) if sending else ()
    return Answer(Results.of(campaign, progress, counts, groups, minimum))


async def _answer(call: Call, campaign: Campaign) -> Answer:
    return Answer(await _shown(call, campaign), 200, {"ETag": f'"{campaign.version}"'})


async def _shown(call: Call, campaign: Campaign) -> CampaignShown:
    planner = call.services.campaigns
    dates = planner.dates(campaign.draft, campaign.changes) if campaign.state not in _OVER else []
    problems = await _problems(call, campaign) if campaign.state is CampaignState.DRAFT else []
    size = await planner.audience_size(campaign.topic, campaign.draft.narrowing)
    return CampaignShown.of(campaign, dates, size, flaws_of(problems, call.services, call.language))


async def _problems(call: Call, campaign: Campaign) -> list[Problem]:
    """What keeps a draft from being submitted, by itself and in the places that it names."""
    planner = call.services.campaigns
    return [*planner.check(campaign.draft), *await planner.check_places(campaign.draft)]


def _check(call: Call, draft: CampaignDraft) -> None:
    """Everything at once that not even a draft may have; what only keeps it from being submitted is listed in the answer."""
    blocking = [problem for problem in call.services.campaigns.check(draft) if problem.blocks_saving]
    if blocking:
        raise invalid(flaws_of(blocking, call.services, call.language))


def _seen(call: Call, campaign: Campaign) -> int:
    version = call.needed_version()
    if version != campaign.version:
        raise _changed()
    return version


async def _unchanged(call: Call) -> None:
    """Steering needs no `If-Match`, since stopping must not fail; who sends one is held to it."""
    campaign = await call.services.campaigns.get(call.id)
    if call.version() not in (None, campaign.version):
        raise _changed()


async def _conflict(call: Call, version: int) -> Exception:
    """Why the planner refused: somebody was quicker, or the campaign's state does not allow it."""
    now = await call.services.campaigns.get(call.id)
    return _changed() if now.version != version else Conflict(f"a campaign that is {now.state} does not allow this")


def _changed() -> Refused:
    return Refused(412, "version_changed", "The campaign is not as you saw it any more. Fetch it again, then decide.")


def _ticket(call: Call) -> Ticket | None:
    key = call.request.headers.get("idempotency-key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise Refused(400, "idempotency_key_unusable", "An Idempotency-Key is 1 to 200 visible characters without spaces.")
    return Ticket.of(call.token.id, key, call.body)


def _cursor(before: int) -> str:
    return base64.urlsafe_b64encode(str(before).encode()).decode().rstrip("=")


def _before(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if not _CURSOR.fullmatch(text):
        raise Refused(400, "cursor_unusable", "This cursor is not one that this API gives.")
    return int(text)
