"""Whether single keys do something in lists. People who speak to their computer, or whose hands slip, switch that off (WCAG 2.1.4)."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.visit import Visit

_COOKIE = "faro_keys"
_OFF = "off"
_YEAR = 365 * 24 * 3600


def are_on(visit: Visit) -> bool:
    """Whether this browser is to listen to them."""
    return visit.request.cookies.get(_COOKIE) != _OFF


def switch(visit: Visit, response: Response, *, on: bool) -> Response:
    """Remember it in this browser: other keyboards, other hands."""
    return visit.remember(response, _COOKIE, "on" if on else _OFF, _YEAR)
