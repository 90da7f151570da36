"""My account: language, sessions, and the ways to password and second factor."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.visit import Visit
from bot.errors import Invalid
from bot.messages import Language


async def account(visit: Visit) -> Response:
    """The member's own page."""
    return visit.render("account.html", sessions=await visit.services.sessions.list_of(visit.member.id))


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
