"""A whole Faro in this process, without a dialogue model, and a moderator whose browser asks for its pages."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import httpx
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.app import Faro
from bot.console import Services, build_console
from bot.console.security import PREFIX, SESSION_COOKIE
from bot.conversation.dialogue import DialogueAway, Embedded, Understanding
from bot.crypto import PublicKey
from bot.settings import Settings
from bot.staff.audit import SYSTEM
from bot.staff.keys import open_wrapped
from bot.staff.roles import Role
from bot.staff.tables import MemberRow
from bot.storage import Database
from bot.storage.migrate import upgrade
from bot.tips.review import ReviewDesk
from bot.tips.vault import ReaderKey

ROOT = Path(__file__).parents[2]
_ORIGIN = "http://faro.bench"


class House(Faro):
    """Faro on a store of the benchmark's."""

    def services(self, tips: ReviewDesk) -> Services:
        """What its console is made of, with another desk behind the queue."""
        return replace(self._console(), tips=tips)


class _Away:
    """Rasa is away: neither intake nor queue asks it anything."""

    async def ask(self, sender: str, text: str) -> Understanding:
        raise DialogueAway

    async def embed(self, texts: object) -> Embedded:
        raise DialogueAway


async def open_house(url: str, folder: Path) -> House:
    """A Faro whose store has its tables."""
    database = Database(url)
    await upgrade(database)
    fields = {"data": folder, "city": ROOT / "city", "rasa_secret": SecretStr("s" * 32), "telegram_token": None}
    settings = Settings(**fields, _env_file=None)  # type: ignore[arg-type, call-arg]  # aliases and pydantic-settings' own parameter
    return House(settings, database, _Away())


class Moderator:
    """Somebody signed in, with the key unlocked."""

    def __init__(self, key: ReaderKey, token: str) -> None:
        self.key = key
        self._token = token

    @classmethod
    async def enter(cls, house: House) -> Moderator:
        """A new moderator who has done everything that the first sign-in asks for."""
        member, password = await house.staff.accounts.create(SYSTEM, "moderator", "Moderator", [Role.MODERATOR])
        async with house.database.begin() as session:
            row = await session.get_one(MemberRow, member.id)
            row.must_change_password, row.totp_secret = False, b"a second factor that nobody asks for"
            private = open_wrapped(row.wrapped_key or b"", member.id, password)
        token = await house.staff.sessions.open(member.id, verified=True, key=private)
        return cls(ReaderKey(member.id, PublicKey(bytes(private.public_key))), token)

    def browser(self, house: House, tips: ReviewDesk | None = None) -> Browser:
        """A browser at the console of this house."""
        app = house.web if tips is None else Starlette(routes=build_console(house.services(tips)))
        return Browser(app, self._token)


class Browser:
    """Asks for pages over ASGI, and takes the time until they are there."""

    def __init__(self, app: Starlette, token: str) -> None:
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=_ORIGIN, cookies={SESSION_COOKIE: token}, timeout=None)
        self.page = ""

    async def open(self, path: str) -> float:
        """Milliseconds until the page was there.

        Raises:
            RuntimeError: it is not a page.
        """
        began = time.perf_counter()
        answer = await self._http.get(PREFIX + path)
        taken = (time.perf_counter() - began) * 1000
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        self.page = answer.text
        return taken

    async def send(self, path: str, fields: dict[str, str]) -> float:
        """Send a form of the page that is open, and follow where it leads; milliseconds for both."""
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', self.page)
        body = {"csrf": token[1] if token else "", **fields}
        began = time.perf_counter()
        answer = await self._http.post(PREFIX + path, data=body, headers={"Origin": _ORIGIN, "Sec-Fetch-Site": "same-origin"})
        taken = (time.perf_counter() - began) * 1000
        if answer.status_code != 303:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        return taken + await self.open(answer.headers["location"].removeprefix(PREFIX))
