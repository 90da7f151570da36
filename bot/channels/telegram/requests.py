"""How python-telegram-bot's client reaches the server: quietly, quickly, and lenient about what comes back."""

from __future__ import annotations

import json
import urllib.request
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.request import BaseRequest, RequestData

from bot.http_client import Answer, HttpClient, NoAnswer, NotConnected

_HEADERS = {"User-Agent": BaseRequest.USER_AGENT}
_FORM = "application/x-www-form-urlencoded"


def request_for(api_url: str, *, connections: int, read_timeout: float) -> QuietRequest:
    """Requests to a server, past the environment's proxies when it is on this machine, and through them else.

    Args:
        connections: how many calls may be under way.
        read_timeout: seconds to wait for an answer, unless a call says otherwise.
    """
    return QuietRequest(HttpClient(connections=connections, proxy=proxy_for(api_url)), read_timeout)


def proxy_for(url: str) -> str | None:
    """The address of the environment's proxy (``HTTPS_PROXY``, ``ALL_PROXY``, ``NO_PROXY`` …) on the way to a server, if any."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in ("127.0.0.1", "::1", "localhost") or urllib.request.proxy_bypass(host):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


class QuietRequest(BaseRequest):
    """Requests whose failures never show what was sent or received."""

    def __init__(self, client: HttpClient, read_timeout: float) -> None:
        self._client = client
        self._seconds = read_timeout

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer, unless a call says otherwise."""
        return self._seconds

    async def initialize(self) -> None:
        """Nothing to do: the first call opens a connection."""

    async def shutdown(self) -> None:
        """Close the connections."""
        await self._client.close()

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """Decode an answer. The library's own version writes it to the log when it is no JSON."""
        try:
            decoded = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise TelegramError("the server's answer is not JSON") from None
        if not isinstance(decoded, dict):
            raise TelegramError("the server's answer is not an object")
        return decoded

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        *_: Any,
        **__: Any,
    ) -> tuple[int, bytes]:
        """Send. A refusal is named as one, also where a server leaves out the details.

        ``read_timeout`` is for the whole call; the library's other limits of time are not used.

        Raises:
            NetworkError: no connection or no answer; its cause says which.
            RetryAfter: 429 without a deadline.
            BadRequest: another refusal (4xx) that the library would take for a network failure.
        """
        seconds = self._seconds if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        body, kind = (None, _FORM) if request_data is None else _encoded(request_data)
        try:
            answer = await self._client.call(method, url, seconds=seconds, body=body, headers=_HEADERS | {"Content-Type": kind})
        except (NotConnected, NoAnswer) as error:
            raise NetworkError(type(error).__name__) from error
        _check(answer)
        return answer.status, answer.body


def _encoded(data: RequestData) -> tuple[bytes, str]:
    """The body of a call and its content type: a form, or parts when a file is among it."""
    if not data.contains_files:
        return data.url_encoded_parameters().encode(), _FORM
    # httpx only puts the parts together here; the address is never called.
    parts = httpx.Request("POST", "http://unused", data=data.json_parameters, files=data.multipart_data)
    return parts.read(), parts.headers["Content-Type"]


def _check(answer: Answer) -> None:
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS and b"retry_after" not in answer.body:
        raise RetryAfter(5)
    if 402 <= answer.status < 500 and answer.status not in (403, 404, 409, 429):
        raise BadRequest(f"refused ({answer.status})")
