"""The campaigns package put together on a real store."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import datetime

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.clockwork import Clockwork
from bot.campaigns.drafts import CampaignDraft
from bot.campaigns.planning import Planner
from bot.campaigns.plans import Campaign
from bot.campaigns.results import Progress
from bot.campaigns.sender import Sender
from bot.campaigns.subscriptions import Subscriptions, seal_address
from bot.campaigns.tables import DeliveryRow, RecipientRow, SubscriptionRow
from bot.crypto import SymmetricKey
from bot.messages import Channel, Messenger, Pseudonym
from bot.storage import Database
from tests.unit.campaigns.kit import DRAFT, EN, FRIDAY_EVENING, Hands, ScriptedMessenger, SmallCity, citizen, plain

AUTHOR, APPROVER = "anna", "ben"
TRIAL_KEY = bytes(32)


class Desk:
    """Everything an officer's week needs, on one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Hands()
        self.city = SmallCity()
        self.key = SymmetricKey.generate()
        self.messenger = ScriptedMessenger()
        self.talks: dict[str, datetime] = {}
        self.recorded: list[tuple[str, str]] = []
        self.planner = Planner(database, self.city, self.clock)
        self.clockwork = Clockwork(database, self.city)
        self.subscriptions = Subscriptions(database, self.city, self.key, self.clock)
        self.sender = self.sender_on(database)

    def sender_on(self, database: Database, messenger: Messenger | None = None, in_flight: int = 24) -> Sender:
        channels = {Channel.TELEGRAM: messenger or self.messenger}
        return Sender(database, channels, self.key, plain, self.city, self.clock, self.record, self.talked_at, TRIAL_KEY, in_flight)

    async def record(self, session: AsyncSession, action: str, subject: str) -> None:
        """Stands for the audit trail."""
        self.recorded.append((action, subject))

    async def talked_at(self, pseudonym: Pseudonym) -> datetime | None:
        """Stands for the conversation."""
        return self.talks.get(pseudonym)

    async def subscribe(self, number: int) -> None:
        """``number`` people who want to hear about bikes; many at once, past the front door."""
        people = [citizen(one) for one in range(number)]
        recipients = [
            {
                "pseudonym": one.pseudonym,
                "channel": "telegram",
                "address": seal_address(self.key, one.pseudonym, one.address),
                "language": EN,
                "reachable": True,
            }
            for one in people
        ]
        async with self.database.begin() as session:
            await session.execute(insert(RecipientRow), recipients)
            wishes = [{"pseudonym": one.pseudonym, "topic": "bikes", "since": FRIDAY_EVENING} for one in people]
            await session.execute(insert(SubscriptionRow), wishes)

    async def approved(self, draft: CampaignDraft = DRAFT) -> Campaign:
        """A campaign that two people have agreed on."""
        campaign = await self.planner.create(AUTHOR, draft)
        campaign = await self.planner.submit(AUTHOR, campaign.id, campaign.version)
        return await self.planner.approve(APPROVER, campaign.id, campaign.content_hash)

    async def fired(self, recipients: int, draft: CampaignDraft = DRAFT) -> int:
        """A campaign at its time, with its audience listed; its number."""
        await self.subscribe(recipients)
        campaign = await self.approved(draft)
        self.clock.now = campaign.fires_at
        assert await self.clockwork.tick(self.clock()) == 1
        return campaign.id

    async def send(self) -> int:
        return await self.sender.run_once()

    async def tick(self) -> int:
        return await self.clockwork.tick(self.clock())

    async def progress(self, campaign_id: int) -> Progress:
        return await self.planner.progress(campaign_id)

    async def states(self) -> Counter[str]:
        async with self.database.read() as session:
            return Counter(await session.scalars(select(DeliveryRow.state)))


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
async def another_process(database_url: str) -> AsyncIterator[Database]:
    """A second connection to the same store, as another process would have."""
    database = Database(database_url)
    yield database
    await database.close()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that other tasks bring about."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for knows nothing of the test
            await asyncio.sleep(0.005)


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(f"{text}+00:00")
