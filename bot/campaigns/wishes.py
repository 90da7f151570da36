"""What subscribers wish and tell of themselves: a pause, own quiet hours, age band, district. Kept with the address, gone with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from bot.campaigns.tables import RecipientRow, SubscriptionRow
from bot.messages import Pseudonym
from bot.storage import Database

AGE_BANDS = ("to12", "from13", "from16", "from19", "from26")
"""What people may say about their age; whole bands, so that nobody tells a birthday."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """One subscriber's wishes; None: not said, so it is as for everybody."""

    paused_until: datetime | None = None
    evening: int | None = None
    morning: int | None = None
    age_band: str | None = None
    district: str | None = None


class WishBook:
    """Reads and changes the wishes of subscribers. Who has no subscription has no wishes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, pseudonym: Pseudonym) -> Wishes | None:
        """The person's wishes; None when they are not subscribed to anything."""
        columns = (RecipientRow.paused_until, RecipientRow.evening, RecipientRow.morning, RecipientRow.age_band, RecipientRow.district)
        async with self._database.read() as session:
            row = (await session.execute(select(*columns).where(RecipientRow.pseudonym == pseudonym))).one_or_none()
        return None if row is None else Wishes(*row)

    async def pause(self, pseudonym: Pseudonym, until: datetime | None) -> None:
        """No messages until then; None ends a pause. What is under way is stopped by the sender's last look."""
        await self._change(pseudonym, paused_until=until)

    async def keep_quiet(self, pseudonym: Pseudonym, *, evening: int | None, morning: int | None) -> None:
        """Own quiet hours, in full hours of the city's clock."""
        await self._change(pseudonym, evening=evening, morning=morning)

    async def tell_age(self, pseudonym: Pseudonym, band: str | None) -> None:
        """One of :data:`AGE_BANDS`; None deletes it."""
        await self._change(pseudonym, age_band=band)

    async def tell_district(self, pseudonym: Pseudonym, code: str | None) -> None:
        """A district of the city; None deletes it."""
        await self._change(pseudonym, district=code)

    async def subscribed_since(self, pseudonym: Pseudonym, topic: str) -> datetime | None:
        """When the person chose the topic, None when they did not."""
        chosen = select(SubscriptionRow.since).where(SubscriptionRow.pseudonym == pseudonym, SubscriptionRow.topic == topic)
        async with self._database.read() as session:
            since: datetime | None = await session.scalar(chosen)
        return since

    async def _change(self, pseudonym: Pseudonym, **values: object) -> None:
        async with self._database.begin() as session:
            await session.execute(update(RecipientRow).where(RecipientRow.pseudonym == pseudonym).values(**values))
