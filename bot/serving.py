"""Serving ASGI applications inside a program that does more: the sockets are bound first, signals stay ours."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from bot.errors import SettingsError

_SHUTDOWN_SECONDS = 5


def bind(host: str, port: int, setting: str) -> socket.socket:
    """A listening socket; ``port`` 0 takes a free one.

    Raises:
        SettingsError: the address is in use or not ours; names ``setting`` as the mend.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sends at once (TCP_NODELAY); without, Nagle holds each answer's body back for 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingsError(f"cannot listen on {host} port {port}: {error.strerror}; set {setting} to a free one") from error
    listener.listen(256)
    return listener


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the program that runs this server."""
        yield


class WebServer:
    """One ASGI application on one bound socket."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        self.port: int = listener.getsockname()[1]
        self._listener = listener
        self._server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=True,
                lifespan="off",
                timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
                h11_max_incomplete_event_size=64 * 1024,
                proxy_headers=False,
            )
        )

    async def run(self) -> None:
        """Serve until :meth:`stop`."""
        await self._server.serve(sockets=[self._listener])

    def stop(self) -> None:
        """Finish what is under way, then end :meth:`run`."""
        self._server.should_exit = True
