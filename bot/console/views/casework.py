"""What moderators do with a tip among themselves: assignment, notes, labels, links, holds, deletion."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from starlette.responses import Response

from bot.console.views.tip_page import reader_of, show
from bot.console.visit import Visit
from bot.errors import Invalid

_ID = re.compile(r"[0-9a-f]{32}")
_PROBLEMS = {
    ("note", "empty"): "error.note_empty",
    ("note", "too_long"): "error.note_long",
    ("labels", "unknown"): "error.labels_unknown",
    ("labels", "too_long"): "error.label_long",
    ("labels", "too_many"): "error.labels_many",
    ("until", "hold_time"): "error.hold_time",
    ("reason", "hold_reason"): "error.hold_reason",
}


async def assign(visit: Visit) -> Response:
    """Give the tip to somebody, or to nobody."""
    to = visit.form["to"]
    await visit.services.moderation.casework.assign(reader_of(visit), visit.path_of("id"), to or None)
    visit.detail = {"to": to}
    return _back(visit, "tip_assigned")


async def note(visit: Visit) -> Response:
    """Write a note."""
    text = visit.form["note"].replace("\r\n", "\n").strip()
    note_id = visit.form["note_id"] if _ID.fullmatch(visit.form["note_id"]) else None
    try:
        await visit.services.moderation.casework.note(reader_of(visit), visit.path_of("id"), text, note_id)
    except Invalid as error:
        return await _problem(visit, error, "note", text)
    return _back(visit, "tip_noted")


async def label(visit: Visit) -> Response:
    """Replace the labels."""
    free = [part.strip() for part in visit.form["free"].split(",")]
    try:
        await visit.services.moderation.casework.set_labels(reader_of(visit), visit.path_of("id"), visit.form.all("labels"), free)
    except Invalid as error:
        return await _problem(visit, error, "labels", visit.form["free"])
    return _back(visit, "tip_labelled")


async def link(visit: Visit) -> Response:
    """Say that another tip is about the same."""
    other = visit.form["other"]
    await visit.services.moderation.likeness.link(reader_of(visit), visit.path_of("id"), other)
    visit.detail = {"other": other[:32]}
    return _back(visit, "tip_linked")


async def unlink(visit: Visit) -> Response:
    """Take that back."""
    other = visit.form["other"]
    await visit.services.moderation.likeness.unlink(reader_of(visit), visit.path_of("id"), other)
    visit.detail = {"other": other[:32]}
    return _back(visit, "tip_unlinked")


async def hold(visit: Visit) -> Response:
    """Keep the tip longer."""
    try:
        until = _end_of_day(visit, visit.form["until"])
        await visit.services.moderation.holding.hold(reader_of(visit), visit.path_of("id"), until, visit.form["reason"])
    except Invalid as error:
        return await _problem(visit, error, "hold", visit.form["reason"])
    return _back(visit, "tip_held")


async def release(visit: Visit) -> Response:
    """End the hold."""
    await visit.services.moderation.holding.release(reader_of(visit), visit.path_of("id"))
    return _back(visit, "tip_released")


async def ask_deletion(visit: Visit) -> Response:
    """Ask a colleague to agree to its deletion."""
    await visit.services.moderation.holding.ask_deletion(reader_of(visit), visit.path_of("id"))
    return _back(visit, "tip_deletion_asked")


async def keep(visit: Visit) -> Response:
    """It is not to be deleted after all."""
    await visit.services.moderation.holding.ask_deletion(reader_of(visit), visit.path_of("id"), wanted=False)
    return _back(visit, "tip_kept")


async def delete(visit: Visit) -> Response:
    """Delete it for good, as another moderator asked."""
    await visit.services.moderation.holding.delete(reader_of(visit), visit.path_of("id"))
    return visit.go("/tips", "tip_deleted")


async def deletions(visit: Visit) -> Response:
    """What was deleted, without content."""
    return visit.render("tip_deletions.html", deletions=await visit.services.moderation.holding.deletions())


def _end_of_day(visit: Visit, typed: str) -> datetime:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise Invalid("until", "hold_time") from None
    return datetime.combine(day, time(23, 59), visit.services.city.time_zone)


def _back(visit: Visit, notice: str) -> Response:
    return visit.go(f"/tips/{visit.path_of('id')}", notice)


async def _problem(visit: Visit, error: Invalid, about: str, typed: str) -> Response:
    return await show(visit, _PROBLEMS[error.field, error.code], typed, about=about)
