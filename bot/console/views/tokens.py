"""A member's own tokens for the API: made with the password, shown once, removed at once."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.visit import Visit
from bot.errors import Conflict, Invalid, NotAllowed, NotFound, TooManyAttempts
from bot.staff.scopes import usable
from bot.staff.tokens import LONGEST_DAYS, NAME_LIMIT, Tokens

_DAYS = (30, 90, LONGEST_DAYS)
_USUAL_DAYS = 90


async def listing(visit: Visit) -> Response:
    """The member's tokens, and a form for another."""
    return await _page(visit)


async def make(visit: Visit) -> Response:
    """A token, shown once. It outlives the session, so the password is asked for."""
    tokens, form = _tokens(visit), visit.form
    try:
        await visit.services.credentials.confirm(visit.current, form["password"])
        days = int(form["days"]) if form["days"] in map(str, _DAYS) else 0
        made = await tokens.make(visit.member, form["name"], form.all("scope"), days)
    except (NotAllowed, TooManyAttempts, Invalid, Conflict) as error:
        return await _page(visit, *_refusal(visit, error))
    return visit.render("token_new.html", token=made.token, text=made.text)


async def remove(visit: Visit) -> Response:
    """A token that works no more."""
    await _tokens(visit).revoke(visit.member.id, visit.path_of("id"))
    return visit.go("/account/tokens", "token_removed")


async def _page(visit: Visit, status: int = 200, problem: str = "") -> Response:
    return visit.render(
        "tokens.html",
        status,
        tokens=await _tokens(visit).list(visit.member.id),
        scopes=usable(visit.member.roles),
        lives=_DAYS,
        form=visit.form,
        chosen=visit.form.all("scope"),
        chosen_days=visit.form["days"] or str(_USUAL_DAYS),
        name_limit=NAME_LIMIT,
        now=visit.services.clock(),
        problem=problem,
    )


def _tokens(visit: Visit) -> Tokens:
    """Raises NotFound while the API is off."""
    if visit.services.tokens is None:
        raise NotFound
    return visit.services.tokens


def _refusal(visit: Visit, error: Exception) -> tuple[int, str]:
    """With which status, and what to tell."""
    match error:
        case Invalid():
            return 422, visit.say(error.code)
        case Conflict():
            return 409, visit.say("error.token_most")
        case TooManyAttempts():
            return 429, visit.say("error.wait", count=int(error.retry_after) + 1)
    return 422, visit.say("error.password_wrong")
