"""The server: HTTP in, methods, long polling, webhooks out."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.emulator.errors import Refusal
from tests.emulator.faults import Faults
from tests.emulator.limits import Rates, Traffic
from tests.emulator.methods import Methods
from tests.emulator.people import Group, Person
from tests.emulator.world import ChatRoom, World

TOKEN = "42:emulated-token"

_WEBHOOK_IS_SET = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the bot's. ``at`` is monotonic seconds; ``code`` the HTTP status it got."""

    method: str
    arguments: dict[str, Any]
    at: float
    code: int


class BotApi:
    """An emulated Bot API server for one bot, on a loopback port.

    Args:
        port: 0 takes any free one; ``url`` tells it.
        rates: flood control, see :class:`Rates`.
        first_update: number of the first update, to play a server that counts anew.
    """

    def __init__(self, token: str = TOKEN, *, port: int = 0, rates: Rates | None = None, first_update: int = 1) -> None:
        self.world = World(token, first_update)
        self.traffic = Traffic(rates or Rates())
        self.faults = Faults()
        self.calls: list[Call] = []
        self._methods = Methods(self.world, self.traffic)
        self._port = port
        self._poll: asyncio.Future[None] | None = None
        self._routes = [
            Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._file),
        ]
        self._tasks: list[asyncio.Task[Any]] = []
        self._server: uvicorn.Server | None = None

    @property
    def url(self) -> str:
        """For TELEGRAM_API_URL."""
        return f"http://127.0.0.1:{self._port}"

    def add_routes(self, *routes: Route) -> None:
        """Serve more pages beside the API; before the start."""
        self._routes.extend(routes)

    def person(self, number: int | None = None, language: str | None = "en") -> Person:
        """Somebody with a private chat that was opened."""
        number = number or 1000 + len(self.world.rooms)
        user = {"id": number, "is_bot": False, "first_name": f"Person {number}"} | ({"language_code": language} if language else {})
        room = self._room({"id": number, "type": "private", "first_name": user["first_name"]})
        room.started = True
        return Person(self.world, room, user)

    def group(self, kind: str = "supergroup") -> Group:
        """A group, supergroup or channel, without the bot."""
        return Group(self.world, self._room({"id": -1001000 - len(self.world.rooms), "type": kind, "title": "A group"}))

    def repeat(self, update_id: int) -> None:
        """Deliver an update once more."""
        self.world.deliver(self.world.history[update_id])

    def called(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    def _room(self, chat: dict[str, Any]) -> ChatRoom:
        return self.world.rooms.setdefault(int(chat["id"]), ChatRoom(chat))

    async def __aenter__(self) -> BotApi:
        listening = socket.socket(proto=socket.IPPROTO_TCP)  # named, so that asyncio sets TCP_NODELAY: without, 40 ms a call
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self._port))
        self._port = listening.getsockname()[1]
        app = Starlette(routes=self._routes)
        config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none", timeout_graceful_shutdown=1)
        self._server = _Server(config)
        self._tasks = [asyncio.create_task(self._server.serve([listening])), asyncio.create_task(self._push_to_webhook())]
        while not self._server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
            await asyncio.sleep(0.005)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._server is not None
        self._server.should_exit = True
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        self._tasks[1].cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        arguments = await _arguments(request)
        code, body, lost = await self._answer(request.path_params["token"], method, arguments)
        self.calls.append(Call(method, arguments, time.monotonic(), code))
        return _Broken() if lost else JSONResponse(body, status_code=code)

    async def _answer(self, token: str, method: str, arguments: dict[str, Any]) -> tuple[int, dict[str, Any], bool]:
        lost = False
        try:
            if token != self.world.token:
                raise Refusal(401, "Unauthorized") if ":" in token else Refusal(404, "Not Found")
            fault = self.faults.take(method, arguments)
            if fault is not None:
                await asyncio.sleep(fault.delay)
                lost = fault.lost
                if refusal := fault.refusal():
                    raise refusal
            result = await self._result(method, arguments)
        except Refusal as refusal:
            return refusal.code, refusal.body(), lost
        return 200, {"ok": True, "result": result}, lost

    async def _result(self, method: str, arguments: dict[str, Any]) -> Any:
        known = self._methods.find(method)
        if method in self.faults.unknown_methods or (known is None and method.lower() != "getupdates"):
            raise Refusal(404, "Not Found")
        return known(arguments) if known else await self._updates(arguments)

    async def _updates(self, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        if self.world.webhook["url"]:
            raise Refusal(409, _WEBHOOK_IS_SET)
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        mine = self._poll = asyncio.get_running_loop().create_future()
        try:
            return await self._long_poll(arguments, mine)
        finally:
            if not mine.done():
                mine.cancel()

    async def _long_poll(self, arguments: dict[str, Any], other: asyncio.Future[None]) -> list[dict[str, Any]]:
        end = time.monotonic() + min(50, int(arguments.get("timeout") or 0))
        while not (found := self._methods.take_updates(arguments)) and (left := end - time.monotonic()) > 0:
            news = asyncio.ensure_future(self.world.changed.wait())
            await asyncio.wait({news, other}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            news.cancel()
            if other.done():
                if self._server is not None and self._server.should_exit:
                    raise Refusal(502, "Bad Gateway")
                raise Refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
        return found

    async def _file(self, request: Request) -> Response:
        file = next((f for f in self.world.files.values() if f.path == request.path_params["path"]), None)
        if request.path_params["token"] != self.world.token or file is None or file.data is None:
            return JSONResponse(Refusal(404, "Not Found").body(), status_code=404)
        return Response(file.data, media_type="application/octet-stream")

    async def _push_to_webhook(self) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            while True:
                changed = self.world.changed
                while self.world.webhook["url"] and self.world.updates:
                    await self._push_one(client)
                await changed.wait()

    async def _push_one(self, client: httpx.AsyncClient) -> None:
        update = self.world.updates[0]
        secret = self.world.webhook.get("secret")
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        with contextlib.suppress(httpx.HTTPError):
            answer = await client.post(self.world.webhook["url"], json=update, headers=headers)
            if answer.is_success:
                self.world.updates.remove(update)
                return
        await asyncio.sleep(0.2)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        """Leave the signals to whoever runs the emulator."""
        yield


class _Broken(Response):
    """Promises a body and breaks off: the bot cannot know whether its request was done."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def _arguments(request: Request) -> dict[str, Any]:
    arguments: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        arguments |= await request.json()
    elif kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        async with request.form() as form:
            files = {name: await value.read() if isinstance(value, UploadFile) else value for name, value in form.items()}
        # PTB names an upload "attach://<part>" in the argument and sends it as that part.
        arguments |= {name: files.get(str(value).removeprefix("attach://"), value) for name, value in files.items()}
    return arguments
