"""Public places put together on a real store, with a board that fails on purpose."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import select

from bot.campaigns.places.book import Place, PlaceBook
from bot.campaigns.places.destinations import Destination
from bot.campaigns.places.notices import Notices
from bot.campaigns.places.poster import Poster
from bot.campaigns.places.results import Post, PostBook
from bot.campaigns.places.tables import PostRow
from bot.campaigns.quiz import Asked
from bot.messages import Address, Channel, Confirm, Language, Picture, Reply
from bot.places import PlaceKind, PlaceSeen, Posted, Standing
from bot.storage import Database
from tests.integration.campaigns.conftest import Desk
from tests.unit.campaigns.kit import EN, draft

CHANNEL = "-1001"


def at_address(chat: str) -> Address:
    return Address(Channel.TELEGRAM, chat)


def seen(chat: str = CHANNEL, standing: Standing | None = Standing.PRESENT, title: str = "Port Clair", **more: Any) -> PlaceSeen:
    """News about a channel."""
    return PlaceSeen(at_address(chat), more.get("kind", PlaceKind.CHANNEL), title, more.get("username", "portclair"), standing)


class ScriptedBoard:
    """Takes posts down; raises what is scripted for a chat, one fault a call. While the gate is closed, posts hang on the wire."""

    def __init__(self) -> None:
        self.link: str | None = "https://t.me/faro_test_bot"
        self.faults: dict[str, list[Exception]] = {}
        self.posted: list[tuple[str, str]] = []
        self.deleted: list[tuple[str, tuple[int, ...]]] = []
        self.tried = 0
        self.gate, self.turn = asyncio.Event(), asyncio.Event()
        self.gate.set()
        self.turn.set()
        self.waiting = 0

    async def post(self, address: Address, reply: Reply, confirm: Confirm | None = None) -> Posted:
        self.waiting += 1
        await self.turn.wait()
        if confirm is not None:
            await confirm()
        self.tried += 1
        await self.gate.wait()
        if scripted := self.faults.get(address.id):
            raise scripted.pop(0)
        self.posted.append((address.id, reply.text))
        return Posted((len(self.posted),), f"https://t.me/portclair/{len(self.posted)}")

    async def take_back(self, address: Address, messages: tuple[int, ...]) -> None:
        if scripted := self.faults.get(address.id):
            raise scripted.pop(0)
        self.deleted.append((address.id, messages))


def publish(body: str, language: Language, topic: str, asked: Asked | None = None, picture: Picture | None = None) -> Reply:
    """A composer without a frame."""
    return Reply(f"{topic}/{language}: {body}", picture=picture)


class Square:
    """A desk, and the places of the city."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.board = ScriptedBoard()
        self.notices = Notices(desk.database, desk.clock)
        self.book = PlaceBook(desk.database, desk.city)
        self.poster = self.poster_on(desk.database)
        self.posts = PostBook(desk.database, self.board, self.notices, desk.clock)

    def poster_on(self, database: Database, board: ScriptedBoard | None = None) -> Poster:
        return Poster(database, board or self.board, publish, Notices(database, self.desk.clock), self.desk.city, self.desk.clock)

    async def allowed(self, chat: str = CHANNEL, language: Language = EN, **more: Any) -> Place:
        """A place that staff allow."""
        await self.notices.hear(seen(chat, **more))
        place = next(one for one in await self.book.list() if one.chat == chat)
        return await self.book.allow("anna", place.id, language)

    async def fired(self, *places: Place, people: int = 0, **changes: object) -> int:
        """A campaign at its time that goes to these places, too."""
        chosen = tuple(Destination(one.id, one.language or EN) for one in places)
        return await self.desk.fired(people, draft(places=chosen, **changes)) if people else await self._fired(chosen, changes)

    async def _fired(self, chosen: tuple[Destination, ...], changes: dict[str, object]) -> int:
        campaign = await self.desk.approved(draft(places=chosen, **changes))
        self.desk.clock.now = campaign.fires_at
        assert await self.desk.tick() == 1
        return campaign.id

    async def states(self) -> list[tuple[str, str | None]]:
        async with self.desk.database.read() as session:
            return [(row.state, row.reason) for row in await session.scalars(select(PostRow).order_by(PostRow.place_id))]

    async def only_post(self, campaign_id: int) -> Post:
        (found,) = await self.posts.of_campaign(campaign_id)
        return found

    async def place(self, place_id: int) -> Place:
        return next(one for one in await self.book.list() if one.id == place_id)
