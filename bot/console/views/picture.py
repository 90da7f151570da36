"""A campaign's pictures: choosing them, and showing them in the console."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response

from bot.campaigns.drafts import Problem
from bot.campaigns.picture_rules import ALT_LIMIT, CAPTION_LIMIT, caption_length
from bot.campaigns.pictures import LONGEST_SIDE, MAX_BYTES, MEDIA_TYPE, MOST_LENGTHWAYS, SHORTEST_SIDE, draw
from bot.campaigns.plans import Campaign
from bot.campaigns.tables import CampaignState
from bot.console.picture_form import PictureForm
from bot.console.views.exchange import number_of
from bot.console.visit import Visit
from bot.errors import Conflict, Invalid
from bot.messages import Language

_EDITABLE = (CampaignState.DRAFT, CampaignState.SUBMITTED, CampaignState.APPROVED)
_LIMITS = {"megabytes": MAX_BYTES // 1024 // 1024, "pixels": SHORTEST_SIDE, "longest": LONGEST_SIDE, "times": MOST_LENGTHWAYS}


async def image(visit: Visit) -> Response:
    """One picture. Raises NotFound."""
    return Response(await visit.services.pictures.get(visit.path_of("digest")), media_type=MEDIA_TYPE)


async def form_page(visit: Visit) -> Response:
    """The form of a campaign's pictures, empty when it has none."""
    campaign = await _campaign(visit)
    if campaign.state not in _EDITABLE:
        raise Conflict
    return _form(visit, campaign, PictureForm.of(campaign.draft, visit.services.city.languages))


async def save(visit: Visit) -> Response:
    """Keep them; the campaign is a draft again. What a picture shows may still be missing in a language."""
    campaign = await _campaign(visit)
    form = PictureForm.read(visit.form, visit.services.city.languages)
    try:
        form = await _kept(visit, form)
    except Invalid as error:
        return _form(visit, campaign, form, [Problem("picture", error.code, _LIMITS)], 422)
    if form.describes_nothing:
        return _form(visit, campaign, form, [Problem("picture", "picture_not_chosen")], 422)
    return await _saved(visit, campaign, form)


async def _saved(visit: Visit, campaign: Campaign, form: PictureForm) -> Response:
    try:
        changed = replace(campaign.draft, pictures=form.pictures)
        await visit.services.campaigns.edit(visit.member.id, campaign.id, _version(visit), changed)
    except Invalid as error:
        return _form(visit, campaign, form, [Problem("picture", error.code)], 422)
    except Conflict:
        # What was typed must not be lost: the form comes back with it, and says so.
        return _form(visit, campaign, form, status=409)
    return visit.go(f"/campaigns/{campaign.id}", "picture_saved")


async def _kept(visit: Visit, form: PictureForm) -> PictureForm:
    """The form with the digests of what was uploaded. Raises Invalid for a file that is no good picture."""
    drawn = {data: await asyncio.to_thread(draw, data) for data in set(form.uploads.values())}
    digests = {data: await visit.services.pictures.keep(picture) for data, picture in drawn.items()}
    fresh: dict[Language, str] = {language: digests[data] for language, data in form.uploads.items()}
    return replace(form, digests={**form.digests, **fresh}, uploads={})


def _form(visit: Visit, campaign: Campaign, form: PictureForm, problems: Sequence[Problem] = (), status: int = 200) -> Response:
    lengths = {one: caption_length(campaign.draft, one, visit.services.city) for one in visit.services.city.languages}
    return visit.render(
        "picture_form.html",
        status,
        campaign=campaign,
        form=form,
        problems=[visit.say(f"campaign.problem.{problem.code}", **problem.params) for problem in problems],
        conflict=status == 409,
        too_long=[one for one, length in lengths.items() if length > CAPTION_LIMIT],
        lengths=lengths,
        caption_limit=CAPTION_LIMIT,
        alt_limit=ALT_LIMIT,
        limits=_LIMITS,
    )


def _version(visit: Visit) -> int:
    """What is no number fits no version."""
    value = visit.form["version"]
    return int(value) if value.isdecimal() and len(value) < 18 else -1


async def _campaign(visit: Visit) -> Campaign:
    return await visit.services.campaigns.get(number_of(visit))
