"""Counts once, after the end of a sending, which groups of people it reached: before the ledger forgets who they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.city import CityFacts
from bot.campaigns.groups import Dimension, Event
from bot.campaigns.presses import hour_key
from bot.campaigns.tables import CampaignRow, DeliveryRow, DeliveryState, GroupCountRow, OccurrenceRow, RecipientRow
from bot.campaigns.trial import variant_of
from bot.storage import Database, affected

_HOUR = timedelta(hours=1)
_AT_ONCE = 5_000
"""People looked at before others have their turn."""
Reached = Counter[tuple[Dimension, str]]
"""How many people of each group a sending reached."""


class Tally:
    """Any number may run: what was counted first is kept.

    Args:
        trial_key: the sender's: says which text of a trial a person got.
    """

    def __init__(self, database: Database, city: CityFacts, trial_key: bytes) -> None:
        self._database = database
        self._city = city
        self._trial_key = trial_key

    async def count_finished(self, now: datetime) -> int:
        """Count what has ended and was not counted yet; how many of those this tally has written down.

        Counting only reads, and writing is short: a million rows take long, and nobody may wait for it.
        """
        ended = and_(OccurrenceRow.finished_at.is_not(None), OccurrenceRow.counted_at.is_(None), OccurrenceRow.results.is_(None))
        async with self._database.read() as session:
            waiting = list(await session.scalars(select(OccurrenceRow).where(ended)))
        return sum([await self._count(occurrence, now) for occurrence in waiting])

    async def _count(self, occurrence: OccurrenceRow, now: datetime) -> bool:
        """Count one; false when another tally was quicker."""
        async with self._database.read() as session:
            reached = await self._reached(session, occurrence) + await self._variants(session, occurrence)
        async with self._database.begin() as session:
            mine = update(OccurrenceRow).where(OccurrenceRow.id == occurrence.id, OccurrenceRow.counted_at.is_(None))
            if affected(await session.execute(mine.values(counted_at=now))) == 0:
                return False
            if rows := [_row(occurrence.id, dimension, key, number) for (dimension, key), number in reached.items()]:
                await session.execute(insert(GroupCountRow), rows)
            return True

    async def _reached(self, session: AsyncSession, occurrence: OccurrenceRow) -> Reached:
        """One pass over the deliveries; the store groups them, so the size of the audience costs no memory here."""
        zone, end = self._city.time_zone, occurrence.finished_at or occurrence.started_at
        hours = _hours(occurrence.started_at, end, zone)
        keys: dict[Dimension, Any] = {
            Dimension.LANGUAGE: DeliveryRow.language,
            Dimension.CHANNEL: func.coalesce(RecipientRow.channel, ""),
            Dimension.AGE: func.coalesce(RecipientRow.age_band, ""),
            Dimension.DISTRICT: func.coalesce(RecipientRow.district, ""),
            Dimension.HOUR: _hour_number(hours),
        }
        labelled: list[ColumnElement[Any]] = [column.label(f"by_{dimension}") for dimension, column in keys.items()]
        query = select(*labelled, func.count().label("number")).select_from(DeliveryRow)
        query = query.outerjoin(RecipientRow, RecipientRow.pseudonym == DeliveryRow.pseudonym)
        query = query.where(DeliveryRow.occurrence_id == occurrence.id, DeliveryRow.state == DeliveryState.SENT)
        reached: Reached = Counter()
        for row in await session.execute(query.group_by(*[one.name for one in labelled])):
            *told, hour, number = row
            found = dict(zip(keys, [*told, hour_key(hours[hour], zone)], strict=True))
            for dimension, key in ({Dimension.ALL: ""} | found).items():
                reached[dimension, key] += number
        return reached


    async def _variants(self, session: AsyncSession, occurrence: OccurrenceRow) -> Reached:
        """How many got which text of a trial: asked of each person's pseudonym in turn, as nothing is kept of it."""
        reached: Reached = Counter()
        if await session.scalar(select(CampaignRow.metric).where(CampaignRow.id == occurrence.campaign_id)) is None:
            return reached
        people = select(DeliveryRow.pseudonym).where(DeliveryRow.occurrence_id == occurrence.id, DeliveryRow.state == DeliveryState.SENT)
        async for some in (await session.stream_scalars(people)).partitions(_AT_ONCE):
            reached.update((Dimension.VARIANT, variant_of(self._trial_key, occurrence.campaign_id, one).value) for one in some)
        return reached


def _hours(first: datetime, last: datetime, zone: ZoneInfo) -> list[datetime]:
    """The beginnings of the hours from ``first`` to ``last``, as the city's clock shows them (its zone may be off by half an hour)."""
    begin = first.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    return [begin + number * _HOUR for number in range(max(0, (last - begin) // _HOUR) + 1)]


def _hour_number(hours: Sequence[datetime]) -> ColumnElement[Any]:
    """Which of the hours a delivery was finished in."""
    if len(hours) == 1:
        return literal(0)
    before = [(DeliveryRow.finished_at < following, literal(number)) for number, following in enumerate(hours[1:])]
    return case(*before, else_=literal(len(hours) - 1))


def _row(occurrence_id: int, dimension: Dimension, key: str, number: int) -> dict[str, Any]:
    return {"occurrence_id": occurrence_id, "dimension": dimension.value, "key": key, "event": Event.SENT.value, "number": number}
