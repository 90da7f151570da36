"""The web chat over HTTP. Every form works without JavaScript; with it the same forms answer with parts of the page."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.channels.webchat.answers import Answers, Refusal
from bot.channels.webchat.chat import Chat
from bot.channels.webchat.forms import Form, FormReader, Malformed, TooLarge
from bot.channels.webchat.guard import is_from_here
from bot.channels.webchat.pulse import Pulse
from bot.channels.webchat.store import Chats, OpenSession, SessionEnded, TooManySessions
from bot.channels.webchat.visitor import Visitor
from bot.channels.webchat.visits import Visit, Visits
from bot.city import City
from bot.limits import Limiter
from bot.messages import Clock, Language

_LOOK_AGAIN_SECONDS = 5.0
"""How often a waiting page looks into the store, for news from another process."""
_FIRST_TURNS_KEPT = 1_000
_LEFT = ""
"""In place of a session: the person left before their first message was read, so it must not begin one."""
_THIS_MACHINE = ("127.0.0.1", "::1")

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages per session, new sessions per client, and for how many seconds a page waits for news."""

    messages: Limiter
    sessions: Limiter
    poll_seconds: float = 25.0


class Webchat:
    """The endpoints."""

    def __init__(
        self,
        *,
        chat: Chat,
        chats: Chats,
        visits: Visits,
        answers: Answers,
        pulse: Pulse,
        limits: Limits,
        city: City,
        clock: Clock,
        public_url: str | None,
    ) -> None:
        self._chat = chat
        self._chats = chats
        self._visits = visits
        self._answers = answers
        self._pulse = pulse
        self._limits = limits
        self._city = city
        self._clock = clock
        self._public_url = public_url
        self._forms = FormReader()
        self._first_turns: OrderedDict[str, str] = OrderedDict()
        """Sessions by their first message's id, for those who leave before its answer has brought them their cookie."""

    async def page(self, request: Request) -> Response:
        """The page, with the session's messages or the greeting."""
        visit = await self._visits.read(request)
        response = await self._answers.page(visit, "ended" if visit.has_ended else None)
        if visit.has_ended:
            self._visits.take_cookie(response)
        return response

    async def message(self, request: Request) -> Response:
        """A typed message, a pressed button, or a file."""
        visit, form = await self._read(request)
        if visit.session is not None and visit.visitor is not None:
            if not self._limits.messages.allows(visit.visitor.id, self._clock()):
                raise Refusal(429, "too_fast", form.fields.get("text", ""))
            return await self._exchange(visit, visit.visitor, form)
        if self._first_turns.get(form.message_id) == _LEFT:
            raise Refusal(410, "ended")
        visitor = await self._admitted(visit, form)
        self._note_first_turn(form.message_id, visitor.id)
        response = await self._exchange(visit.opened(visitor, OpenSession(visitor.id, None)), visitor, form, is_new=True)
        self._visits.give_cookie(response, visitor)
        return response

    async def language(self, request: Request) -> Response:
        """Another language, for the page and the conversation."""
        visit, form = await self._read(request)
        wanted = form.fields.get("language", "")
        if wanted not in self._city.languages:
            raise Refusal(400, "malformed")
        if visit.visitor is None or visit.session is None:
            return RedirectResponse(f"/?lang={wanted}", 303)
        await self._taken(visit.visitor, Form({"id": form.message_id, "press": f"lang:set:{wanted}"}), Language(wanted))
        return RedirectResponse("/#latest", 303)

    async def hide(self, request: Request) -> Response:
        """Delete what was to be shown once."""
        visit = await self._visits.read(request)
        if visit.session is not None:
            await self._chats.drop_fleeting(visit.session.id)
        return JSONResponse({}) if visit.wants_parts else RedirectResponse("/#latest", 303)

    async def leave(self, request: Request) -> Response:
        """Quick exit: everything of this session goes, here and in the browser; then on to a neutral page."""
        visit = await self._visits.read(request)
        session_id = visit.visitor.id if visit.visitor is not None else await self._first_session(request)
        if session_id is not None:
            # The person leaves in any case; without a store the session ends by its time.
            with suppress(SQLAlchemyError):
                await self._chat.forget(session_id)
        response = self._answers.left(visit, self._city.quick_exit_url)
        self._visits.take_cookie(response)
        return response

    async def news(self, request: Request) -> Response:
        """Entries after a number; waits for some to come. 410: the session has ended."""
        visit = await self._visits.read(request)
        after = _number(request.query_params.get("after"))
        if visit.visitor is None or visit.session is None:
            return JSONResponse({}, 410)
        if not self._pulse.has_room(visit.visitor.id):
            return JSONResponse({}, 429, {"Retry-After": "30"})
        if not await self._something_new(visit.visitor, after):
            return JSONResponse({}, 410)
        return await self._answers.parts(visit, after)

    def posted(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint for forms of our own pages only; what it refuses is answered with a notice."""

        async def guarded(request: Request) -> Response:
            try:
                if not is_from_here(request, self._public_url):
                    raise Refusal(403, "origin")
                return await endpoint(request)
            except Refusal as refusal:
                return await self._answers.refused(await self._visits.read(request), refusal)

        return guarded

    async def _read(self, request: Request) -> tuple[Visit, Form]:
        try:
            form = await self._forms.read(request)
            _ = form.message_id
        except TooLarge:
            raise Refusal(413, "too_large") from None
        except Malformed:
            raise Refusal(400, "malformed") from None
        return self._visits.in_page_language(await self._visits.read(request), form.fields.get("lang")), form

    async def _admitted(self, visit: Visit, form: Form) -> Visitor:
        """A new session, under a new token: one that a browser brings along is never adopted."""
        text = form.fields.get("text", "")
        # A proxy on this machine stands for everybody: there the proxy has to slow a flood down.
        if visit.client not in _THIS_MACHINE and not self._limits.sessions.allows(visit.client, self._clock()):
            raise Refusal(429, "too_many", text)
        visitor = Visitor.new()
        try:
            await self._chats.open(visitor, self._clock())
        except TooManySessions:
            raise Refusal(503, "too_many", text) from None
        except SQLAlchemyError:
            pass  # The conversation still answers, with the emergency number if it must.
        return visitor

    def _note_first_turn(self, turn: str, session_id: str) -> None:
        self._first_turns[turn] = session_id
        if len(self._first_turns) > _FIRST_TURNS_KEPT:
            self._first_turns.popitem(last=False)

    async def _first_session(self, request: Request) -> str | None:
        """The session that the message under way has begun; its id is a secret of the page that leaves."""
        with suppress(TooLarge, Malformed):
            pending = (await self._forms.read(request)).fields.get("pending", "")[:64]
            session_id = self._first_turns.get(pending, _LEFT)
            if pending:
                self._note_first_turn(pending, _LEFT)
            return session_id if session_id != _LEFT else None
        return None

    async def _exchange(self, visit: Visit, visitor: Visitor, form: Form, *, is_new: bool = False) -> Response:
        opening = tuple(item.entry for item in self._answers.opening(visit.language)) if is_new else ()
        try:
            exchange = await self._chat.take(visitor, form, visit.language, opening)
        except SessionEnded:
            raise Refusal(410, "ended", form.fields.get("text", "")) from None
        if exchange.unkept:
            return self._answers.unkept(visit, exchange.unkept)
        return await self._answers.exchanged(visit, _number(form.fields.get("after")), exchange)

    async def _taken(self, visitor: Visitor, form: Form, language: Language) -> None:
        try:
            await self._chat.take(visitor, form, language)
        except SessionEnded:
            raise Refusal(410, "ended") from None

    async def _something_new(self, visitor: Visitor, after: int) -> bool:
        """Wait until there is an entry after that number, or time is up; False when the session ends meanwhile."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._limits.poll_seconds
        while await self._chats.find(visitor.id, self._clock()) is not None:
            left = deadline - clock()
            if left <= 0 or self._pulse.closed or await self._chats.newest(visitor.id) > after:
                return True
            await self._pulse.wait(visitor.id, min(left, _LOOK_AGAIN_SECONDS))
        return False


def _number(value: str | None) -> int:
    """A whole number from the network; 0 when it is none."""
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 16 else 0
