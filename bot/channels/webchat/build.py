"""Putting the web chat together."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.channels.webchat.answers import Answers, Greeting
from bot.channels.webchat.chat import Chat, Talk
from bot.channels.webchat.guard import Guarded
from bot.channels.webchat.pages import Pages, Texts
from bot.channels.webchat.pictures import PictureOf, picture_endpoint
from bot.channels.webchat.pulse import Pulse
from bot.channels.webchat.routes import Limits, Webchat
from bot.channels.webchat.store import Chats
from bot.channels.webchat.visits import Visits
from bot.city import City
from bot.limits import Limiter, Rate
from bot.messages import Clock

MESSAGES = Rate(burst=20, per_second=1.0)
"""Messages of one session: quick typing and pressing fit, a script does not."""
SESSIONS = Rate(burst=60, per_second=1.0)
"""New sessions of one client: a class behind one address fits."""


class _Static(StaticFiles):
    """The page's own files, checked for changes at each visit."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            # Answered here, so that it carries the protecting headers too.
            return Response(status_code=error.status_code)
        response.headers["Cache-Control"] = "no-cache"
        return response


def session_life(city: City) -> timedelta:
    """How long a session is kept after the person's last message."""
    return timedelta(hours=city.retention.webchat_hours)


def build_webchat(
    conversation: Talk,
    chats: Chats,
    city: City,
    clock: Clock,
    *,
    texts: Texts,
    greeting: Greeting,
    pulse: Pulse,
    picture: PictureOf,
    public_url: str | None = None,
    limits: Limits | None = None,
) -> Router:
    """The routes ``/`` and ``/chat/…``; mount them at the root.

    Args:
        conversation: answers the messages.
        chats: the store, the same as the messenger's.
        texts: the catalogue, for the words of the page itself.
        greeting: what stands there before the first message, with its buttons.
        pulse: shared with the messenger; close it when the server stops.
        picture: gives a campaign's picture.
        public_url: this server as browsers see it; https makes the cookie secure.
    """
    secure = bool(public_url and public_url.startswith("https:"))
    webchat = Webchat(
        chat=Chat(conversation, chats, pulse, clock),
        chats=chats,
        visits=Visits(chats, city.languages, clock, secure=secure),
        answers=Answers(Pages(texts, city), chats, greeting),
        pulse=pulse,
        limits=limits or Limits(Limiter(MESSAGES), Limiter(SESSIONS)),
        city=city,
        clock=clock,
        public_url=public_url,
    )
    guarded = [Middleware(Guarded)]
    forms = {name: webchat.posted(getattr(webchat, name)) for name in ("message", "language", "hide", "leave")}
    return Router(
        [
            Route("/", webchat.page, methods=["GET"], middleware=guarded),
            *(Route(f"/chat/{name}", endpoint, methods=["POST"], middleware=guarded) for name, endpoint in forms.items()),
            Route("/chat/news", webchat.news, methods=["GET"], middleware=guarded),
            Route("/chat/picture/{digest}", picture_endpoint(picture), methods=["GET"], middleware=guarded),
            Mount("/chat/static", _Static(directory=Path(__file__).parent / "static"), middleware=guarded),
        ]
    )
