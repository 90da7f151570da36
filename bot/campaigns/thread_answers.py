"""What an answer to a quiz changes for a person who walks a thread: which episode comes next, and when. In the caller's transaction.

The answer itself is not kept, only where it leads; the first one counts.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import case, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.city import CityFacts, quiet_hours
from bot.campaigns.rules import load_rule
from bot.campaigns.schedule import next_allowed
from bot.campaigns.tables import CampaignRow, OccurrenceRow, ThreadWalkRow
from bot.campaigns.threads import END, Pace, days_later, load_onward
from bot.messages import Citizen

_STEP = 5
"""Seconds in which answers are gathered, so that a crowd that answers does not make a sending of each answer."""


async def take(session: AsyncSession, occurrence_id: int, citizen: Citizen, number: int, city: CityFacts) -> None:
    """Go on as the answer says. Nothing changes for who is not in this thread, has answered, or has got the next episode."""
    query = select(CampaignRow.series, CampaignRow.onward, CampaignRow.rule, CampaignRow.time_zone)
    query = query.join(OccurrenceRow, OccurrenceRow.campaign_id == CampaignRow.id)
    row = (await session.execute(query.where(OccurrenceRow.id == occurrence_id, CampaignRow.onward.is_not(None)))).first()
    if row is None:
        return
    onward, walk = load_onward(row.onward), ThreadWalkRow
    here = (walk.pseudonym == citizen.pseudonym, walk.series == row.series, walk.occurrence_id == occurrence_id, walk.answered.is_(False))
    if (following := onward.after(number)) == END:
        await session.execute(delete(walk).where(*here))
        return
    values = {"next": following, "answered": True}
    due = due_after(onward.pace, citizen.now, load_rule(row.rule)[0].time(), ZoneInfo(row.time_zone), city)
    sooner = {} if due is None else {"due_at": case((walk.due_at > due, due), else_=walk.due_at)}
    await session.execute(update(walk).where(*here).values(**values, **sooner))


def due_after(pace: Pace, now: datetime, at: time, zone: ZoneInfo, city: CityFacts) -> datetime | None:
    """When the next episode comes to somebody who answers ``now``, at the latest; None: when it would have come anyway."""
    match pace:
        case Pace.TIME:
            return None
        case Pace.NEXT_DAY:
            return days_later(now, 1, at, zone)
        case Pace.AT_ONCE:
            allowed = next_allowed(now, city.time_zone, quiet_hours(city))
            return datetime.fromtimestamp(-(-allowed.timestamp() // _STEP) * _STEP, UTC) if allowed == now else allowed
