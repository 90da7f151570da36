"""Masked words of a tip: hiding them, looking at them, showing them again, taking them out for good."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.views.tip_page import reader_of, show
from bot.console.visit import Visit
from bot.errors import Conflict, Invalid
from bot.tips.case.manifest import Purpose

_PROBLEMS = {"empty": "error.mask_empty", "too_long": "error.mask_long", "missing": "error.mask_missing", "too_many": "error.masks_many"}


async def mask(visit: Visit) -> Response:
    """Hide words from everybody but the custodian."""
    words = visit.form["words"]
    try:
        await visit.services.moderation.masks.mask(reader_of(visit), visit.path_of("id"), words)
    except Invalid as error:
        return await show(visit, _PROBLEMS[error.code], words, about="mask")
    return _back(visit, "tip_masked")


async def unmask(visit: Visit) -> Response:
    """The page with the masked words in it, this one time, with what for in the trail."""
    visit.detail = {"purpose": purpose_of(visit).value}
    return await show(visit, unmasked=True)


async def lift(visit: Visit) -> Response:
    """Everybody who can open the tip sees the words again."""
    await visit.services.moderation.masks.lift(reader_of(visit), visit.path_of("id"), visit.form["mask"])
    return _back(visit, "tip_lifted")


async def redact(visit: Visit) -> Response:
    """Take the words out for good: a second person's deed."""
    try:
        gone = await visit.services.moderation.redaction.redact(reader_of(visit), visit.path_of("id"), visit.form["mask"])
    except Conflict:
        return await show(visit, "error.redact_own", about="mask")
    visit.detail = {"words": gone}
    return _back(visit, "tip_redacted")


def purpose_of(visit: Visit) -> Purpose:
    """What the form says it is for. Raises Invalid: nothing, or something else."""
    try:
        return Purpose(visit.form["purpose"])
    except ValueError:
        raise Invalid("purpose", "unknown") from None


def _back(visit: Visit, notice: str) -> Response:
    return visit.go(f"/tips/{visit.path_of('id')}", notice)
