"""One visit to one page: who asks, in which language, with which form; and the ways to answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.console.forms import Form
from bot.console.rendering import Dates, Renderer
from bot.console.security import NOTICE_COOKIE, PREFIX, SESSION_COOKIE, form_token
from bot.console.services import Services
from bot.crypto import PrivateKey
from bot.messages import Language
from bot.staff.members import Member
from bot.staff.sessions import Session


@dataclass
class Visit:
    """Everything that a view needs to know.

    Attributes:
        secret: what the form token is made from: the session's token, or a random cookie before sign-in.
        holds_share: whether the member keeps a share of the escrow.
        subject: set by a view that made something new, for the audit trail.
        detail: set by a view that has more to say in the audit trail: names and numbers, never content.
    """

    request: Request
    services: Services
    renderer: Renderer
    session: Session | None
    language: Language
    secret: str = field(repr=False)
    form: Form = field(default_factory=lambda: Form([]), repr=False)
    holds_share: bool = False
    subject: str = ""
    detail: dict[str, str | int | bool] = field(default_factory=dict)

    @property
    def current(self) -> Session:
        """The session; only pages that need one may ask."""
        if self.session is None:
            raise RuntimeError("an open page has no session")
        return self.session

    @property
    def member(self) -> Member:
        """Who is signed in."""
        return self.current.member

    @property
    def key(self) -> PrivateKey | None:
        """The private key unlocked in this session."""
        return self.services.sessions.key_of(self.current)

    @property
    def client(self) -> str:
        """The browser's network address."""
        return self.request.client.host if self.request.client else ""

    @property
    def local_path(self) -> str:
        """This page's address with its query, to come back to."""
        query = self.request.url.query
        return self.request.url.path + (f"?{query}" if query else "")

    def path_of(self, name: str) -> str:
        """A part of the address, such as the id in ``/tips/{id}``."""
        return str(self.request.path_params[name])

    def query(self, name: str) -> str:
        """A value of the query, empty when missing."""
        return self.request.query_params.get(name, "")

    @property
    def dates(self) -> Dates:
        """Dates and names in the visitor's language."""
        return Dates(self.language, self.services)

    def say(self, key: str, **params: Any) -> str:
        """A text of the console in the visitor's language."""
        return self.services.translate(key, self.language, params)

    def render(self, template: str, status: int = 200, **context: Any) -> Response:
        """A page. A notice left by the page before is shown once."""
        notice = self.request.cookies.get(NOTICE_COOKIE, "")
        context |= {"visit": self, "notice": notice, "csrf": form_token(self.secret)}
        response = HTMLResponse(self.renderer.render(template, self, context), status)
        if notice:
            response.delete_cookie(NOTICE_COOKIE, path=PREFIX)
        return response

    def go(self, path: str, notice: str = "") -> Response:
        """See the page at ``path`` (below the console) next, with a notice: a key below ``notice`` in the catalogue."""
        response = RedirectResponse(PREFIX + quote(path, safe="/?=&%#"), 303)
        if notice:
            self._cookie(response, NOTICE_COOKIE, notice, 60)
        return response

    def admit(self, response: Response, token: str) -> Response:
        """Give the browser its session's token."""
        self._cookie(response, SESSION_COOKIE, token)
        return response

    def remember(self, response: Response, name: str, value: str, seconds: int | None = None) -> Response:
        """Set a cookie, for the length of the browser's session unless ``seconds`` says how long."""
        self._cookie(response, name, value, seconds)
        return response

    def dismiss(self, response: Response) -> Response:
        """Take the session's token away, and everything that the browser kept of the console."""
        response.delete_cookie(SESSION_COOKIE, path=PREFIX)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    def _cookie(self, response: Response, name: str, value: str, seconds: int | None = None) -> None:
        secure = self.request.url.scheme == "https" or (self.services.public_url or "").startswith("https:")
        response.set_cookie(name, value, max_age=seconds, path=PREFIX, secure=secure, httponly=True, samesite="strict")


def label_of(names: Mapping[str, str], member_id: str) -> str:
    """The name of a member by id, or the id's beginning when nobody has it."""
    return names.get(member_id) or member_id[:8]
