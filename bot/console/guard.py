"""Stands before every page: finds the session, checks who may pass, checks forms, and turns errors into pages."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from babel import negotiate_locale
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Page, admits, next_step
from bot.console.forms import read_form
from bot.console.rendering import Renderer
from bot.console.second_tab import done_elsewhere
from bot.console.security import FORM_COOKIE, PREFIX, SESSION_COOKIE, harden, same_origin, token_fits
from bot.console.services import Services
from bot.console.uploads import read_upload, read_words
from bot.console.visit import Visit
from bot.errors import Conflict, Invalid, NotAllowed, NotFound, SealBroken, StaleButton, TooManyAttempts
from bot.messages import Language
from bot.staff.audit import AuditEntry
from bot.staff.roles import Permission
from bot.staff.sessions import Session

log = logging.getLogger("faro.console")

_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (StaleButton, 409),
    (Invalid, 422),
    (TooManyAttempts, 429),
)
_EXPLAINED = frozenset({400, 403, 404, 405, 409, 413, 415, 422, 429, 500})


class Guard:
    """Wraps pages into endpoints."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._renderer = Renderer(services)

    def endpoint(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint of a page, guarded."""

        async def endpoint(request: Request) -> Response:
            visit = await self._arrive(request, passive=page.passive)
            try:
                response = await self._pass(page, visit)
            except Exception as error:  # every failure becomes a page that says what happened
                response = await self._failed(page, visit, error)
            return harden(response)

        return endpoint

    async def lost(self, request: Request, status: int) -> Response:
        """The answer at an address that does not exist (404), or not for this method (405)."""
        visit = await self._arrive(request, passive=True)
        return harden(self._page_of_error(visit, status))

    async def _arrive(self, request: Request, *, passive: bool) -> Visit:
        token = request.cookies.get(SESSION_COOKIE, "")
        session = await self._services.sessions.find(token, passive=passive) if token else None
        secret = token if session else request.cookies.get(FORM_COOKIE, "") or secrets.token_urlsafe(32)
        visit = Visit(request, self._services, self._renderer, session, self._language(request, session), secret)
        if session and session.complete and not passive and not session.member.may(Permission.MANAGE_ESCROW):
            visit.holds_share = await self._services.moderation.escrow.is_held_by(session.member.id)
        if session and session.member.may(Permission.SEE_CAMPAIGNS):
            await self._renderer.titles.read()
        return visit

    async def _pass(self, page: Page, visit: Visit) -> Response:
        if not admits(page.access, visit.session):
            return await self._turned_away(page, visit)
        if page.method == "POST":
            await self._check_form(page, visit)
        if page.needs_key and visit.key is None:
            return self._sent_on(visit, f"/unlock?next={quote(_home_of(page, visit))}", "unlock")
        if page.audit and page.method == "GET":
            await self._record(page.audit, visit)
        response = await page.view(visit)
        if page.audit and page.method == "POST" and response.status_code < 400:
            await self._record(page.audit, visit)
        return self._with_form_cookie(visit, response)

    async def _check_form(self, page: Page, visit: Visit) -> None:
        if not same_origin(visit.request, self._services.public_url):
            raise HTTPException(403)
        visit.form = await (read_upload if page.upload else read_form)(visit.request)
        token = visit.request.headers.get("x-csrf-token") or visit.form["csrf"]
        if not token_fits(visit.secret, token):
            raise HTTPException(403, "form")

    async def _turned_away(self, page: Page, visit: Visit) -> Response:
        if page.passive and not (visit.session and visit.session.complete):
            return Response(status_code=401)
        if visit.session is None:
            ended = "signed_out" if SESSION_COOKIE in visit.request.cookies else ""
            if page.method == "POST" and (ended or not page.upload) and same_origin(visit.request, self._services.public_url):
                visit.form = await (read_words if page.upload else read_form)(visit.request)
            back = visit.local_path if page.method == "GET" else _home_of(page, visit) if visit.form.was_work() else ""
            return self._sent_on(visit, "/sign-in" + (f"?next={quote(back)}" if back and page.path != "/" else ""), "sign_in", ended)
        step = next_step(visit.session)
        return visit.go(step) if step else self._page_of_error(visit, 403)

    def _sent_on(self, visit: Visit, way: str, kind: str, notice: str = "") -> Response:
        """To another page first. What was written meanwhile is handed back before, since it would be lost on the way."""
        return self._explained(visit, 403, kind, way=way) if visit.form.was_work() else visit.go(way, notice)

    async def _record(self, action: str, visit: Visit) -> None:
        subject = visit.subject or str(visit.request.path_params.get("id", ""))
        await self._services.audit.record(visit.member.id, action, subject, visit.detail)

    def _with_form_cookie(self, visit: Visit, response: Response) -> Response:
        """Before sign-in, a random cookie stands in for the session's token."""
        if visit.session is None and visit.request.cookies.get(FORM_COOKIE, "") != visit.secret:
            visit.remember(response, FORM_COOKIE, visit.secret)
        return response

    async def _failed(self, page: Page, visit: Visit, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            return self._page_of_error(visit, error.status_code, form=error.detail == "form")
        if isinstance(error, NotAllowed) and "/tips/" in visit.request.url.path:
            return self._explained(visit, 403, "grant")
        status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
        if status == 409 and page.audit and (done := await done_elsewhere(visit, page.audit)):
            return self._explained(visit, status, "yourself", way=_home_of(page, visit).removeprefix(PREFIX), done=done)
        if status != 500:
            return self._page_of_error(visit, status)
        reference = secrets.token_hex(4)
        # Type and place only: an exception's message may hold what somebody wrote.
        place = traceback.extract_tb(error.__traceback__)[-1]
        log.error("console error %s: %s at %s:%s", reference, type(error).__name__, place.filename, place.lineno)
        if isinstance(error, SealBroken):
            return self._explained(visit, 500, "seal", reference)
        return self._page_of_error(visit, 500, reference=reference)

    def _page_of_error(self, visit: Visit, status: int, *, reference: str = "", form: bool = False) -> Response:
        return self._explained(visit, status, "form" if form else str(status if status in _EXPLAINED else 400), reference)

    def _explained(
        self, visit: Visit, status: int, kind: str, reference: str = "", way: str = "/", done: AuditEntry | None = None
    ) -> Response:
        context = {"kind": kind, "reference": reference, "way": way, "done": done}
        return visit.render("error.html", status, words=visit.form.written(), files=bool(visit.form.files), **context)

    def _language(self, request: Request, session: Session | None) -> Language:
        known = self._services.languages
        if session and session.member.language in known:
            return session.member.language
        asked = [part.split(";")[0].strip().replace("-", "_") for part in request.headers.get("accept-language", "")[:200].split(",")]
        return Language(negotiate_locale([language for language in asked if language], known) or known[0])


def _home_of(page: Page, visit: Visit) -> str:
    """The page to come back to: this one, or the one that a form or a picture stands on."""
    if "id" in visit.request.path_params and page.path.startswith("/tips/"):
        return f"{PREFIX}/tips/{visit.path_of('id')}"
    return visit.local_path if page.method == "GET" else visit.request.url.path.rpartition("/")[0]
