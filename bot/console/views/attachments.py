"""Files of a tip that are not shown: a page that warns, the download behind it, and what to do about a picture nobody may look at."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.views.tip_page import reader_of
from bot.console.visit import Visit
from bot.errors import NotFound
from bot.tips.attachments import Attached
from bot.tips.kinds import FileKind

SAVED_ONLY = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


async def file_page(visit: Visit) -> Response:
    """What is known about a file, and what opening it may do."""
    return visit.render("tip_file.html", file=await _file(visit), tip_id=visit.path_of("id"))


async def download(visit: Visit) -> Response:
    """The file as it came. Its name says the kind only: the tipster's own may name them, and stands in no header."""
    await _file(visit)
    found = await visit.services.moderation.attachments.download(reader_of(visit), visit.path_of("id"), visit.path_of("attachment"))
    name = f"{found.about.kind.value}-{found.about.id[:8]}.{found.about.suffix}"
    headers = SAVED_ONLY | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(found.data, media_type="application/octet-stream", headers=headers)


async def procedure(visit: Visit) -> Response:
    """What to do when an attachment looks like an intimate picture of somebody under 18, without opening it."""
    contact = visit.services.city.image_contact
    return visit.render(
        "tip_procedure.html",
        file=await _about(visit),
        tip_id=visit.path_of("id"),
        contact=contact.contact if contact else "",
        contact_name=contact.name.get(visit.language) or next(iter(contact.name.values())) if contact else "",
        has_recovery_key=await visit.services.moderation.recovery.present() is not None,
    )


async def seal_off(visit: Visit) -> Response:
    """Close the file to everybody who works on tips."""
    visit.detail = {"attachment": visit.path_of("attachment")}
    await visit.services.moderation.attachments.seal_off(reader_of(visit), visit.path_of("id"), visit.path_of("attachment"))
    return visit.go(f"/tips/{visit.path_of('id')}", "tip_sealed_off")


async def _about(visit: Visit) -> Attached:
    visit.detail = {"attachment": visit.path_of("attachment")}
    return await visit.services.moderation.attachments.about(reader_of(visit), visit.path_of("id"), visit.path_of("attachment"))


async def _file(visit: Visit) -> Attached:
    """Photos are shown as redrawn copies only; what was sealed off not at all."""
    about = await _about(visit)
    if about.kind is FileKind.PHOTO or about.sealed_off:
        raise NotFound()
    return about
