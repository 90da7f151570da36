"""The way in: password, second factor, own password, enrolment, unlocking, and the way out."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from bot.console.access import next_step
from bot.console.security import PREFIX, local_path
from bot.console.visit import Visit
from bot.errors import Invalid, NotAllowed, TooManyAttempts


def _next(visit: Visit) -> str:
    """Where to go afterwards, below the console."""
    return local_path(visit.form["next"] or visit.query("next")).removeprefix(PREFIX) or "/"


def _refusal(visit: Visit, error: Exception, wrong: str) -> tuple[str, int]:
    """What to tell, and with which status."""
    if isinstance(error, TooManyAttempts):
        return visit.say("error.wait", count=int(error.retry_after) + 1), 429
    if isinstance(error, Invalid):
        return visit.say(error.code), 422
    return visit.say(wrong), 422


async def sign_in_page(visit: Visit) -> Response:
    """Ask for login and password."""
    if visit.session is not None and visit.session.complete:
        return visit.go("/")
    return visit.render("sign_in.html", next=_next(visit), login="", problem="")


async def sign_in(visit: Visit) -> Response:
    """Check login and password."""
    login = visit.form["login"]
    try:
        signed = await visit.services.sign_in.sign_in(login, visit.form["password"], None, visit.client)
    except (NotAllowed, TooManyAttempts) as error:
        problem, status = _refusal(visit, error, "error.sign_in")
        return visit.render("sign_in.html", status, next=_next(visit), login=login[:64], problem=problem)
    if visit.session is not None:
        await visit.services.sessions.close(visit.session.id)
    session = await visit.services.sessions.find(signed.token)
    step = next_step(session) if session else None
    return visit.admit(visit.go(f"{step or '/'}?next={quote(PREFIX + _next(visit))}"), signed.token)


async def second_factor_page(visit: Visit) -> Response:
    """Ask for the code of the app, or a recovery code."""
    if next_step(visit.current) != "/second-factor":
        return visit.go(next_step(visit.current) or "/")
    return visit.render("second_factor.html", next=_next(visit), problem="")


async def second_factor(visit: Visit) -> Response:
    """Check the code."""
    try:
        token = await visit.services.sign_in.show_code(visit.current, visit.form["code"])
    except (NotAllowed, TooManyAttempts) as error:
        problem, status = _refusal(visit, error, "error.code")
        return visit.render("second_factor.html", status, next=_next(visit), problem=problem)
    return visit.admit(visit.go(_next(visit)), token)


async def password_page(visit: Visit) -> Response:
    """Ask for a new password; the first one must be changed."""
    if next_step(visit.current) == "/second-factor":
        return visit.go("/second-factor")
    return visit.render("password.html", problem="", next=_next(visit))


async def password(visit: Visit) -> Response:
    """Change the password."""
    try:
        if visit.form["new"] != visit.form["again"]:
            raise Invalid("again", "error.password_differs")
        token = await visit.services.credentials.change_password(visit.current, visit.form["old"], visit.form["new"])
    except (Invalid, NotAllowed, TooManyAttempts) as error:
        problem, status = _refusal(visit, error, "error.password_wrong")
        return visit.render("password.html", status, problem=problem, next=_next(visit))
    path = "/account" if visit.member.second_factor else "/enrol"
    return visit.admit(visit.go(path, "password_changed"), token)


async def enrol_page(visit: Visit) -> Response:
    """Show the QR code of a new second factor. Whoever has one goes through the account page first."""
    if (step := next_step(visit.current)) != "/enrol":
        return visit.go(step or "/account")
    return await _show_enrolment(visit)


async def renew_page(visit: Visit) -> Response:
    """A new app instead of the old one, once the password was asked for."""
    try:
        enrolment = await visit.services.credentials.begin_enrolment(visit.current, visit.form["password"])
    except (NotAllowed, TooManyAttempts) as error:
        problem, status = _refusal(visit, error, "error.password_wrong")
        return visit.render("confirm.html", status, problem=problem)
    return visit.render("enrol.html", enrolment=enrolment, problem="")


async def confirm_page(visit: Visit) -> Response:
    """Ask for the password before the second factor is changed."""
    return visit.render("confirm.html", problem="")


async def enrol(visit: Visit) -> Response:
    """Check the app's first code, then show the recovery codes once."""
    try:
        token, codes = await visit.services.credentials.finish_enrolment(visit.current, visit.form["code"])
    except (NotAllowed, TooManyAttempts) as error:
        problem, status = _refusal(visit, error, "error.code_enrol")
        return await _show_enrolment(visit, problem, status)
    return visit.admit(visit.render("recovery_codes.html", codes=codes), token)


async def _show_enrolment(visit: Visit, problem: str = "", status: int = 200) -> Response:
    enrolment = await visit.services.credentials.begin_enrolment(visit.current)
    return visit.render("enrol.html", status, enrolment=enrolment, problem=problem)


async def unlock_page(visit: Visit) -> Response:
    """Ask for the password again: the key to the tips is not in memory."""
    return visit.render("unlock.html", next=_next(visit), problem="")


async def unlock(visit: Visit) -> Response:
    """Unlock the key for this session."""
    try:
        await visit.services.credentials.unlock(visit.current, visit.form["password"])
    except (NotAllowed, TooManyAttempts) as error:
        problem, status = _refusal(visit, error, "error.password_wrong")
        return visit.render("unlock.html", status, next=_next(visit), problem=problem)
    return visit.go(_next(visit))


async def sign_out(visit: Visit) -> Response:
    """End this session."""
    await visit.services.audit.record(visit.member.id, "sign_out.done")
    await visit.services.sessions.close(visit.current.id)
    return visit.dismiss(visit.go("/sign-in", "bye"))
