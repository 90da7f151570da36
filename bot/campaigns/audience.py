"""Who gets a campaign: the subscribers of its topic who can be reached. Never anything about tips or conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.tables import CampaignTextRow, DeliveryRow, DeliveryState, RecipientRow, SubscriptionRow
from bot.messages import Language
from bot.storage import UtcDateTime, affected


async def count(session: AsyncSession, topic: str) -> int:
    """How many people would get a campaign about ``topic`` now. Exact: suppress before showing."""
    counted = await session.scalar(_reachable(select(func.count()), topic))
    return counted or 0


def shown(number: int, minimum: int) -> int | None:
    """A number of people as it may be shown: None when it is under the city's minimum, also when it is zero."""
    return number if number >= minimum else None


async def snapshot(session: AsyncSession, occurrence_id: int, campaign_id: int, topic: str, default: Language, not_before: datetime) -> int:
    """List everybody of the audience in the ledger, and say how many.

    One statement inside the database, so that the size of the audience costs no memory here. Somebody whose language
    the campaign lacks gets the city's default language.
    """
    columns = (
        literal(occurrence_id),
        SubscriptionRow.pseudonym,
        literal(0),
        literal(DeliveryState.PENDING.value),
        func.coalesce(CampaignTextRow.language, literal(default)),
        literal(0),
        literal(not_before, UtcDateTime),
    )
    in_their_language = and_(CampaignTextRow.campaign_id == campaign_id, CampaignTextRow.language == RecipientRow.language)
    people = _reachable(select(*columns), topic).outerjoin(CampaignTextRow, in_their_language)
    names = ["occurrence_id", "pseudonym", "part", "state", "language", "attempts", "not_before"]
    result = await session.execute(insert(DeliveryRow).from_select(names, people.order_by(SubscriptionRow.pseudonym)))
    return affected(result)


def _reachable(query: Select[*tuple[Any, ...]], topic: str) -> Select[*tuple[Any, ...]]:
    joined = query.select_from(SubscriptionRow).join(RecipientRow, RecipientRow.pseudonym == SubscriptionRow.pseudonym)
    return joined.where(SubscriptionRow.topic == topic, RecipientRow.reachable)
