"""A member's chat is linked by a code, once, in time, and its address stands nowhere in the clear."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.conversation.texts import Catalogue
from bot.crypto import SymmetricKey
from bot.errors import NotFound, StaleButton
from bot.messages import Address, Channel, Citizen, Language, Pseudonym
from bot.staff.chat import StaffFlow
from bot.staff.links import Links
from bot.staff.roles import Role
from bot.staff.tables import LinkRow
from bot.storage import Database
from tests.integration.staff.support import MovingClock, Office, open_office

CHAT = Address(Channel.TELEGRAM, "700700700")
OTHER = Address(Channel.TELEGRAM, "800800800")
TEXTS = Catalogue.load(Path(__file__).parents[3] / "locales", [Language("en")])


class Desk:
    """An office with one member, and the links."""

    def __init__(self, office: Office, member: str) -> None:
        self.office, self.member = office, member
        self.links = Links(office.database, office.audit, SymmetricKey(bytes(32)), office.clock)
        self.flow = StaffFlow(self.links)

    @property
    def clock(self) -> MovingClock:
        return self.office.clock

    async def sends(self, code: str, address: Address = CHAT) -> str:
        """What the bot answers to a code."""
        citizen = Citizen(Pseudonym("p"), Language("en"), address, datetime(2026, 11, 21, tzinfo=UTC))
        step = await self.flow.press(citizen, f"link:{code}", None)
        return TEXTS.say(step.say[0].key, Language("en"), {})


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    office = await open_office(database.url)
    member, _ = await office.accounts.create("system", "mo", "Mo", [Role.MODERATOR])
    yield Desk(office, member.id)
    await office.database.close()


async def test_the_code_that_the_console_shows_links_the_chat_that_sends_it(desk: Desk) -> None:
    code = await desk.links.begin(desk.member)
    assert await desk.links.address_of(desk.member) is None
    assert "is linked" in await desk.sends(code.lower().replace("-", ""))
    assert await desk.links.address_of(desk.member) == CHAT
    assert (await desk.office.actions())[-1] == "account.link"


async def test_a_code_counts_once_in_time_and_only_the_newest(desk: Desk) -> None:
    old, code = await desk.links.begin(desk.member), await desk.links.begin(desk.member)
    assert "wrong" in await desk.sends(old)
    assert "is linked" in await desk.sends(code)
    assert "wrong" in await desk.sends(code, OTHER)
    late = await desk.links.begin(desk.member)
    desk.clock.forward(minutes=15)
    assert "wrong" in await desk.sends(late, OTHER)
    assert await desk.links.address_of(desk.member) == CHAT, "a code that nobody used changes nothing"


async def test_only_a_chat_of_telegram_is_linked(desk: Desk) -> None:
    code = await desk.links.begin(desk.member)
    assert "wrong" in await desk.sends(code, Address(Channel.WEBCHAT, "x"))
    assert await desk.links.address_of(desk.member) is None


async def test_neither_address_nor_code_stands_in_the_table(desk: Desk) -> None:
    await desk.sends(await desk.links.begin(desk.member))
    code = await desk.links.begin(desk.member)
    async with desk.office.database.read() as session:
        row = (await session.scalars(select(LinkRow))).one()
    assert row.address is not None and row.code_hash is not None
    assert CHAT.id.encode() not in row.address and code.replace("-", "").encode() not in row.code_hash


async def test_an_address_moved_to_another_member_opens_for_nobody(desk: Desk) -> None:
    await desk.sends(await desk.links.begin(desk.member))
    other, _ = await desk.office.accounts.create("system", "eve", "Eve", [Role.MODERATOR])
    async with desk.office.database.begin() as session:
        mine = (await session.scalars(select(LinkRow))).one()
        session.add(LinkRow(member_id=other.id, address=mine.address, linked_at=mine.linked_at))
    assert await desk.links.address_of(other.id) is None


async def test_unlinking_and_forgetting_destroy_the_address(desk: Desk) -> None:
    await desk.sends(await desk.links.begin(desk.member))
    await desk.links.forget(OTHER)
    assert await desk.links.address_of(desk.member) == CHAT
    await desk.links.forget(CHAT)
    assert await desk.links.address_of(desk.member) is None
    await desk.sends(await desk.links.begin(desk.member))
    await desk.links.unlink(desk.member)
    assert await desk.links.address_of(desk.member) is None
    with pytest.raises(NotFound):
        await desk.links.unlink(desk.member)


async def test_a_chat_that_is_gone_is_said_to_be_gone(desk: Desk) -> None:
    await desk.sends(await desk.links.begin(desk.member))
    await desk.links.lost(desk.member)
    assert await desk.links.address_of(desk.member) is None


async def test_the_flow_offers_nothing_else(desk: Desk) -> None:
    with pytest.raises(StaleButton):
        await desk.flow.press(Citizen(Pseudonym("p"), Language("en"), CHAT, desk.clock.now), "list", None)
