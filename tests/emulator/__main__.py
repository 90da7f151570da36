"""Talk to the bot by hand: ``python -m tests.emulator [--port 8081] [--token …]``, then open the printed address."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from tests.emulator.people import Person
from tests.emulator.server import TOKEN, BotApi

_PAGE = Path(__file__).with_name("page.html")


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--language", default="en", help="the person's language in Telegram")
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(given.port, given.token, given.language))


async def _serve(port: int, token: str, language: str) -> None:
    api = BotApi(token, port=port)
    person = api.person(1000, language)
    api.add_routes(*_pages(person))
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with api:
        print(f"Talk to the bot:  {api.url}/", flush=True)
        print(f"Start it with:    TELEGRAM_API_URL={api.url} TELEGRAM_TOKEN={token}", flush=True)
        await stop.wait()


def _pages(person: Person) -> list[Route]:
    async def page(_: Request) -> Response:
        return FileResponse(_PAGE, media_type="text/html; charset=utf-8")

    async def transcript(_: Request) -> Response:
        return JSONResponse({"me": person.user["id"], "messages": person.room.messages})

    async def act(request: Request) -> Response:
        asked = await request.json()
        message = person.room.find(asked.get("message_id"))
        if "press" in asked and message is not None:
            person.press_data(str(asked["press"]), message)
        elif asked.get("text"):
            person.send_text(str(asked["text"])[:4096])
        return JSONResponse({})

    return [Route("/", page), Route("/chat", transcript), Route("/chat", act, methods=["POST"])]


if __name__ == "__main__":
    main()
