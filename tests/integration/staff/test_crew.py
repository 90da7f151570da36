"""How a page or a digest comes to a member: by chat, by e-mail, both; and to whom it never comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from sqlalchemy import select

from bot.crypto import SymmetricKey
from bot.errors import Invalid, NotFound, NotSent, Refused, Uncertain, Unreachable
from bot.messages import Address, Channel, Confirm, Language, Reply
from bot.staff.crew import Counts, Crew
from bot.staff.duty import Roster, Shift
from bot.staff.herald import Herald
from bot.staff.links import Links
from bot.staff.reach import Reach, Wishes
from bot.staff.roles import Role
from bot.staff.tables import ReachRow
from bot.storage import Database
from tests.integration.staff.support import Office, open_office

CHAT = Address(Channel.TELEGRAM, "700700700")
MAIL = "mo@portclair.example"
DAY = Shift("", 1, frozenset(range(7)), time(0), time(0))


class FakeWay:
    """A messenger and a mailer in one; raises what it is told to."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.chat_fails: Exception | None = None
        self.mail_fails: Exception | None = None

    async def send(self, to: Address | str, message: Reply | str, last: Confirm | str | None = None) -> None:
        failure = self.chat_fails if isinstance(to, Address) else self.mail_fails
        if failure:
            raise failure
        self.sent.append("chat" if isinstance(to, Address) else f"{to}: {message}")


class House:
    """An office with the ways to one moderator."""

    def __init__(self, office: Office, member: str) -> None:
        seal = SymmetricKey(bytes(32))
        self.office, self.member, self.way = office, member, FakeWay()
        self.links = Links(office.database, office.audit, seal, office.clock)
        self.reach, self.roster = Reach(office.database, office.audit, seal), Roster(office.database, office.audit)
        self.herald = Herald(self.links, self.reach, lambda: {Channel.TELEGRAM: self.way}, self.way)  # type: ignore[arg-type, dict-item]
        parts = (office.accounts, self.roster, self.reach, self.links, self.herald)
        self.crew = Crew(*parts, lambda now: now, lambda language, token: Reply(f"An urgent tip\n{token}"))

    async def link(self) -> None:
        await self.links.redeem(await self.links.begin(self.member), CHAT)

    async def digests(self, hour: int, counts: Counts = (3, 1)) -> int:
        """How many are sent on that hour of the day."""
        before = len(self.way.sent)

        async def count() -> Counts:
            return counts

        now = datetime(2026, 11, 23, hour, 5, tzinfo=UTC)
        await self.crew.send_digests(now, count, lambda language, told: Reply(f"{told[0]} new, {told[1]} waiting"))
        return len(self.way.sent) - before


@pytest.fixture
async def house(database: Database) -> AsyncIterator[House]:
    office = await open_office(database.url)
    member, _ = await office.accounts.create("system", "mo", "Mo", [Role.MODERATOR])
    yield House(office, member.id)
    await office.database.close()


async def test_a_page_goes_every_way_and_nobody_is_paged_who_has_none(house: House) -> None:
    assert await house.crew.everybody() == []
    await house.link()
    await house.reach.change(house.member, Wishes(MAIL))
    assert await house.crew.everybody() == [house.member]
    assert await house.crew.page(house.member, "t0")
    assert house.way.sent == ["chat", f"{MAIL}: An urgent tip"]


@pytest.mark.parametrize(
    ("chat", "mail", "arrived"),
    [
        (NotSent(), None, True),
        (None, NotSent(), True),
        (NotSent(), Refused(), False),
        (Uncertain(), NotSent(), True),
        (Refused(), Uncertain(), True),
    ],
)
async def test_a_page_arrived_unless_every_way_surely_failed(
    house: House, chat: Exception | None, mail: Exception | None, arrived: bool
) -> None:
    await house.link()
    await house.reach.change(house.member, Wishes(MAIL))
    house.way.chat_fails, house.way.mail_fails = chat, mail
    assert await house.crew.page(house.member, "t0") is arrived


async def test_a_chat_that_blocked_the_bot_is_forgotten(house: House) -> None:
    await house.link()
    house.way.chat_fails = Unreachable()
    assert not await house.crew.page(house.member, "t0")
    assert await house.crew.everybody() == []


async def test_only_who_works_on_tips_and_wants_it_is_called(house: House) -> None:
    admin, _ = await house.office.accounts.create("system", "ada", "Ada", [Role.ADMIN])
    for member in (house.member, admin.id):
        await house.reach.change(member, Wishes(MAIL))
        await house.roster.add("ada", replace(DAY, member_id=member))
    assert await house.crew.on_duty(house.office.clock.now) == [house.member]
    await house.reach.change(house.member, Wishes(MAIL, pages=False))
    assert await house.crew.on_duty(house.office.clock.now) == []
    await house.reach.change(house.member, Wishes(MAIL))
    await house.office.accounts.disable("ada", house.member)
    assert await house.crew.everybody() == []


async def test_the_roster_is_kept_in_order_and_in_the_trail(house: House) -> None:
    other, _ = await house.office.accounts.create("system", "ben", "Ben", [Role.MODERATOR])
    for rank, member in ((2, house.member), (1, other.id)):
        await house.roster.add("ada", replace(DAY, member_id=member, rank=rank))
    shifts = await house.roster.shifts()
    assert [(shift.member_id, shift.weekdays, shift.starts) for shift in shifts] == [
        (other.id, DAY.weekdays, DAY.starts),
        (house.member, DAY.weekdays, DAY.starts),
    ]
    await house.roster.remove("ada", shifts[0].id)
    with pytest.raises(NotFound):
        await house.roster.remove("ada", shifts[0].id)
    with pytest.raises(NotFound):
        await house.roster.add("ada", replace(DAY, member_id="nobody"))
    assert (await house.office.actions())[-3:] == ["staff.duty_add", "staff.duty_add", "staff.duty_remove"]


async def test_a_digest_comes_once_a_day_at_its_hour_with_counts_only(house: House) -> None:
    await house.reach.change(house.member, Wishes(MAIL, digest_hour=8))
    assert [await house.digests(hour) for hour in (7, 8, 8, 20)] == [0, 1, 0, 0]
    assert house.way.sent == [f"{MAIL}: 3 new, 1 waiting"]


async def test_a_digest_of_nothing_is_not_sent_and_a_chat_is_enough(house: House) -> None:
    await house.link()
    await house.reach.change(house.member, Wishes(MAIL, digest_hour=8))
    assert await house.digests(8, (0, 0)) == 0
    await house.reach.change(house.member, Wishes(MAIL, digest_hour=9))
    async with house.office.database.begin() as session:
        (await session.scalars(select(ReachRow))).one().digest_on = None
    await house.digests(9)
    assert house.way.sent == ["chat"]


async def test_an_address_stands_nowhere_in_the_clear_and_a_wrong_one_is_refused(house: House) -> None:
    await house.reach.change(house.member, Wishes(MAIL, digest_hour=7))
    assert await house.reach.wishes(house.member) == Wishes(MAIL, True, 7)
    async with house.office.database.read() as session:
        row = (await session.scalars(select(ReachRow))).one()
    assert row.email is not None and b"portclair" not in row.email
    for wrong in ("mo", "mo@host", "mo@a.b\nBcc: x@y.z", "a b@c.d", "m" * 255 + "@a.b"):
        with pytest.raises(Invalid):
            await house.reach.change(house.member, Wishes(wrong))
    with pytest.raises(Invalid):
        await house.reach.change(house.member, Wishes(MAIL, digest_hour=24))


async def test_a_page_is_written_in_the_members_language(house: House) -> None:
    await house.office.accounts.set_language(house.member, Language("fr"))
    languages: list[Language] = []

    def compose(language: Language, token: str) -> Reply:
        languages.append(language)
        return Reply("p")

    house.crew._compose = compose
    await house.crew.page(house.member, "t")
    assert languages == ["fr"]
