"""Answers to a visit: a whole page, parts of one for the script, or a notice of why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from bot.channels.webchat.chat import Exchange
from bot.channels.webchat.entries import Entry, Shown
from bot.channels.webchat.pages import Pages
from bot.channels.webchat.store import Chats
from bot.channels.webchat.visits import Visit
from bot.errors import FaroError
from bot.messages import Language, Reply

Greeting = Callable[[Language], Sequence[Reply]]
"""What stands on a page before its first message."""


class Refusal(FaroError):
    """The request is answered with a notice. ``notice`` is the end of a catalogue key; ``kept_text`` goes back into the box."""

    def __init__(self, status: int, notice: str, kept_text: str = "") -> None:
        super().__init__(notice)
        self.status = status
        self.notice = notice
        self.kept_text = kept_text


class Answers:
    """Puts together what a visit gets."""

    def __init__(self, pages: Pages, chats: Chats, greeting: Greeting) -> None:
        self._pages = pages
        self._chats = chats
        self._greeting = greeting

    def opening(self, language: Language) -> list[Shown]:
        """The greeting, not kept yet."""
        return [Shown(0, Entry.from_reply(reply)) for reply in self._greeting(language)]

    async def page(self, visit: Visit, notice: str | None = None, status: int = 200, kept_text: str = "") -> Response:
        """The whole page with everything said so far, or the greeting."""
        shown = self.opening(visit.language)
        if visit.visitor is not None and visit.session is not None:
            try:
                shown = await self._chats.entries(visit.visitor) or shown
            except SQLAlchemyError:
                notice, status = "store", 503
        return HTMLResponse(self._pages.chat(visit.language, shown, notice, kept_text), status)

    async def exchanged(self, visit: Visit, after: int, exchange: Exchange) -> Response:
        """What is new after a message; the whole page when its language changed or what it showed is deleted."""
        if not visit.wants_parts:
            return RedirectResponse("/#latest", 303)
        if exchange.anew or (exchange.language or visit.language) != visit.language:
            return JSONResponse({"reload": True})
        return await self.parts(visit, after)

    async def parts(self, visit: Visit, after: int) -> Response:
        """Entries with higher numbers than ``after``."""
        shown = await self._chats.entries(visit.visitor, after) if visit.visitor is not None else []
        return JSONResponse({"html": self._pages.entries(visit.language, shown)})

    def unkept(self, visit: Visit, shown: Sequence[Shown]) -> Response:
        """The exchange that the store did not take: shown now or never."""
        if visit.wants_parts:
            notice = self._pages.say("webchat.notice.store", visit.language)
            return JSONResponse({"html": self._pages.entries(visit.language, shown), "notice": notice})
        return HTMLResponse(self._pages.chat(visit.language, shown, "store"))

    async def refused(self, visit: Visit, refusal: Refusal) -> Response:
        """Why not, in the person's words."""
        if visit.wants_parts:
            notice = self._pages.say(f"webchat.notice.{refusal.notice}", visit.language)
            return JSONResponse({"notice": notice}, refusal.status)
        return await self.page(visit, refusal.notice, refusal.status, refusal.kept_text)

    def left(self, visit: Visit, exit_url: str) -> Response:
        """An empty page that goes on to a neutral one, and has the browser forget this one."""
        response = HTMLResponse(self._pages.left(visit.language))
        response.headers["Refresh"] = f"0; url={exit_url}"
        # Not "cookies": that would also sign a member of staff out of the console.
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
