"""Tips: the queue, one tip, its files. Reading needs the key that is unlocked in the session."""

from __future__ import annotations

import re
import secrets

from starlette.responses import Response

from bot.console.views.tip_keys import moderators
from bot.console.visit import Visit
from bot.errors import Invalid, NotAllowed
from bot.tips.review import MAX_REPLY
from bot.tips.status import Status
from bot.tips.vault import Reader

_PAGE = 50
_ID = re.compile(r"[0-9a-f]{32}")
_SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "image/webp"})


async def queue(visit: Visit) -> Response:
    """The queue, filtered by status and category, a page at a time."""
    status, category = _status(visit.query("status")), _category(visit)
    before, reader = visit.query("before") or None, visit.member.id
    found = await visit.services.tips.queue(status=status, category=category, limit=_PAGE + 1, before=before, reader_id=reader)
    counts = await visit.services.tips.count_by_status()
    return visit.render(
        "tips.html",
        tips=found[:_PAGE],
        more=found[_PAGE - 1].id if len(found) > _PAGE else None,
        counts={one: counts.get(one, 0) for one in Status},
        chosen=status,
        category=category,
    )


async def tip(visit: Visit) -> Response:
    """One tip with its timeline."""
    return await _show(visit)


async def change_status(visit: Visit) -> Response:
    """Move the tip on."""
    status = _status(visit.form["status"])
    if status is None:
        raise Invalid("status", "unknown")
    await visit.services.tips.change_status(_reader(visit), visit.path_of("id"), status)
    return visit.go(f"/tips/{visit.path_of('id')}", "tip_status")


async def answer(visit: Visit) -> Response:
    """Write to the tipster."""
    text = visit.form["text"].replace("\r\n", "\n").strip()
    # The page made the answer's id: a form that is sent twice answers once.
    reply_id = visit.form["reply_id"] if _ID.fullmatch(visit.form["reply_id"]) else None
    try:
        await visit.services.tips.reply(_reader(visit), visit.path_of("id"), text, reply_id)
    except Invalid:
        return await _show(visit, problem="error.answer_long" if text else "error.answer_empty", typed=text)
    return visit.go(f"/tips/{visit.path_of('id')}", "tip_answered")


async def attachment(visit: Visit) -> Response:
    """A file: pictures are shown, everything else is only saved; nothing in it can run here."""
    file = await visit.services.tips.attachment(_reader(visit), visit.path_of("id"), visit.path_of("attachment"))
    shown = file.media_type in _SHOWN_INLINE
    return Response(
        file.data,
        media_type=file.media_type if shown else "application/octet-stream",
        headers={
            "Content-Disposition": "inline" if shown else 'attachment; filename="attachment"',
            "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        },
    )


async def _show(visit: Visit, problem: str = "", typed: str = "") -> Response:
    opened = await visit.services.tips.open(_reader(visit), visit.path_of("id"))
    status, everybody = opened.summary.status, await moderators(visit)
    holders = await visit.services.moderation.grants.holders(opened.summary.id)
    return visit.render(
        "tip.html",
        422 if problem else 200,
        tip=opened,
        statuses=[one for one in Status if one is not Status.NEW or status is Status.NEW],
        problem=problem,
        typed=typed,
        limit=MAX_REPLY,
        reply_id=secrets.token_hex(16),
        holders=[member for member in everybody if member.id in holders],
        others=[member for member in everybody if member.id not in holders],
    )


def _reader(visit: Visit) -> Reader:
    """The member with their key. The pages are declared to need it; it may be gone a moment later all the same."""
    if (key := visit.key) is None:
        raise NotAllowed("the key is locked")
    return Reader(visit.member.id, key)


def _status(value: str) -> Status | None:
    return Status(value) if value in list(Status) else None


def _category(visit: Visit) -> str | None:
    asked = visit.query("category")
    return asked if any(asked == category.code for category in visit.services.city.tip_categories) else None
