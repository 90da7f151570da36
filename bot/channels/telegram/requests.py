"""How python-telegram-bot's client reaches the server: quietly, quickly, and lenient about what comes back."""

from __future__ import annotations

import json
import urllib.request
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.request import BaseRequest, HTTPXRequest, RequestData

from bot.http_client import HttpClient, NoAnswer, NotConnected

_FORM = "application/x-www-form-urlencoded"
_CONNECT_SECONDS = 5.0


def request_for(api_url: str, *, connections: int, read_timeout: float) -> QuietRequest:
    """Requests to a server, past the environment's proxies when it is on this machine, and through them else.

    Args:
        connections: how many calls may be under way.
        read_timeout: seconds to wait for an answer, unless a call says otherwise.
    """
    parts = urlsplit(api_url)
    loopback = parts.hostname in ("127.0.0.1", "::1", "localhost")
    direct = loopback or not _is_behind_proxy(parts.scheme, parts.hostname or "")
    options: dict[str, Any] = {
        "connection_pool_size": connections,
        "read_timeout": read_timeout,
        "connect_timeout": _CONNECT_SECONDS,
        "pool_timeout": 20.0,
        "httpx_kwargs": {"trust_env": False} if loopback else None,
    }
    if not direct:
        return QuietRequest(**options)
    return DirectRequest(HttpClient(api_url, connections=connections, connect_seconds=_CONNECT_SECONDS), **options)


def _is_behind_proxy(scheme: str, host: str) -> bool:
    proxies = urllib.request.getproxies()
    return bool(proxies.get(scheme) or proxies.get("all")) and not urllib.request.proxy_bypass(host)


class QuietRequest(HTTPXRequest):
    """Requests whose failures never show what was sent or received."""

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

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Send. A refusal is named as one, also where a server leaves out the details.

        Raises:
            RetryAfter: 429 without a deadline.
            BadRequest: another refusal (4xx) that the library would take for a network failure.
        """
        code, payload = await self._send(*args, **kwargs)
        if code == HTTPStatus.TOO_MANY_REQUESTS and b"retry_after" not in payload:
            raise RetryAfter(5)
        if 402 <= code < 500 and code not in (403, 404, 409, 429):
            raise BadRequest(f"refused ({code})")
        return code, payload

    async def _send(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        return await super().do_request(*args, **kwargs)


class DirectRequest(QuietRequest):
    """Calls of methods go the short way (:mod:`bot.http_client`); files, up and down, the library's."""

    def __init__(self, client: HttpClient, **options: Any) -> None:
        super().__init__(**options)
        self._calls = client
        self._seconds: float = options["read_timeout"]

    async def shutdown(self) -> None:
        """Close the connections."""
        self._calls.close()
        await super().shutdown()

    async def _send(
        self, url: str, method: str, request_data: RequestData | None = None, read_timeout: Any = BaseRequest.DEFAULT_NONE, **others: Any
    ) -> tuple[int, bytes]:
        if method != "POST" or (request_data is not None and request_data.contains_files):
            return await super()._send(url, method, request_data, read_timeout, **others)
        seconds = self._seconds if read_timeout is BaseRequest.DEFAULT_NONE else float(read_timeout)
        body = request_data.url_encoded_parameters().encode() if request_data is not None else b""
        head = f"user-agent: {self.USER_AGENT}\r\n"
        try:
            answer = await self._calls.post(url.removeprefix(self._calls.address), body, _FORM, seconds=seconds, headers=head)
        except (NotConnected, NoAnswer) as error:
            raise NetworkError(type(error).__name__) from error
        return answer.status, answer.body
