"""The front page: what waits for this member, by what they may do."""

from __future__ import annotations

from starlette.responses import Response

from bot.campaigns.plans import CampaignSummary
from bot.campaigns.tables import CampaignState
from bot.console.views.paging import standing
from bot.console.visit import Visit
from bot.staff.members import Member
from bot.staff.roles import Permission
from bot.tips.queue import Filters
from bot.tips.review import TipSummary
from bot.tips.status import Status

_TIPS = 5
_AHEAD = (CampaignState.APPROVED, CampaignState.RUNNING, CampaignState.PAUSED)


async def home(visit: Visit) -> Response:
    """Only the parts that the member may see are looked up."""
    campaigns = await visit.services.campaigns.list() if visit.member.may(Permission.SEE_CAMPAIGNS) else []
    return visit.render(
        "home.html",
        counts=await _counts(visit),
        tips=await _newest(visit),
        **await standing(visit),
        to_approve=_to_approve(visit, campaigns),
        drafts=_drafts(visit, campaigns),
        ahead=[campaign for campaign in campaigns if campaign.state in _AHEAD],
        newcomers=await _newcomers(visit),
        stale=visit.services.city.stale_helplines(visit.services.clock()),
    )


async def _counts(visit: Visit) -> dict[str, int]:
    if not visit.member.may(Permission.READ_TIPS):
        return {}
    counts = await visit.services.tips.count_up_to(1000)
    return {status.value: counts.get(status, 0) for status in (Status.NEW, Status.IN_REVIEW, Status.WAITING)}


async def _newest(visit: Visit) -> list[TipSummary]:
    if not visit.member.may(Permission.READ_TIPS):
        return []
    return await visit.services.tips.queue(Filters(status=Status.NEW), limit=_TIPS, reader_id=visit.member.id)


def _to_approve(visit: Visit, campaigns: list[CampaignSummary]) -> list[CampaignSummary]:
    if not visit.member.may(Permission.APPROVE_CAMPAIGNS):
        return []
    return [one for one in campaigns if one.state is CampaignState.SUBMITTED and one.author_id != visit.member.id]


def _drafts(visit: Visit, campaigns: list[CampaignSummary]) -> list[CampaignSummary]:
    if not visit.member.may(Permission.PLAN_CAMPAIGNS):
        return []
    return [one for one in campaigns if one.state is CampaignState.DRAFT and one.author_id == visit.member.id]


async def _newcomers(visit: Visit) -> list[Member]:
    """Accounts whose first sign-in is still to come."""
    if not visit.member.may(Permission.MANAGE_STAFF):
        return []
    return [member for member in await visit.services.accounts.list() if not member.disabled and not member.second_factor]
