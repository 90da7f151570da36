"""One request, read: whose it is, in which language, and whether it wants a page or parts of one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.webchat.store import Chats, OpenSession
from bot.channels.webchat.visitor import Visitor
from bot.messages import Clock, Language


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known of a request before it is answered."""

    client: str
    visitor: Visitor | None
    session: OpenSession | None
    language: Language
    wants_parts: bool
    """True: the page's script asks, and puts parts into the open page."""
    store_failed: bool = False

    @property
    def has_ended(self) -> bool:
        """The browser brings the cookie of a session that is no more."""
        return self.visitor is not None and self.session is None and not self.store_failed

    def opened(self, visitor: Visitor, session: OpenSession | None) -> Visit:
        """The same visit with a new session."""
        return replace(self, visitor=visitor, session=session)


class Visits:
    """Reads requests, and writes the session cookie.

    Args:
        languages: those of the city, the default first.
        secure: served over https; the cookie then is bound to it and to this very host.
    """

    def __init__(self, chats: Chats, languages: tuple[Language, ...], clock: Clock, *, secure: bool) -> None:
        self._chats = chats
        self._languages = languages
        self._clock = clock
        self._secure = secure
        self._cookie = "__Host-faro_chat" if secure else "faro_chat"

    async def read(self, request: Request) -> Visit:
        """The visit of a request; a failing store is noted, not raised."""
        visitor = Visitor.of(request.cookies.get(self._cookie))
        session, failed = None, False
        if visitor is not None:
            try:
                session = await self._chats.find(visitor.id, self._clock())
            except SQLAlchemyError:
                failed = True
        client = request.client.host if request.client else "unknown"
        return Visit(client, visitor, session, self._language(request, session), _wants_parts(request), failed)

    def in_page_language(self, visit: Visit, shown_in: str | None) -> Visit:
        """The visit in the language of the page that sent a form, while no conversation has one."""
        if shown_in in self._languages and (visit.session is None or visit.session.language is None):
            return replace(visit, language=Language(shown_in))
        return visit

    def give_cookie(self, response: Response, visitor: Visitor) -> None:
        """A session cookie: gone with the browser, unseen by scripts, never sent along from other sites."""
        response.set_cookie(self._cookie, visitor.token, path="/", secure=self._secure, httponly=True, samesite="strict")

    def take_cookie(self, response: Response) -> None:
        """Have the browser drop its cookie."""
        response.delete_cookie(self._cookie, path="/", secure=self._secure, httponly=True, samesite="strict")

    def _language(self, request: Request, session: OpenSession | None) -> Language:
        """The conversation's language; before there is one the page's, then the browser's first that the city speaks."""
        accepted = [part.split(";")[0].split("-")[0].strip().lower() for part in request.headers.get("accept-language", "").split(",")]
        wishes = [session.language if session else None, request.query_params.get("lang"), *accepted[:20]]
        return next((Language(wish) for wish in wishes if wish in self._languages), self._languages[0])


def _wants_parts(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")
