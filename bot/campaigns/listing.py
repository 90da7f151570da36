"""The campaigns page by page, for readers who go through all of them while others go on writing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from bot.campaigns.city import CityFacts
from bot.campaigns.plans import CampaignSummary, summary_of
from bot.campaigns.tables import EMERGENCY, CampaignRow, CampaignState
from bot.storage import Database


@dataclass(frozen=True, slots=True)
class Page:
    """Some campaigns, the newest first. ``before``: the id that the next page begins below; None: this is the last one."""

    campaigns: tuple[CampaignSummary, ...]
    before: int | None


class Listing:
    """Reads by id, so that a change between two pages neither repeats nor hides a campaign."""

    def __init__(self, database: Database, city: CityFacts) -> None:
        self._database = database
        self._city = city

    async def page(self, limit: int, *, before: int | None = None, state: CampaignState | None = None) -> Page:
        """At most ``limit`` campaigns below the id ``before``, of one ``state`` if it is named."""
        query = select(CampaignRow).where(CampaignRow.topic != EMERGENCY).order_by(CampaignRow.id.desc()).limit(limit + 1)
        if before is not None:
            query = query.where(CampaignRow.id < before)
        if state is not None:
            query = query.where(CampaignRow.state == state)
        async with self._database.read() as session:
            found = [summary_of(row, self._city) for row in await session.scalars(query)]
        return Page(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None)
