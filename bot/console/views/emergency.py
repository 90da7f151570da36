"""Broadcasts in an emergency: choosing a template, filling it in, two confirmations, ending and correcting."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from bot.campaigns.emergencies import ALL_CLEAR, Broadcast
from bot.campaigns.emergency_templates import Template, fill
from bot.campaigns.narrowing import EVERYBODY, Narrowing
from bot.campaigns.results import Progress
from bot.campaigns.tables import CampaignState
from bot.console.place_page import places_of
from bot.console.preview import previews
from bot.console.views.places import taken_back, ticked
from bot.console.visit import Visit
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.staff.roles import Permission

_OVER = (CampaignState.DONE, CampaignState.CANCELLED)


async def listing(visit: Visit) -> Response:
    """What is prepared, what waits, and what was sent."""
    templates = [one for one in await visit.services.emergency_templates.all() if not one.corrects]
    found = await visit.services.emergencies.list()
    return visit.render("emergencies.html", templates=templates, broadcasts=found, authors=await _names(visit))


async def new(visit: Visit) -> Response:
    """The form of a template."""
    return await _form(visit, await _template(visit))


async def create(visit: Visit) -> Response:
    """Write it down; nothing is sent. What cannot be used comes back with what to mend."""
    template, emergencies = await _template(visit), visit.services.emergencies
    typed, districts = dict(visit.form), tuple(visit.form.all("district"))
    try:
        said = (template.slug, typed, districts, visit.form["reason"])
        broadcast = await emergencies.prepare(visit.member.id, *said, await ticked(visit, "posted_in"))
    except Invalid as wrong:
        return await _form(visit, template, wrong, status=422)
    return _made(visit, broadcast)


async def show(visit: Visit) -> Response:
    """One broadcast, as people will get it."""
    return await _page(visit, await _broadcast(visit))


async def progress(visit: Visit) -> Response:
    """How far it is, for the page to fetch again and again."""
    broadcast = await _broadcast(visit)
    return visit.render("emergency_progress.html", **await _standing(visit, broadcast))


async def confirm(visit: Visit) -> Response:
    """The first confirmation."""
    return await _confirmed(visit, "emergency_waits", visit.services.emergencies.confirm)


async def send(visit: Visit) -> Response:
    """The second confirmation, by somebody else."""
    return await _confirmed(visit, "emergency_sent", visit.services.emergencies.send)


async def send_alone(visit: Visit) -> Response:
    """The second confirmation by the same person, where the city lets them."""
    return await _confirmed(visit, "emergency_sent", visit.services.emergencies.send_alone)


async def cancel(visit: Visit) -> Response:
    """End it, in flight too."""
    broadcast = await visit.services.emergencies.cancel(visit.member.id, _id(visit))
    return visit.go(f"/emergency/{broadcast.id}", "emergency_cancelled")


async def take_back(visit: Visit) -> Response:
    """Delete a post from its place."""
    broadcast = await _broadcast(visit)
    if not await taken_back(visit, broadcast.id):
        return await _page(visit, broadcast, 409, "places.not_deleted")
    return visit.go(f"/emergency/{broadcast.id}", "post_deleted")


async def follow(visit: Visit) -> Response:
    """Write the all-clear or the correction; it takes the same two confirmations."""
    broadcast = await visit.services.emergencies.follow(visit.member.id, _id(visit), visit.form["how"] or ALL_CLEAR)
    return _made(visit, broadcast)


def _made(visit: Visit, broadcast: Broadcast) -> Response:
    visit.subject = str(broadcast.id)
    visit.detail = {"template": broadcast.template} | ({"follows": broadcast.follows} if broadcast.follows else {})
    return visit.go(f"/emergency/{broadcast.id}", "emergency_prepared")


async def _confirmed(visit: Visit, notice: str, deed: Any) -> Response:
    broadcast = await _broadcast(visit)
    try:
        await deed(visit.member.id, broadcast.id, visit.form["content_hash"], visit.form["word"])
    except Invalid:
        return await _page(visit, broadcast, 422, "error.emergency_word")
    except NotAllowed:
        return await _page(visit, broadcast, 403, "error.emergency_own")
    except Conflict:
        return await _page(visit, await _broadcast(visit), 409, "error.emergency_late")
    return visit.go(f"/emergency/{broadcast.id}", notice)


async def _page(visit: Visit, broadcast: Broadcast, status: int = 200, problem: str = "") -> Response:
    mine, draft = visit.member, broadcast.state is CampaignState.DRAFT
    involved = mine.id in (broadcast.author_id, broadcast.confirmed_by)
    template = await _prepared(visit, broadcast)
    steps = {
        "may_confirm": draft and mine.may(Permission.PLAN_CAMPAIGNS),
        "may_send": broadcast.waits_until is not None and mine.may(Permission.APPROVE_CAMPAIGNS) and not involved,
        "may_send_alone": broadcast.waits_until is not None and involved and visit.services.city.emergency.single_person,
        "may_cancel": broadcast.state not in _OVER and mine.may(Permission.CANCEL_CAMPAIGNS),
        "may_follow": broadcast.may_be_followed and mine.may(Permission.PLAN_CAMPAIGNS),
    }
    return visit.render(
        "emergency.html",
        status,
        problem=problem,
        previews=previews(visit, broadcast.draft),
        audience=await visit.services.emergencies.audience_size(broadcast.draft.narrowing),
        corrections=[one for one in await visit.services.emergency_templates.all() if one.corrects],
        has_all_clear=bool(template and template.all_clear and broadcast.follows is None),
        may_steer=mine.may(Permission.CANCEL_CAMPAIGNS),
        **steps,
        **await places_of(visit, "/emergency", broadcast.id, broadcast.draft),
        **await _standing(visit, broadcast),
    )


async def _standing(visit: Visit, broadcast: Broadcast) -> dict[str, Any]:
    found = await visit.services.emergencies.progress(broadcast.id)
    begun: Progress | None = found if found.started_at else None
    return {
        "broadcast": broadcast,
        "campaign": broadcast,  # what the page of a campaign's progress calls it
        "progress": begun,
        "again": await visit.services.emergencies.tried_again(broadcast.id) if begun else None,
        "must_wait": visit.services.emergencies.must_wait(),
        "names_of_districts": {district.code: district.name for district in visit.services.city.districts},
        "authors": await _names(visit),
    }


async def _form(visit: Visit, template: Template, wrong: Invalid | None = None, status: int = 200) -> Response:
    """The form with what was typed; ``problems``: words by field."""
    problems: dict[str, str] = {}
    if wrong is not None:
        found = template.problems(template.cleaned(dict(visit.form), visit.services.city.languages))
        problems = {one.field: visit.say(f"emergency.problem.{one.code}", **one.params) for one in found}
        if not found:
            problems[wrong.field] = visit.say(f"emergency.problem.{wrong.code}")
    size = visit.services.emergencies.audience_size
    everybody, districts = await size(EVERYBODY), visit.services.city.districts
    counts = {one.code: await size(Narrowing(districts=(one.code,))) for one in districts}
    languages = visit.services.city.languages
    shown = visit.language if visit.language in languages else languages[0]
    context = {"prepared": template, "shown": shown, "problems": problems, "form": visit.form, "everybody": everybody, "counts": counts}
    context["places"] = [one for one in await visit.services.places.list() if one.is_open]
    unfilled = {blank.name: {shown: "…"} for blank in template.blanks}
    context["text"] = fill(template.texts[shown], unfilled, shown, news=visit.services.city.emergency.news)
    return visit.render("emergency_form.html", status, **context)


async def _template(visit: Visit) -> Template:
    template = await visit.services.emergency_templates.get(visit.path_of("template"))
    if template.corrects:
        raise NotFound
    return template


async def _prepared(visit: Visit, broadcast: Broadcast) -> Template | None:
    """The broadcast's template, unless the folder has lost it."""
    try:
        return await visit.services.emergency_templates.get(broadcast.template)
    except NotFound:
        return None


async def _broadcast(visit: Visit) -> Broadcast:
    return await visit.services.emergencies.get(_id(visit))


def _id(visit: Visit) -> int:
    if not (value := visit.path_of("id")).isdecimal() or len(value) > 18:
        raise NotFound
    return int(value)


async def _names(visit: Visit) -> dict[str, str]:
    return {member.id: member.name for member in await visit.services.accounts.list()}
