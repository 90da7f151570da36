"""The sockets that Faro answers on."""

from __future__ import annotations

import asyncio
import socket

import pytest

from bot.errors import SettingsError
from bot.serving import bind


async def test_answers_leave_at_once_instead_of_waiting_for_an_acknowledgement() -> None:
    options: asyncio.Queue[int] = asyncio.Queue()

    async def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        options.put_nowait(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listener = bind("127.0.0.1", 0, "FARO_PORT")
    async with await asyncio.start_server(connected, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        assert await asyncio.wait_for(options.get(), 5)
        writer.close()
        await writer.wait_closed()


def test_a_port_in_use_names_the_setting() -> None:
    with bind("127.0.0.1", 0, "FARO_PORT") as taken, pytest.raises(SettingsError, match="FARO_PORT"):
        bind("127.0.0.1", taken.getsockname()[1], "FARO_PORT")
