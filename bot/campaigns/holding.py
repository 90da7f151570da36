"""A campaign's row, held while a transaction changes it, and the way back to a draft."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.steering import move
from bot.campaigns.tables import EMERGENCY, CampaignRow, CampaignState
from bot.errors import Conflict, NotFound


async def held(
    session: AsyncSession, campaign_id: int, states: tuple[CampaignState, ...], version: int | None = None, *, of_thread: bool = False
) -> CampaignRow:
    """The campaign's row, held until the transaction ends, in one of ``states`` and unchanged since ``version``.

    ``of_thread``: an episode of a thread will do. All else about those is decided together (:mod:`bot.campaigns.thread_desk`).

    Raises:
        NotFound: there is no such campaign.
        Conflict: its state or version is another one, or it is an episode of a thread.
    """
    row = await session.get(CampaignRow, campaign_id, with_for_update=True)
    if row is None or row.topic == EMERGENCY:  # emergencies have their own way: :mod:`bot.campaigns.emergencies`
        raise NotFound
    if row.onward is not None and not of_thread:
        raise Conflict("the episodes of a thread are approved and steered together")
    if row.state not in states:
        raise Conflict(f"a campaign that is {row.state} does not allow this")
    if version is not None and version != row.version:
        raise Conflict("somebody else changed the campaign meanwhile")
    return row


async def whole_thread_back(session: AsyncSession, row: CampaignRow, now: datetime) -> None:
    """An approval is for all episodes of a thread: with one changed, all are drafts again."""
    others = select(CampaignRow).where(CampaignRow.series == row.series, CampaignRow.id != row.id)
    asked = CampaignRow.state.in_((CampaignState.SUBMITTED, CampaignState.APPROVED))
    for other in await session.scalars(others.where(asked).with_for_update()):
        back_to_draft(other, now)


def back_to_draft(row: CampaignRow, now: datetime) -> None:
    """Make it a draft that nobody has approved."""
    move(row, CampaignState.DRAFT, now)
    row.approver_id = row.approved_hash = row.next_fire_at = None
