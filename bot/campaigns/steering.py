"""Pausing, resuming and cancelling, in flight too. Each is one transaction of the caller; the senders' last look obeys it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.tables import CampaignRow, CampaignState, OccurrenceRow, OccurrenceState

BY_ITSELF = ""
"""Who paused a campaign when nobody did: the sender, after too many errors."""

_FLYING = (OccurrenceState.RUNNING, OccurrenceState.PAUSED)


def move(row: CampaignRow, state: CampaignState, now: datetime) -> None:
    """Give the campaign a new state; whoever holds the old version learns it."""
    row.state, row.version, row.updated_at = state, row.version + 1, now


async def pause(session: AsyncSession, row: CampaignRow, by: str, now: datetime) -> None:
    """Send nothing more of a running campaign for now. What gets too late meanwhile expires."""
    move(row, CampaignState.PAUSED, now)
    row.paused_by = by
    await _turn(session, row, (OccurrenceState.RUNNING,), OccurrenceState.PAUSED)


async def resume(session: AsyncSession, row: CampaignRow, now: datetime) -> None:
    """Go on where it was paused."""
    move(row, CampaignState.RUNNING, now)
    row.paused_by = None
    await _turn(session, row, (OccurrenceState.PAUSED,), OccurrenceState.RUNNING)


async def cancel(session: AsyncSession, row: CampaignRow, by: str, now: datetime) -> None:
    """End a campaign for good."""
    move(row, CampaignState.CANCELLED, now)
    row.cancelled_by, row.paused_by, row.next_fire_at = by, None, None
    await _turn(session, row, _FLYING, OccurrenceState.CANCELLED)


async def pause_by_itself(session: AsyncSession, campaign_id: int, now: datetime) -> bool:
    """Pause after too many errors; False when it does not run (any more)."""
    row = await session.get(CampaignRow, campaign_id, with_for_update=True)
    if row is None or row.state != CampaignState.RUNNING:
        return False
    await pause(session, row, BY_ITSELF, now)
    return True


async def _turn(session: AsyncSession, row: CampaignRow, states: tuple[OccurrenceState, ...], into: OccurrenceState) -> None:
    theirs = (OccurrenceRow.campaign_id == row.id) & OccurrenceRow.state.in_(states)
    await session.execute(update(OccurrenceRow).where(theirs).values(state=into))
