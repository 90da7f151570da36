"""Who gets a campaign: the subscribers of its topic who can be reached, narrowed by what they told. Never anything about tips.

In an emergency: everybody who subscribed to anything. Whoever unsubscribed from everything has no row, and gets nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, insert, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.campaigns.narrowing import EVERYBODY, Narrowing
from bot.campaigns.tables import EMERGENCY, CampaignTextRow, DeliveryRow, DeliveryState, OccurrenceRow, RecipientRow, SubscriptionRow
from bot.messages import Language
from bot.storage import UtcDateTime, affected


@dataclass(frozen=True, slots=True)
class Audience:
    """The subscribers of a topic (of any, for :data:`EMERGENCY`), narrowed, as they stand ``now``; days are those of ``zone``."""

    topic: str
    now: datetime
    zone: ZoneInfo
    narrowing: Narrowing = EVERYBODY

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """What has to be true of a recipient, joined with their subscription unless it is for everybody."""
        if not self.for_everybody:
            yield SubscriptionRow.topic == self.topic
        yield RecipientRow.reachable.is_(True)
        told = ((RecipientRow.language, "languages"), (RecipientRow.district, "districts"), (RecipientRow.age_band, "age_bands"))
        for column, name in told:
            if codes := getattr(self.narrowing, name):
                yield column.in_(codes)
        if self.narrowing.joined_since:
            yield SubscriptionRow.since >= datetime.combine(self.narrowing.joined_since, time(), self.zone)
        if self.narrowing.not_within_days:
            yield ~_received_since(self.now - timedelta(days=self.narrowing.not_within_days), self.person())
        if self.narrowing.received:
            yield _may_have_got(self.narrowing.received, self.person())

    @property
    def for_everybody(self) -> bool:
        """Whether topics do not matter."""
        return self.topic == EMERGENCY

    def person(self) -> InstrumentedAttribute[str]:
        """The column that names who it is."""
        return RecipientRow.pseudonym if self.for_everybody else SubscriptionRow.pseudonym


async def count(session: AsyncSession, audience: Audience) -> int:
    """How many people it is now. Exact: suppress before showing. Talks about harms are not looked at: they only delay."""
    counted = await session.scalar(_people(select(func.count()), audience))
    return counted or 0


def shown(number: int, minimum: int) -> int | None:
    """A number of people as it may be shown: None when it is under the city's minimum, also when it is zero."""
    return number if number >= minimum else None


def rounded(number: int, minimum: int) -> int | None:
    """As :func:`shown`, rounded down to a multiple of the minimum: or two counts that differ by one question would tell of one person."""
    return None if number < minimum else number - number % minimum


async def snapshot(session: AsyncSession, occurrence_id: int, campaign_id: int, audience: Audience, default: Language) -> int:
    """List everybody of the audience in the ledger, and say how many.

    One statement inside the database, so that the size of the audience costs no memory here. Somebody whose language
    the campaign lacks gets the city's default language.
    """
    columns = (
        literal(occurrence_id),
        audience.person(),
        literal(0),
        literal(DeliveryState.PENDING.value),
        func.coalesce(CampaignTextRow.language, literal(default)),
        literal(0),
        literal(audience.now, UtcDateTime),
    )
    in_their_language = and_(CampaignTextRow.campaign_id == campaign_id, CampaignTextRow.language == RecipientRow.language)
    people = _people(select(*columns), audience).outerjoin(CampaignTextRow, in_their_language)
    names = ["occurrence_id", "pseudonym", "part", "state", "language", "attempts", "not_before"]
    result = await session.execute(insert(DeliveryRow).from_select(names, people.order_by(audience.person())))
    return affected(result)


def _people(query: Select[*tuple[Any, ...]], audience: Audience) -> Select[*tuple[Any, ...]]:
    if audience.for_everybody:
        return query.select_from(RecipientRow).where(*audience.conditions())
    joined = query.select_from(SubscriptionRow).join(RecipientRow, RecipientRow.pseudonym == SubscriptionRow.pseudonym)
    return joined.where(*audience.conditions())


def _received_since(since: datetime, person: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether a message of any campaign reached the person, may have, or is on its way."""
    # IN, not a join: so both databases go by the key, from few occurrences to one row each, and never through all deliveries.
    lately = DeliveryRow.occurrence_id.in_(select(OccurrenceRow.id).where(OccurrenceRow.expires_at > since))
    arrived = and_(DeliveryRow.state.in_((DeliveryState.SENT, DeliveryState.UNCERTAIN)), DeliveryRow.finished_at > since)
    under_way = DeliveryRow.state.in_((DeliveryState.PENDING, DeliveryState.SENDING))
    return _has_delivery(person, lately, or_(arrived, under_way))


def _may_have_got(campaign_id: int, person: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether a message of the campaign was handed to the channel and may have arrived, whatever became of later tries."""
    of_it = DeliveryRow.occurrence_id.in_(select(OccurrenceRow.id).where(OccurrenceRow.campaign_id == campaign_id))
    handed_over = DeliveryRow.state.in_((DeliveryState.SENT, DeliveryState.UNCERTAIN, DeliveryState.SENDING))
    tried = and_(DeliveryRow.state.in_((DeliveryState.PENDING, DeliveryState.STOPPED, DeliveryState.EXPIRED)), DeliveryRow.attempts > 0)
    tried_again = and_(DeliveryRow.state == DeliveryState.FAILED, DeliveryRow.attempts > 1)
    return _has_delivery(person, of_it, or_(handed_over, tried, tried_again))


def _has_delivery(person: InstrumentedAttribute[str], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    theirs = select(DeliveryRow.part).where(DeliveryRow.pseudonym == person, *conditions)
    return theirs.correlate(person.class_).exists()
