"""The queue of tips: filters, saved views, deeds on several tips at once. It shows nothing of what tips say."""

from __future__ import annotations

import re
from dataclasses import replace

from babel.numbers import format_decimal
from starlette.responses import Response

from bot.console import shortcuts, tip_filters
from bot.console.district_map import counted_map
from bot.console.views.paging import standing
from bot.console.views.tip_keys import moderators
from bot.console.views.tip_page import duty_hours, reader_of
from bot.console.visit import Visit
from bot.errors import Conflict, Invalid, NotAllowed, NotFound, SealBroken
from bot.tips.queue import Filters, Order
from bot.tips.status import Status
from bot.tips.vault import Reader

_PAGE = 50
_COUNTED = 1000
"""How far the tabs count: beyond that nobody reads the number, and counting takes long."""
_ID = re.compile(r"[0-9a-f]{32}")
_PROBLEMS = {"empty": "error.view_empty", "too_long": "error.view_long", "too_many": "error.views_many"}


async def queue(visit: Visit) -> Response:
    """One page of the queue."""
    return await page_of_queue(visit, tip_filters.read(visit.request.query_params, visit.services.city, visit.member.id))


async def by_district(visit: Visit) -> Response:
    """Where tips wait for an answer, on the map: numbers of the queue that whoever opens this page may open, so none is hidden."""
    city, counts = visit.services.city, await visit.services.tips.waiting_by_district()
    told = {code: format_decimal(count, locale=visit.language) for code, count in counts.items()}
    map_title, lead = visit.say("district_map.title"), visit.say("tips.map_lead")
    known = [district.code for district in city.districts]
    return visit.render(
        "tip_map.html",
        map=counted_map(city.districts, told, map_title, lead),
        rows=[(code, counts[code]) for code in [*known, *sorted(set(counts) - set(known) - {""}), ""] if code in counts],
        known=known,
    )


async def bulk(visit: Visit) -> Response:
    """Assign, or move on, all tips that were ticked. Those that I cannot open stay as they are."""
    ticked = [tip for tip in visit.form.all("tips") if _ID.fullmatch(tip)][:_PAGE]
    kind, _, value = visit.form["deed"].partition(":")
    if not ticked or kind not in ("status", "assign"):
        raise Invalid("deed", "unknown")
    reader, done = reader_of(visit), 0
    for tip in ticked:
        done += await _changed(visit, reader, tip, kind, value)
    visit.subject, visit.detail = "", {"tips": done}
    return visit.go(f"/tips?{_query(visit)}", "tips_changed" if done == len(ticked) else "tips_partly")


async def save_view(visit: Visit) -> Response:
    """Keep these filters under a name."""
    query = _query(visit)
    try:
        await visit.services.moderation.views.save(visit.member.id, visit.form["name"], query)
    except Invalid as error:
        filters = tip_filters.read({}, visit.services.city, visit.member.id)
        return await page_of_queue(visit, filters, problem=_PROBLEMS[error.code])
    return visit.go(f"/tips?{query}", "view_saved")


async def forget_view(visit: Visit) -> Response:
    """Drop a saved view."""
    await visit.services.moderation.views.forget(visit.member.id, visit.path_of("id"))
    return visit.go("/tips", "view_forgotten")


async def page_of_queue(visit: Visit, filters: Filters, problem: str = "") -> Response:
    """The queue; ``problem``: what was wrong with a form on it."""
    me, before = visit.member.id, visit.query("before") or None
    found = await visit.services.tips.queue(filters, limit=_PAGE + 1, before=before, reader_id=me)
    query = tip_filters.written(filters, me)
    everybody = await moderators(visit)
    return visit.render(
        "tips.html",
        422 if problem else 200,
        tips=found[:_PAGE],
        **await standing(visit),
        more=found[_PAGE - 1].id if len(found) > _PAGE else None,
        counts=await visit.services.tips.count_up_to(_COUNTED),
        counted=_COUNTED,
        chosen=filters,
        assigned={None: "", "": tip_filters.NOBODY, me: tip_filters.ME}.get(filters.assignee, filters.assignee),
        orders=list(Order),
        colleagues=[member for member in everybody if member.id != me],
        names={member.id: member.name for member in everybody},
        query=query,
        with_status=lambda status: tip_filters.written(replace(filters, status=status), me),
        views=await visit.services.moderation.views.of(me),
        settable=[status for status in Status if status is not Status.NEW],
        duty_hours=lambda since: duty_hours(visit, since),
        problem=problem,
        shortcuts=shortcuts.are_on(visit),
    )


async def _changed(visit: Visit, reader: Reader, tip: str, kind: str, value: str) -> bool:
    """One tip of many; recorded like the same deed on its own page."""
    try:
        if kind == "assign":
            await visit.services.moderation.casework.assign(reader, tip, value or None)
            await visit.services.audit.record(visit.member.id, "tip.assign", tip, {"to": value})
        else:
            status = Status(value)
            await visit.services.tips.change_status(reader, tip, status)
            await visit.services.audit.record(visit.member.id, "tip.status", tip, {"status": status.value})
    except (NotFound, NotAllowed, SealBroken, Conflict, ValueError):
        return False
    return True


def _query(visit: Visit) -> str:
    return tip_filters.canonical(visit.form["query"], visit.services.city, visit.member.id)
