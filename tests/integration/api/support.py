"""The API over the real services, on a store that the test brings: members with tokens, and a client that speaks like one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from bot.api import Answers, Services, build_api
from bot.api.guard import Rates
from bot.campaigns.agenda import Agenda
from bot.campaigns.clockwork import Clockwork
from bot.campaigns.library import Library
from bot.campaigns.listing import Listing
from bot.campaigns.planning import Planner
from bot.campaigns.quiz_book import QuizBook
from bot.campaigns.result_book import ResultBook
from bot.campaigns.subscriptions import Subscriptions
from bot.city import City
from bot.conversation.texts import Catalogue
from bot.crypto import SymmetricKey
from bot.messages import Address, Channel, Citizen, Language, Pseudonym
from bot.staff.members import Member
from bot.staff.roles import Role
from bot.staff.scopes import Scope
from bot.staff.tokens import Tokens
from tests.integration.staff.support import MovingClock, Office, open_office

ROOT = Path(__file__).parents[3]
CITY = City.load(ROOT / "city")
TEXTS = Catalogue.load(ROOT / "locales" / "console", CITY.languages)
EVERYTHING = tuple(Scope)


@dataclass
class Desk:
    """The API as an application, and what stands behind it."""

    office: Office
    services: Services
    app: Starlette
    clockwork: Clockwork
    subscriptions: Subscriptions

    @property
    def clock(self) -> MovingClock:
        return self.office.clock

    async def member(self, *roles: Role, name: str = "Ana") -> Member:
        """Somebody with an account."""
        member, _ = await self.office.accounts.create("system", f"{name.lower()}-{roles[0]}", name, roles)
        return member

    async def token(self, member: Member, *scopes: Scope, name: str = "planner", days: int = 30) -> str:
        """A token of theirs, as they see it once."""
        return (await self.services.tokens.make(member, name, scopes, days)).text

    async def client(self, *roles: Role, scopes: tuple[Scope, ...] = EVERYTHING) -> Client:
        """A program with a token of a new member."""
        member = await self.member(*roles)
        return Client(self, member, await self.token(member, *scopes))

    async def subscribe(self, topic: str, people: int) -> None:
        """So many people want messages about a topic."""
        for number in range(people):
            address = Address(Channel.WEBCHAT, f"citizen-{number}")
            await self.subscriptions.add(Citizen(Pseudonym(f"{number:064x}"), Language("en"), address, self.clock.now), topic)

    async def approve(self, campaign_id: int) -> None:
        """A colleague approves it in the console."""
        campaign = await self.services.campaigns.get(campaign_id)
        await self.services.campaigns.approve("colleague", campaign_id, campaign.content_hash)

    async def fire(self, campaign_id: int) -> None:
        """Its time comes."""
        await self.approve(campaign_id)
        self.clock.now = (await self.services.campaigns.get(campaign_id)).fires_at
        await self.clockwork.tick(self.clock.now)

    def body(self, title: str = "Think before you pay", **changes: Any) -> dict[str, Any]:
        """A complete campaign for tomorrow."""
        tomorrow = CITY.local(self.clock.now).replace(tzinfo=None, hour=17, minute=30) + timedelta(days=1)
        texts = {language: f"**Somebody asks for money?** Call {{emergency}} ({language})." for language in CITY.languages}
        content = {"kind": "campaign", "format": 1, "title": title, "topic": CITY.topics[0], "texts": texts}
        return {"content": content, "send_at": tomorrow.isoformat(timespec="minutes"), **changes}


class Client:
    """A program that works through the API."""

    def __init__(self, desk: Desk, member: Member, token: str) -> None:
        self.member, self.token = member, token
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(desk.app, client=("192.0.2.7", 1)), base_url="http://faro.test/api/v1")
        self.http.headers["Authorization"] = f"Bearer {token}"

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.http.get(path, headers=headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        content = {"json": body} if body is not None else {}
        return await self.http.post(path, headers=_named(headers), **content)

    async def put(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.http.put(path, json=body, headers=_named(headers))

    async def make(self, body: Any) -> dict[str, Any]:
        """A new draft."""
        answer = await self.post("/campaigns", body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made


def _named(headers: dict[str, str]) -> dict[str, str]:
    """`if_match` as `If-Match`."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


@asynccontextmanager
async def open_desk(url: str, rates: Rates | None = None) -> AsyncIterator[Desk]:
    """Wire everything; closes the store at the end."""
    office = await open_office(url)
    database, clock = office.database, office.clock
    services = Services(
        tokens=Tokens(database, office.audit, clock),
        audit=office.audit,
        campaigns=Planner(database, CITY, clock),
        listing=Listing(database, CITY),
        agenda=Agenda(database, CITY, clock),
        library=Library(ROOT / "city", CITY),
        quizzes=QuizBook(database, bytes(32), CITY),
        results=ResultBook(database),
        answers=Answers(database),
        database=database,
        city=CITY,
        translate=TEXTS.say,
        languages=CITY.languages,
        clock=clock,
    )
    subscriptions = Subscriptions(database, CITY, SymmetricKey(bytes(32)), clock)
    try:
        yield Desk(office, services, Starlette(routes=build_api(services, rates)), Clockwork(database, CITY), subscriptions)
    finally:
        await database.close()
