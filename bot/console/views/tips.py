"""Tips: one tip, its files. Reading needs the key that is unlocked in the session."""

from __future__ import annotations

import re

from starlette.responses import Response

from bot.console.views.tip_page import reader_of, show
from bot.console.visit import Visit
from bot.errors import Invalid
from bot.tips.status import Status

_ID = re.compile(r"[0-9a-f]{32}")
_SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "image/webp"})


async def tip(visit: Visit) -> Response:
    """One tip with its timeline."""
    return await show(visit)


async def change_status(visit: Visit) -> Response:
    """Move the tip on."""
    status = _status(visit.form["status"])
    if status is None:
        raise Invalid("status", "unknown")
    visit.detail = {"status": status.value}
    await visit.services.tips.change_status(reader_of(visit), visit.path_of("id"), status)
    return visit.go(f"/tips/{visit.path_of('id')}", "tip_status")


async def answer(visit: Visit) -> Response:
    """Write to the tipster."""
    text = visit.form["text"].replace("\r\n", "\n").strip()
    # The page made the answer's id: a form that is sent twice answers once.
    reply_id = visit.form["reply_id"] if _ID.fullmatch(visit.form["reply_id"]) else None
    try:
        await visit.services.tips.reply(reader_of(visit), visit.path_of("id"), text, reply_id)
    except Invalid:
        return await show(visit, "error.answer_long" if text else "error.answer_empty", text)
    return visit.go(f"/tips/{visit.path_of('id')}", "tip_answered")


async def attachment(visit: Visit) -> Response:
    """A photo, as it was drawn anew; nothing in it can run here. Other files have pages of their own (``attachments.py``)."""
    file = await visit.services.tips.attachment(reader_of(visit), visit.path_of("id"), visit.path_of("attachment"))
    shown = file.media_type in _SHOWN_INLINE
    return Response(
        file.data,
        media_type=file.media_type if shown else "application/octet-stream",
        headers={
            "Content-Disposition": "inline" if shown else 'attachment; filename="attachment"',
            "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        },
    )


def _status(value: str) -> Status | None:
    return Status(value) if value in list(Status) else None
