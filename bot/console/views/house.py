"""Pages about the house itself: audit trail, city."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.audit_words import details
from bot.console.visit import Visit, label_of
from bot.staff.audit import SYSTEM

_PAGE = 50


async def audit(visit: Visit) -> Response:
    """The trail, newest first."""
    before = visit.query("before")
    found = await visit.services.audit.page(int(before) if before.isdecimal() and len(before) < 18 else None, _PAGE + 1)
    names = {member.id: member.name for member in await visit.services.accounts.list()} | {SYSTEM: visit.say("audit.system")}
    return visit.render(
        "audit.html",
        entries=found[:_PAGE],
        more=found[_PAGE - 1].number if len(found) > _PAGE else None,
        name=lambda member_id: label_of(names, member_id),
        details=lambda detail: details(visit, detail, names),
        head=await visit.services.audit.head(),
        verified=None,
    )


async def verify_audit(visit: Visit) -> Response:
    """Recompute the whole chain and say whether it holds."""
    result = await visit.services.audit.verify()
    return visit.go("/audit", "audit_holds" if result.broken_at is None else "audit_broken")


async def city(visit: Visit) -> Response:
    """What the city folder says: helplines with their dates, districts, topics."""
    now = visit.services.clock()
    stale = {line.code for line in visit.services.city.stale_helplines(now)}
    lines = sorted(visit.services.city.helplines, key=lambda line: (line.code not in stale, line.checked_on))
    return visit.render("city.html", helplines=lines, stale=stale)
