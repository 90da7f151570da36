"""A store with subscribers and a campaign that is due, as officers would leave it: planned, approved by another, fired."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select

from bot.campaigns.clockwork import Clockwork
from bot.campaigns.drafts import CampaignDraft
from bot.campaigns.ledger import LEASE
from bot.campaigns.planning import Planner
from bot.campaigns.subscriptions import seal_address
from bot.campaigns.tables import DeliveryRow, RecipientRow, SubscriptionRow
from bot.city import City
from bot.crypto import Keyring
from bot.messages import Address, Channel
from bot.storage import Database
from bot.storage.migrate import upgrade
from tests.e2e.house import city_awake

TOPIC = "bikes"
_BODY = (
    "**Lock your bike twice**: the frame to something fixed, and the wheel. "
    "Note its number today. Faro tells you what to do when it is gone."
)
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Office:
    """One city with its store. ``folder`` is FARO_DATA, ``city_folder`` a city whose quiet hours are far away."""

    folder: Path
    city_folder: Path
    url: str
    database: Database
    city: City

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, url: str | None = None) -> AsyncIterator[Office]:
        """Make the folders, the keys and the schema. ``url`` None: SQLite in the folder."""
        city_folder = city_awake(folder / "city", datetime.now(UTC))
        url = url or f"sqlite+aiosqlite:///{folder / 'faro.sqlite3'}"
        database = Database(url)
        try:
            await upgrade(database)
            Keyring.open(folder / "keys")
            yield cls(folder, city_folder, url, database, City.load(city_folder))
        finally:
            await database.close()

    async def subscribe(self, numbers: range) -> None:
        """People with these numbers of Telegram."""
        key, since = Keyring.open(self.folder / "keys").state, datetime.now(UTC) - timedelta(days=30)
        for first in range(numbers.start, numbers.stop, _AT_ONCE):
            people = {f"{number:032x}": str(number) for number in range(first, min(first + _AT_ONCE, numbers.stop))}
            sealed = {who: seal_address(key, who, Address(Channel.TELEGRAM, number)) for who, number in people.items()}
            known = {"channel": "telegram", "language": "en", "reachable": True}
            async with self.database.begin() as session:
                await session.execute(insert(RecipientRow), [{"pseudonym": who, "address": sealed[who], **known} for who in people])
                await session.execute(insert(SubscriptionRow), [{"pseudonym": who, "topic": TOPIC, "since": since} for who in people])

    async def approve(self) -> int:
        """A campaign planned an hour ago for half an hour ago, so that the next tick fires it; its number."""
        planned_at = datetime.now(UTC) - timedelta(hours=1)
        planner = Planner(self.database, self.city, lambda: planned_at)
        send_at = (planned_at + timedelta(minutes=30)).astimezone(self.city.time_zone).replace(second=0, microsecond=0, tzinfo=None)
        texts = dict.fromkeys(self.city.languages, _BODY)
        campaign = await planner.create("author", CampaignDraft("Lock it twice", TOPIC, send_at, texts, late_after=timedelta(hours=6)))
        campaign = await planner.submit("author", campaign.id, campaign.version)
        await planner.approve("approver", campaign.id, campaign.content_hash)
        return campaign.id

    async def fire(self) -> None:
        """Let the clockwork list the audience."""
        fired = await Clockwork(self.database, self.city).tick(datetime.now(UTC))
        assert fired == 1, "the campaign did not fire"

    async def end_leases(self) -> None:
        """What the clockwork does once the leases of the dead have ended."""
        await Clockwork(self.database, self.city).tick(datetime.now(UTC) + LEASE)

    async def states(self) -> Counter[str]:
        """How many deliveries are in which state."""
        async with self.database.read() as session:
            rows = await session.execute(select(DeliveryRow.state, func.count().label("number")).group_by(DeliveryRow.state))
            return Counter({row.state: row.number for row in rows})

    async def people_in(self, state: str) -> set[int]:
        """Telegram's numbers of those whose delivery is in a state."""
        async with self.database.read() as session:
            return {int(who, 16) for who in await session.scalars(select(DeliveryRow.pseudonym).where(DeliveryRow.state == state))}
