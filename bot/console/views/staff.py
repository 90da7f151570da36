"""Staff: the administrator's pages about people."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.visit import Visit
from bot.errors import Conflict, Invalid
from bot.staff.roles import Role


async def listing(visit: Visit) -> Response:
    """Everybody who has or had an account."""
    return visit.render("staff.html", members=await visit.services.accounts.list())


async def new(visit: Visit) -> Response:
    """An empty form."""
    return _form(visit)


async def create(visit: Visit) -> Response:
    """Make an account and show its first password, once."""
    try:
        member, first = await visit.services.accounts.create(visit.member.id, visit.form["login"], visit.form["name"], _roles(visit))
    except Invalid as error:
        return _form(visit, error.field, visit.say(error.code), 422)
    except Conflict:
        return _form(visit, "login", visit.say("error.login_taken"), 409)
    return visit.render("staff_password.html", person=member, password=first, fresh=True)


async def member(visit: Visit) -> Response:
    """One account."""
    return await _page(visit)


async def set_roles(visit: Visit) -> Response:
    """Change what somebody may do."""
    try:
        await visit.services.accounts.set_roles(visit.member.id, visit.path_of("id"), _roles(visit))
    except Invalid as error:
        return await _page(visit, visit.say(error.code), 422)
    except Conflict:
        return await _page(visit, visit.say("error.last_admin"), 409)
    return _back(visit, "staff_roles")


async def disable(visit: Visit) -> Response:
    """Shut an account."""
    try:
        await visit.services.accounts.disable(visit.member.id, visit.path_of("id"))
    except Conflict:
        return await _page(visit, visit.say("error.last_admin"), 409)
    return _back(visit, "staff_disabled")


async def enable(visit: Visit) -> Response:
    """Open it again."""
    await visit.services.accounts.enable(visit.member.id, visit.path_of("id"))
    return _back(visit, "staff_enabled")


async def reset_password(visit: Visit) -> Response:
    """A new first password, shown once."""
    person = await visit.services.accounts.get(visit.path_of("id"))
    first = await visit.services.accounts.reset_password(visit.member.id, person.id)
    return visit.render("staff_password.html", person=person, password=first, fresh=False)


async def reset_second_factor(visit: Visit) -> Response:
    """Forget a lost second factor."""
    await visit.services.accounts.reset_second_factor(visit.member.id, visit.path_of("id"))
    return _back(visit, "staff_second_factor")


async def end_sessions(visit: Visit) -> Response:
    """Sign somebody out everywhere."""
    await visit.services.accounts.end_sessions(visit.member.id, visit.path_of("id"))
    return _back(visit, "staff_sessions")


def _roles(visit: Visit) -> list[Role]:
    return [Role(name) for name in visit.form.all("roles") if name in list(Role)]


def _back(visit: Visit, notice: str) -> Response:
    return visit.go(f"/staff/{visit.path_of('id')}", notice)


def _form(visit: Visit, field: str = "", problem: str = "", status: int = 200) -> Response:
    context = {"roles": list(Role), "chosen": _roles(visit), "form": visit.form}
    return visit.render("staff_new.html", status, **context, field_wrong=field, problem=problem)


async def _page(visit: Visit, problem: str = "", status: int = 200) -> Response:
    person = await visit.services.accounts.get(visit.path_of("id"))
    sessions = await visit.services.sessions.list_of(person.id)
    return visit.render("staff_member.html", status, person=person, sessions=len(sessions), roles=list(Role), problem=problem)
