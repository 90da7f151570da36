"""The console as routes to be mounted by the web server."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.console.access import Page
from bot.console.guard import Guard
from bot.console.pages import PAGES
from bot.console.rendering import STATIC
from bot.console.security import PREFIX, harden
from bot.console.services import Services

Endpoint = Callable[[Request], Awaitable[Response]]


class Assets(StaticFiles):
    """Own style sheet, script and icons. Their addresses change with their content, so they may be kept for long."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, hardened."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return harden(response)


def build_console(services: Services) -> list[BaseRoute]:
    """The routes of the console, all below ``/console``."""
    guard = Guard(services)
    by_path: dict[str, list[Page]] = defaultdict(list)
    for page in PAGES:
        by_path[page.path].append(page)
    routes: list[BaseRoute] = [Mount("/static", Assets(directory=STATIC), name="console-static")]
    routes += [_route(path, pages, guard) for path, pages in by_path.items()]
    console = Starlette(routes=routes, exception_handlers={404: _lost(guard), 405: _lost(guard)})
    return [Route(PREFIX, _to_front_page, methods=["GET"]), Mount(PREFIX, console, name="console")]


def _route(path: str, pages: list[Page], guard: Guard) -> Route:
    """One address with an endpoint for each method."""
    endpoints: dict[str, Endpoint] = {page.method: guard.endpoint(page) for page in pages}
    if "GET" in endpoints:
        endpoints["HEAD"] = endpoints["GET"]

    async def dispatch(request: Request) -> Response:
        return await endpoints[request.method](request)

    return Route(path, dispatch, methods=list(endpoints))


def _lost(guard: Guard) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def lost(request: Request, error: Exception) -> Response:
        return await guard.lost(request, getattr(error, "status_code", 404))

    return lost


async def _to_front_page(request: Request) -> Response:
    return harden(RedirectResponse(f"{PREFIX}/", 303))
