"""Putting the public pages together."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.city import City
from bot.messages import Clock, Language
from bot.public.pages import Pages, Texts
from bot.public.shelf import Shelf
from bot.tips.figures import FigureBook

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""No script, nothing from elsewhere, no form."""

_KEPT = {"Cache-Control": "public, max-age=3600", "Vary": "Accept-Language"}
"""Nothing of it is anybody's own, so browsers and proxies may keep it for an hour."""


def build_public(book: FigureBook, city: City, clock: Clock, texts: Texts) -> list[BaseRoute]:
    """The routes ``/figures`` and ``/figures/static/…``; none where the city's ``public_figures`` is off."""
    if not city.public_figures:
        return []
    shelf, pages = Shelf(book, clock), Pages(texts, city)

    async def figures(request: Request) -> Response:
        language = _language(request, city.languages)
        try:
            chosen = await shelf.quarters()
        except (SQLAlchemyError, OSError):
            return Response(pages.away(language), 503, HEADERS | {"Retry-After": "60", "Cache-Control": "no-store"}, "text/html")
        return Response(pages.figures(language, chosen, request.query_params.get("quarter", "")), 200, HEADERS | _KEPT, "text/html")

    folder = Path(__file__).parent / "static"
    return [Route("/figures", figures, methods=["GET"]), Mount("/figures/static", StaticFiles(directory=folder))]


def _language(request: Request, languages: tuple[Language, ...]) -> Language:
    """The one asked for by a link, else the first that the browser wants and the city has."""
    header = request.headers.get("accept-language", "")[:200]
    wanted = [request.query_params.get("lang", ""), *(part.split(";")[0].split("-")[0].strip().lower() for part in header.split(","))]
    return next((language for want in wanted for language in languages if language == want), languages[0])
