"""What protects the pages: where a form may come from, and the headers of every answer."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURITY_HEADERS = {
    # No third party, nothing inline. Forms post here only; the quick exit goes by a Refresh, which this does not touch.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}


class Guarded:
    """ASGI middleware: puts :data:`SECURITY_HEADERS` on every answer, and ``no-store`` where nothing else is said."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the headers added."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Cache-Control", "no-store")
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, guarded)


def is_from_here(request: Request, public_url: str | None) -> bool:
    """Whether a form was sent by a page of ours.

    ``Sec-Fetch-Site`` says it in every current browser. Others must send an ``Origin`` of ours: under our
    ``no-referrer`` they send "null" for a plain form, so there the chat needs its script. Beside this stands
    ``SameSite=Strict`` on the cookie.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(request.headers.get("origin", ""))
    ours = urlsplit(public_url) if public_url else urlsplit(f"{request.url.scheme}://{request.headers.get('host', '')}")
    return bool(origin.hostname) and (origin.scheme, origin.netloc) == (ours.scheme, ours.netloc)
