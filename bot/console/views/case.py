"""Handing a tip on: what goes into the package, and the package itself."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console.case_paper import CasePaper
from bot.console.views.custody import purpose_of
from bot.console.views.tip_page import LOOKS, has_custodian, names, reader_of
from bot.console.visit import Visit
from bot.errors import Invalid
from bot.staff.roles import Permission
from bot.tips.case import signing
from bot.tips.case.desk import MAX_REASON, Wanted
from bot.tips.case.manifest import Purpose

_PROBLEMS = {
    ("reason", "empty"): "error.case_reason",
    ("reason", "too_long"): "error.case_reason",
    ("files", "too_large"): "error.case_large",
    ("purpose", "unknown"): "error.case_purpose",
}


async def export_page(visit: Visit) -> Response:
    """The form."""
    return await _page(visit)


async def export(visit: Visit) -> Response:
    """The package, to be saved. The trail keeps what for and the manifest's hash, which stands for every file."""
    originals = frozenset(visit.form.all("originals"))
    if originals and not visit.member.may(Permission.EXPORT_ORIGINALS):
        raise HTTPException(403)
    try:
        wanted = _wanted(visit, originals)
        paper = await _paper(visit)
        desk = visit.services.moderation.cases
        package = await desk.export(reader_of(visit), visit.path_of("id"), wanted, visit.member.name, paper.write)
    except Invalid as error:
        return await _page(visit, _PROBLEMS[error.field, error.code])
    visit.detail = {
        "purpose": wanted.purpose.value,
        "manifest": package.digest,
        "files": package.files,
        "originals": len(originals),
    }
    disposition = f'attachment; filename="{package.name}"'
    return Response(package.data, media_type="application/zip", headers={"Content-Disposition": disposition})


def _wanted(visit: Visit, originals: frozenset[str]) -> Wanted:
    return Wanted(
        purpose=purpose_of(visit),
        reason=" ".join(visit.form["reason"].split()),
        language=visit.language,
        notes=frozenset(visit.form.all("notes")),
        copies=frozenset(visit.form.all("copies")),
        originals=originals,
    )


async def _paper(visit: Visit) -> CasePaper:
    """What the document needs to know; it is written in a thread, where nothing can be asked any more."""
    history = await visit.services.audit.of(visit.path_of("id"))
    return CasePaper(
        say=visit.say,
        dates=visit.dates,
        city=visit.services.city,
        language=visit.language,
        names=await names(visit),
        history=[entry for entry in reversed(history) if entry.action not in LOOKS],
        deed=lambda action: visit.renderer.deed(visit, action),
        by=visit.member.name,
        now=visit.services.clock(),
        key=signing.written(visit.services.moderation.cases.public_key),
    )


async def _page(visit: Visit, problem: str = "") -> Response:
    reader, tip_id = reader_of(visit), visit.path_of("id")
    form = visit.form
    return visit.render(
        "tip_export.html",
        422 if problem else 200,
        tip=await visit.services.tips.open(reader, tip_id),
        notes=await visit.services.moderation.casework.notes(reader, tip_id),
        name=await names(visit),
        purposes=list(Purpose),
        chosen={kind: set(form.all(kind)) for kind in ("notes", "copies", "originals")},
        typed=form,
        limit=MAX_REASON,
        problem=problem,
        may_originals=visit.member.may(Permission.EXPORT_ORIGINALS),
        has_custodian=await has_custodian(visit),
        key=signing.written(visit.services.moderation.cases.public_key),
    )
