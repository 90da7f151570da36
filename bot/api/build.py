"""The API as routes to be mounted by the web server."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from bot.api.guard import HEADERS, Guard, Rates, refusal_of
from bot.api.openapi import PREFIX, document
from bot.api.operations import OPERATIONS
from bot.api.services import Services

Endpoint = Callable[[Request], Awaitable[Response]]


def build_api(services: Services, rates: Rates | None = None) -> list[BaseRoute]:
    """The routes of the API, all below ``/api/v1``."""
    guard = Guard(services, rates or Rates())
    by_path: dict[str, dict[str, Endpoint]] = defaultdict(dict)
    for operation in OPERATIONS:
        by_path[operation.path][operation.method] = guard.endpoint(operation)
    routes = [Route("/openapi.json", _document(), methods=["GET"]), *(_route(path, methods) for path, methods in by_path.items())]
    return [Mount(PREFIX, Starlette(routes=routes, exception_handlers={404: _lost, 405: _lost}), name="api")]


def _route(path: str, endpoints: dict[str, Endpoint]) -> Route:
    """One address with an endpoint for each method."""
    if "GET" in endpoints:
        endpoints["HEAD"] = endpoints["GET"]

    async def dispatch(request: Request) -> Response:
        return await endpoints[request.method](request)

    return Route(path, dispatch, methods=list(endpoints))


def _document() -> Endpoint:
    text = json.dumps(document(), ensure_ascii=False)

    async def show(request: Request) -> Response:
        return Response(text, 200, HEADERS | {"Cache-Control": "public, max-age=300"}, "application/json")

    return show


async def _lost(request: Request, error: Exception) -> Response:
    response = refusal_of(error).response()
    response.headers.update(HEADERS)
    return response
