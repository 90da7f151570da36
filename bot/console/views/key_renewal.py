"""A new key for a moderator whose old one may be known to somebody: in their own session, with the password."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.views.tip_keys import sharing_page
from bot.console.visit import Visit
from bot.errors import NotAllowed, TooManyAttempts
from bot.tips.regrant import Progress
from bot.tips.vault import Reader


async def renew(visit: Visit) -> Response:
    """Begin a renewal, or go on with one that was interrupted: the grants are sealed anew in the background."""
    services, session = visit.services, visit.current
    try:
        renewed = await services.renewal.begin(session, visit.form["password"])
    except TooManyAttempts as error:
        return await sharing_page(visit, 429, visit.say("error.wait", count=int(error.retry_after) + 1))
    except NotAllowed:
        return await sharing_page(visit, 422, visit.say("error.password_wrong"))
    former = Reader(session.member.id, renewed.old)

    def reader() -> Reader | None:
        return former if services.sessions.key_of(session) else None

    async def done(result: Progress) -> None:
        if not result.stopped:
            await services.renewal.finish(session.member.id)

    services.moderation.regrant.begin(session.member.id, session.member.id, reader, done)
    return visit.go("/keys", "keys_renewing")
