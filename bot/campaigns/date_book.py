"""Changed dates, read from their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.dates import DateChange, Reach
from bot.campaigns.tables import DateChangeRow, OccurrenceRow


async def read_changes(session: AsyncSession, campaigns: Collection[int]) -> dict[int, tuple[DateChange, ...]]:
    """What was changed of each campaign's dates; campaigns without any are missing."""
    found: defaultdict[int, tuple[DateChange, ...]] = defaultdict(tuple)
    rows = select(DateChangeRow).where(DateChangeRow.campaign_id.in_(campaigns))
    for row in await session.scalars(rows.order_by(DateChangeRow.campaign_id, DateChangeRow.original, DateChangeRow.reach)):
        found[row.campaign_id] += (_change_of(row),)
    return dict(found)


async def read_begun(session: AsyncSession, campaign_id: int) -> set[datetime]:
    """The original moments (UTC) of a campaign's dates that have fired."""
    return set(await session.scalars(select(OccurrenceRow.scheduled_for).where(OccurrenceRow.campaign_id == campaign_id)))


def _change_of(row: DateChangeRow) -> DateChange:
    to = datetime.fromisoformat(row.moved_to) if row.moved_to else None
    return DateChange(datetime.fromisoformat(row.original), Reach(row.reach), to)
