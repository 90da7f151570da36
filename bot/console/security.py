"""What keeps other sites and injected code out: headers, form tokens, origin checks, local addresses only."""

from __future__ import annotations

import hashlib
import hmac
import re
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

PREFIX = "/console"
SESSION_COOKIE = "faro_staff"
FORM_COOKIE = "faro_form"
NOTICE_COOKIE = "faro_notice"

_LOCAL = re.compile(r"/console(?:/(?!/)[A-Za-z0-9._~/=&%?-]*)?")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # "no-referrer" would make browsers send "Origin: null" with our own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


def harden(response: Response) -> Response:
    """Add the security headers; pages are never kept by the browser unless they say so themselves."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def form_token(secret: str) -> str:
    """The token that a form of this session carries; useless without the cookie that it is made from."""
    return hmac.new(secret.encode(), b"faro console form", hashlib.sha256).hexdigest()


def token_fits(secret: str, token: str) -> bool:
    """Whether a form's token belongs to this session."""
    return bool(secret) and hmac.compare_digest(form_token(secret).encode(), token.encode("utf-8", "replace"))


def same_origin(request: Request, public_url: str | None) -> bool:
    """Whether a form was sent from one of our own pages, by what the browser says and pages cannot forge.

    A browser that says neither ``Sec-Fetch-Site`` nor ``Origin`` is refused.
    """
    fetch_site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if fetch_site is not None and fetch_site != "same-origin":
        return False
    if origin is None:
        return fetch_site is not None
    if public_url is not None:
        return origin == "{0.scheme}://{0.netloc}".format(urlsplit(public_url))
    return urlsplit(origin).netloc == request.headers.get("host", "")


def local_path(path: str) -> str:
    """The address if it is one of the console's own, else the console's front page: no redirect leads away."""
    return path if _LOCAL.fullmatch(path) and ".." not in path and "//" not in path else f"{PREFIX}/"
