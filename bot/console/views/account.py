"""My account: language, sessions, the linked chat, and the ways to password and second factor."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.visit import Visit
from bot.errors import Invalid
from bot.messages import Language
from bot.staff.links import CODE_LIVES


async def account(visit: Visit) -> Response:
    """The member's own page."""
    services, me = visit.services, visit.member.id
    return visit.render(
        "account.html",
        sessions=await services.sessions.list_of(me),
        linked=await services.links.address_of(me) is not None,
        chat=services.chat(),
    )


async def language(visit: Visit) -> Response:
    """Speak another language from now on."""
    if visit.form["language"] not in visit.services.languages:
        raise Invalid("language", "unknown")
    await visit.services.accounts.set_language(visit.member.id, Language(visit.form["language"]))
    return visit.go("/account", "language")


async def end_other_sessions(visit: Visit) -> Response:
    """Sign out everywhere else."""
    await visit.services.accounts.end_sessions(visit.member.id, visit.member.id, but=visit.current.id)
    return visit.go("/account", "sessions_ended")


async def link(visit: Visit) -> Response:
    """A code that links the member's own chat, shown once."""
    code = await visit.services.links.begin(visit.member.id)
    return visit.render("account_link.html", code=code, chat=visit.services.chat(), minutes=int(CODE_LIVES.total_seconds()) // 60)


async def unlink(visit: Visit) -> Response:
    """Send nothing to the linked chat any more."""
    await visit.services.links.unlink(visit.member.id)
    return visit.go("/account", "chat_unlinked")
