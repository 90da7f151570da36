"""The web server's applications: the public one, and the loopback one on which Rasa calls the custom actions."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, Sequence

from rasa_sdk.executor import ActionExecutor
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router

from actions.server import run_action
from bot.channels.telegram.channel import WEBHOOK_PATH
from bot.storage import Database

Webhook = Callable[[str | None, bytes], Awaitable[int]]

_LARGEST_WEBHOOK = 1_000_000
_LARGEST_ACTION_CALL = 4_000_000


def build_web(
    *,
    webchat: Router,
    console: Sequence[BaseRoute],
    public: Sequence[BaseRoute],
    api: Sequence[BaseRoute],
    database: Database,
    webhook: Webhook | None,
) -> Starlette:
    """The public application: web chat at ``/``, figures, console, the API where it is on, Telegram's webhook, ``/health``."""

    async def health(request: Request) -> Response:
        try:
            await database.check()
        except (SQLAlchemyError, OSError):
            return JSONResponse({"database": "down"}, 503)
        return JSONResponse({"database": "up"})

    routes: list[BaseRoute] = [Route("/health", health, methods=["GET"]), *console, *public, *api]
    if webhook is not None:
        routes.append(Route(WEBHOOK_PATH, _webhook_endpoint(webhook), methods=["POST"]))
    return Starlette(routes=[*routes, Mount("/", webchat)])


def build_actions(executor: ActionExecutor, secret: str) -> Starlette:
    """The loopback application for Rasa's action calls; without the shared secret it answers 403 to everything."""

    async def endpoint(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get("x-faro-secret", "").encode(), secret.encode()):
            return Response(status_code=403)
        body = await _bounded_body(request, _LARGEST_ACTION_CALL)
        if body is None:
            return Response(status_code=413)
        try:
            call = json.loads(body)
        except ValueError:
            return JSONResponse({"error": "not JSON"}, 400)
        status, answer = await run_action(executor, call if isinstance(call, dict) else {})
        return JSONResponse(answer, status)

    return Starlette(routes=[Route("/webhook", endpoint, methods=["POST"])])


def _webhook_endpoint(webhook: Webhook) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await _bounded_body(request, _LARGEST_WEBHOOK)
        if body is None:
            return Response(status_code=413)
        return Response(status_code=await webhook(request.headers.get("x-telegram-bot-api-secret-token"), body))

    return endpoint


async def _bounded_body(request: Request, largest: int) -> bytes | None:
    """The body, None when it is larger or the other side went away; stops reading there."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > largest:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)
