"""My account: language, sessions, the linked chat, and the ways to password and second factor."""

from __future__ import annotations

from starlette.responses import Response

from bot.console import shortcuts
from bot.console.visit import Visit
from bot.errors import Invalid
from bot.messages import Language
from bot.staff.links import CODE_LIVES
from bot.staff.reach import Wishes
from bot.staff.scopes import usable


async def account(visit: Visit) -> Response:
    """The member's own page."""
    return await _page(visit)


async def reach(visit: Visit) -> Response:
    """How to be reached for urgent tips, and when to get a digest."""
    form = visit.form
    hour = int(form["digest_hour"]) if form["digest_hour"].isdecimal() and len(form["digest_hour"]) < 3 else None
    wishes = Wishes(form["email"].strip() or None, form["pages"] == "1", hour)
    try:
        await visit.services.reach.change(visit.member.id, wishes)
    except Invalid as error:
        if error.field != "email":
            raise
        return await _page(visit, error.code)
    return visit.go("/account", "reach_saved")


async def test_reach(visit: Visit) -> Response:
    """Send the member a page that tells of nothing."""
    page = visit.services.test_page(visit.member.language)
    arrived = await visit.services.herald.tell(visit.member.id, page, everywhere=True)
    return visit.go("/account", "reach_tested" if arrived else "reach_failed")


async def _page(visit: Visit, problem: str = "") -> Response:
    services, me = visit.services, visit.member.id
    return visit.render(
        "account.html",
        422 if problem else 200,
        wishes=await services.reach.wishes(me),
        reached=await services.herald.reaches(me),
        has_mail=services.herald.has_mail,
        problem=problem,
        shortcuts=shortcuts.are_on(visit),
        sessions=await services.sessions.list_of(me),
        linked=await services.links.address_of(me) is not None,
        chat=services.chat(),
        tokens_for=usable(visit.member.roles),
    )


async def language(visit: Visit) -> Response:
    """Speak another language from now on."""
    if visit.form["language"] not in visit.services.languages:
        raise Invalid("language", "unknown")
    await visit.services.accounts.set_language(visit.member.id, Language(visit.form["language"]))
    return visit.go("/account", "language")


async def keys(visit: Visit) -> Response:
    """Switch single keys in lists on or off, in this browser."""
    return shortcuts.switch(visit, visit.go("/account", "keys_saved"), on=visit.form["keys"] == "1")


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
