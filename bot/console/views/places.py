"""Public places: which ones staff allow, where a campaign is posted, and taking a post back."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from bot.campaigns.drafts import CampaignDraft
from bot.campaigns.places.destinations import Destination
from bot.campaigns.places.notices import MOST_WAITING
from bot.campaigns.places.tables import PlaceState
from bot.campaigns.plans import Campaign
from bot.campaigns.tables import CampaignState
from bot.console.views import campaigns
from bot.console.views.exchange import number_of
from bot.console.visit import Visit
from bot.errors import Conflict, DeliveryError, Invalid, NotAllowed, NotFound
from bot.staff.roles import Permission

_EDITABLE = (CampaignState.DRAFT, CampaignState.SUBMITTED, CampaignState.APPROVED)


async def listing(visit: Visit) -> Response:
    """All places that Faro knows."""
    return await _listing(visit)


async def allow(visit: Visit) -> Response:
    """Let campaigns be posted there; also to change the language."""
    visit.detail = {"language": visit.form["language"][:8]}
    try:
        await visit.services.places.allow(visit.member.id, number_of(visit), visit.form["language"])
    except Invalid:
        return await _listing(visit, "places.choose_language")
    return visit.go("/campaigns/places", "place_decided")


async def refuse(visit: Visit) -> Response:
    """Post nothing there (any more)."""
    await visit.services.places.refuse(visit.member.id, number_of(visit))
    return visit.go("/campaigns/places", "place_decided")


async def form_page(visit: Visit) -> Response:
    """Where the campaign is to be posted."""
    campaign = await _campaign(visit)
    if campaign.state not in _EDITABLE:
        raise Conflict
    return await _form(visit, campaign, campaign.draft)


async def save(visit: Visit) -> Response:
    """Keep the ticks; the campaign is a draft again."""
    campaign, version = await _campaign(visit), visit.form["version"]
    draft = replace(campaign.draft, places=await ticked(visit, "place"))
    try:
        number = int(version) if version.isdecimal() and len(version) < 18 else -1
        await visit.services.campaigns.edit(visit.member.id, campaign.id, number, draft)
    except Conflict:
        return await _form(visit, campaign, draft, status=409)
    return visit.go(f"/campaigns/{campaign.id}", "places_saved")


async def take_back(visit: Visit) -> Response:
    """Delete a post from its place."""
    campaign = await _campaign(visit)
    if not await taken_back(visit, campaign.id):
        return await campaigns.page(visit, campaign, status=409, problem="places.not_deleted")
    return visit.go(f"/campaigns/{campaign.id}", "post_deleted")


async def taken_back(visit: Visit, campaign_id: int) -> bool:
    """Delete the post that the address names; False: Telegram did not. Raises NotFound and Conflict."""
    occurrence_id, place_id = (_number(visit.path_of(name)) for name in ("occurrence", "place"))
    visit.detail = {"place": place_id}
    try:
        await visit.services.posts.take_back(visit.member.id, campaign_id, occurrence_id, place_id)
    except (DeliveryError, NotAllowed):
        return False
    return True


async def ticked(visit: Visit, field: str) -> tuple[Destination, ...]:
    """The places that were ticked and may be: a language comes from the place, never from the form."""
    chosen = set(visit.form.all(field))
    places = await visit.services.places.list()
    return tuple(Destination(one.id, one.language) for one in places if str(one.id) in chosen and one.is_open and one.language)


async def _form(visit: Visit, campaign: Campaign, draft: CampaignDraft, status: int = 200) -> Response:
    chosen = {one.place for one in draft.places}
    places = [one for one in await visit.services.places.list() if one.state is PlaceState.ALLOWED or one.id in chosen]
    return visit.render("campaign_places_form.html", status, campaign=campaign, places=places, ticked=chosen, conflict=status == 409)


async def _listing(visit: Visit, problem: str = "") -> Response:
    places = await visit.services.places.list()
    waiting = sum(one.state is PlaceState.WAITING for one in places)
    return visit.render(
        "places.html",
        422 if problem else 200,
        places=places,
        full=waiting >= MOST_WAITING,
        may_decide=visit.member.may(Permission.PLAN_CAMPAIGNS),
        problem=problem,
    )


async def _campaign(visit: Visit) -> Campaign:
    return await visit.services.campaigns.get(number_of(visit))


def _number(value: str) -> int:
    if not value.isdecimal() or len(value) > 18:
        raise NotFound
    return int(value)
