"""Presses below a campaign's message, counted by group as they come: statements inside the caller's transaction.

Nothing is kept of the person: their delivery says that they got the message, their wishes which groups they belong to, and a
few sums rise by one. Presses count until :data:`COUNTING` after the end, so that what is shown by group is shown once, when
nothing rises any more: two looks that differ by one press would tell about one person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.groups import Dimension, Event
from bot.campaigns.tables import CampaignRow, DeliveryRow, GroupCountRow, OccurrenceRow, RecipientRow
from bot.campaigns.trial import variant_of
from bot.messages import Citizen
from bot.storage import insert

COUNTING = timedelta(days=3)
"""How long after its end presses below a message are counted."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who got a message: to which groups they belong."""

    occurrence_id: int
    groups: Mapping[Dimension, str]


def hour_key(moment: datetime, zone: ZoneInfo) -> str:
    """The hour of the city's clock in which a moment lies, such as "17"."""
    return f"{moment.astimezone(zone).hour:02d}"


async def receiver(session: AsyncSession, occurrence_id: int, person: Citizen, zone: ZoneInfo, trial_key: bytes) -> Receiver | None:
    """The person as a receiver; None when they did not get the message, or nothing is counted any more."""
    pseudonym, now = person.pseudonym, person.now
    got = (DeliveryRow.language, DeliveryRow.finished_at.label("at"), OccurrenceRow.finished_at, CampaignRow.id, CampaignRow.metric)
    query = select(*got, RecipientRow.channel, RecipientRow.age_band, RecipientRow.district)
    query = query.join(OccurrenceRow, OccurrenceRow.id == DeliveryRow.occurrence_id)
    query = query.join(CampaignRow, CampaignRow.id == OccurrenceRow.campaign_id)
    query = query.outerjoin(RecipientRow, RecipientRow.pseudonym == DeliveryRow.pseudonym)
    row = (await session.execute(query.where(DeliveryRow.occurrence_id == occurrence_id, DeliveryRow.pseudonym == pseudonym))).first()
    if row is None or (row.finished_at is not None and now >= row.finished_at + COUNTING):
        return None
    groups = {
        Dimension.ALL: "",
        Dimension.LANGUAGE: row.language,
        Dimension.CHANNEL: row.channel or "",
        Dimension.AGE: row.age_band or "",
        Dimension.DISTRICT: row.district or "",
        Dimension.HOUR: hour_key(row.at or now, zone),
    }
    if row.metric is not None:
        groups[Dimension.VARIANT] = variant_of(trial_key, row.id, pseudonym).value
    return Receiver(occurrence_id, groups)


async def add(session: AsyncSession, one: Receiver, events: Iterable[Event]) -> None:
    """Count events once for each of the person's groups, always in the same order, so that two at once never wait for each other."""
    table = insert(session, GroupCountRow)
    one_more = table.on_conflict_do_update(
        index_elements=["occurrence_id", "dimension", "key", "event"], set_={"number": GroupCountRow.number + 1}
    )
    for event in events:
        for dimension, key in one.groups.items():
            values = {"occurrence_id": one.occurrence_id, "dimension": dimension.value, "key": key, "event": event.value, "number": 1}
            await session.execute(one_more, values)
