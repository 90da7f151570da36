"""Who is called for urgent tips and who has acknowledged, and the counts that pages show anew by themselves."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from bot.console.views.tip_page import names
from bot.console.visit import Visit
from bot.staff.roles import Permission


async def take(visit: Visit) -> Response:
    """Acknowledge: nobody is called for this tip any more."""
    taken = await visit.services.paging.take(visit.path_of("id"), visit.member.id)
    return visit.go(f"/tips/{visit.path_of('id')}", "page_taken" if taken else "page_settled")


async def news(visit: Visit) -> Response:
    """The counts and the pages alone, for a page to fetch again and again."""
    return visit.render("news.html", **await standing(visit))


async def standing(visit: Visit) -> dict[str, Any]:
    """What ``news.html`` shows; nothing for whoever reads no tips."""
    if not visit.member.may(Permission.READ_TIPS):
        return {"work": None, "pages": [], "name": str, "known_new": ""}
    work = await visit.services.workload()
    known = visit.query("new")
    return {
        "work": work,
        "pages": await visit.services.paging.recent(),
        "name": await names(visit),
        "known_new": known if known.isdecimal() and len(known) < 6 else str(work.new),
    }
