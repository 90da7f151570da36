"""Searching in tips. The words are sent as a form and kept in memory, so that they stand in no address, log or history."""

from __future__ import annotations

from starlette.responses import Response

from bot.console import tip_filters
from bot.console.veiling import parts
from bot.console.views.tip_page import reader_of
from bot.console.views.tip_queue import page_of_queue
from bot.console.visit import Visit
from bot.errors import Invalid, NotFound
from bot.tips.masking import Veil
from bot.tips.search import Search, Stopped

_PROBLEMS = {
    "empty": "error.search_empty",
    "too_short": "error.search_short",
    "too_long": "error.search_long",
    "too_many": "error.search_many",
}


async def begin(visit: Visit) -> Response:
    """Look for words in the tips that the filters show."""
    filters = tip_filters.read(tip_filters.values(visit.form["query"]), visit.services.city, visit.member.id)
    try:
        search = visit.services.moderation.searches.begin(reader_of(visit), visit.form["words"], filters)
    except Invalid as error:
        return await page_of_queue(visit, filters, problem=_PROBLEMS[error.code])
    return await _look(visit, search)


async def further(visit: Visit) -> Response:
    """Go on where the search stopped."""
    try:
        search = visit.services.moderation.searches.get(reader_of(visit), visit.path_of("id"))
    except NotFound:
        return visit.go("/tips", "search_over")
    return visit.go(f"/tip-searches/{search.id}") if search.ended or search.is_full else await _look(visit, search)


async def results(visit: Visit) -> Response:
    """What was found, as it stands now."""
    reader, desk = reader_of(visit), visit.services.moderation
    try:
        search = desk.searches.get(reader, visit.path_of("id"))
    except NotFound:
        return visit.go("/tips", "search_over")
    return visit.render(
        "tip_search.html",
        search=search,
        hits=await desk.search.show(reader, search.hits, search.wanted),
        query=tip_filters.written(search.filters, visit.member.id),
        veiled=lambda text: parts(text, Veil()),
    )


async def _look(visit: Visit, search: Search) -> Response:
    """One stretch further. Whose words were seen is recorded tip by tip, never what was looked for."""
    try:
        stretch = await visit.services.moderation.search.look(
            reader_of(visit), search.wanted, search.filters, search.mark, lambda: _goes_on(visit)
        )
    except Stopped:
        return visit.go("/tips", "search_over")
    for tip in stretch.hits:
        await visit.services.audit.record(visit.member.id, "tip.excerpt", tip)
    search.add(stretch)
    visit.subject, visit.detail = search.id, {"looked": stretch.looked, "found": len(stretch.hits)}
    return visit.go(f"/tip-searches/{search.id}")


async def _goes_on(visit: Visit) -> bool:
    """Whether the session still has its key, and the browser still waits."""
    return visit.key is not None and not await visit.request.is_disconnected()
