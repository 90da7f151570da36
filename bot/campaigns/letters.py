"""What the rows say about claimed deliveries at the moment before they are sent. Read anew each time: minutes may have passed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, distinct, func, literal_column, or_, select

from bot.campaigns.ledger import Claim
from bot.campaigns.narrowing import load_narrowing
from bot.campaigns.quiz import QuizText, load_text
from bot.campaigns.tables import (
    EMERGENCY,
    CampaignRow,
    CampaignTextRow,
    DeliveryRow,
    DeliveryState,
    OccurrenceRow,
    OccurrenceState,
    RecipientRow,
    SubscriptionRow,
)
from bot.messages import Channel, Language, Picture

CAP_WINDOW = timedelta(days=7)
"""The time in which a person's messages of all campaigns are counted."""


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything about a claimed delivery that matters right before it is sent; None: it is gone.

    ``received``: how many messages of other campaigns the person got in the last :data:`CAP_WINDOW`, those of unknown
    fate included. ``evening`` and ``morning``: own quiet hours, see :class:`bot.campaigns.tables.RecipientRow`.
    """

    campaign_id: int
    topic: str
    language: Language
    body: str | None
    channel: Channel | None
    sealed_address: bytes | None = field(repr=False)
    reachable: bool | None
    subscribed: bool
    state: OccurrenceState
    expires_at: datetime
    resend_uncertain: bool
    paused_until: datetime | None = None
    evening: int | None = None
    morning: int | None = None
    received: int = 0
    harm_hours: int = 0
    """As in :class:`bot.campaigns.narrowing.Narrowing`."""
    quiz: QuizText | None = None
    picture: Picture | None = None
    second: str | None = None
    """The other text of a trial."""

    @property
    def emergency(self) -> bool:
        """Whether it goes to everybody, before all others."""
        return self.topic == EMERGENCY


def read_letters(connection: Connection, claims: Iterable[Claim], now: datetime) -> dict[Claim, Letter]:
    """What stands in the rows at this moment. A claim that was lost to another one has no letter."""
    people: defaultdict[int, list[str]] = defaultdict(list)
    for taken in claims:
        people[taken.occurrence_id].append(taken.pseudonym)
    since = now - CAP_WINDOW
    lately = connection.scalars(_LATELY, {"since": since}).all() if people else ()
    letters: dict[Claim, Letter] = {}
    for occurrence_id, theirs in people.items():
        rows = connection.execute(_LETTERS, {"of": occurrence_id, "people": theirs}).all()
        received = _received(connection, occurrence_id, theirs, [other for other in lately if other != occurrence_id], since)
        for row in rows:
            letters[Claim(occurrence_id, row.pseudonym, row.part, row.attempts)] = _letter(row, received.get(row.pseudonym, 0))
    return letters


def _received(connection: Connection, of: int, people: Sequence[str], others: Sequence[int], since: datetime) -> dict[str, int]:
    """How many ``others`` reached these people lately; whoever got none is missing."""
    if not others:
        return {}
    rows = connection.execute(_RECEIVED, {"of": of, "others": others, "people": people, "since": since})
    return {row.pseudonym: row.number for row in rows}


# Made once: putting a statement together takes longer than running it. Each names the people and the occurrences it is about, and
# asks nothing for each row that it finds: without fresh statistics, as right after a snapshot, PostgreSQL takes a table for small,
# and went through all of it once for each letter.
_LATELY = select(OccurrenceRow.id).where(OccurrenceRow.expires_at > bindparam("since"))
_ARRIVED = and_(DeliveryRow.state.in_((DeliveryState.SENT, DeliveryState.UNCERTAIN)), DeliveryRow.finished_at > bindparam("since"))
# Of two that are being sent at once the earlier one goes first: only the later one counts the other.
_ARRIVING = and_(DeliveryRow.state == DeliveryState.SENDING, DeliveryRow.occurrence_id < bindparam("of"))
_RECEIVED = (
    select(DeliveryRow.pseudonym, func.count(distinct(DeliveryRow.occurrence_id)).label("number"))
    .where(
        DeliveryRow.occurrence_id.in_(bindparam("others", expanding=True)),
        DeliveryRow.pseudonym.in_(bindparam("people", expanding=True)),
        or_(_ARRIVED, _ARRIVING),
    )
    .group_by(DeliveryRow.pseudonym)
)
# By the person alone: the index of a topic's subscribers would be read to its end.
_SUBSCRIBED = and_(SubscriptionRow.pseudonym == DeliveryRow.pseudonym, SubscriptionRow.topic.concat("") == CampaignRow.topic)
_LETTERS = (
    select(
        DeliveryRow.pseudonym,
        DeliveryRow.part,
        DeliveryRow.attempts,
        CampaignRow.id,
        CampaignRow.topic,
        CampaignRow.resend_uncertain,
        CampaignRow.audience,
        OccurrenceRow.state,
        OccurrenceRow.expires_at,
        DeliveryRow.language,
        CampaignTextRow.body,
        CampaignTextRow.quiz,
        CampaignTextRow.picture,
        CampaignTextRow.picture_alt,
        CampaignTextRow.second,
        RecipientRow.channel,
        RecipientRow.address,
        RecipientRow.reachable,
        RecipientRow.paused_until,
        RecipientRow.evening,
        RecipientRow.morning,
        SubscriptionRow.topic.label("subscribed_to"),
    )
    .select_from(DeliveryRow)
    .join(OccurrenceRow, OccurrenceRow.id == DeliveryRow.occurrence_id)
    .join(CampaignRow, CampaignRow.id == OccurrenceRow.campaign_id)
    .outerjoin(CampaignTextRow, and_(CampaignTextRow.campaign_id == CampaignRow.id, CampaignTextRow.language == DeliveryRow.language))
    .outerjoin(RecipientRow, RecipientRow.pseudonym == DeliveryRow.pseudonym)
    .outerjoin(SubscriptionRow, _SUBSCRIBED)
    .where(
        DeliveryRow.occurrence_id == bindparam("of"),
        DeliveryRow.pseudonym.in_(bindparam("people", expanding=True)),
        DeliveryRow.state == literal_column(f"'{DeliveryState.SENDING.value}'"),  # Written out, so that the partial index fits.
    )
)


def _letter(row: Any, received: int) -> Letter:
    return Letter(
        campaign_id=row.id,
        topic=row.topic,
        language=Language(row.language),
        body=row.body,
        quiz=load_text(row.quiz) if row.quiz else None,
        second=row.second,
        picture=Picture(row.picture, row.picture_alt or "") if row.picture else None,
        channel=Channel(row.channel) if row.channel in set(Channel) else None,
        sealed_address=row.address,
        reachable=row.reachable,
        subscribed=row.subscribed_to is not None or (row.topic == EMERGENCY and row.channel is not None),
        state=OccurrenceState(row.state),
        expires_at=row.expires_at,
        resend_uncertain=row.resend_uncertain,
        paused_until=row.paused_until,
        evening=row.evening,
        morning=row.morning,
        received=received,
        harm_hours=load_narrowing(row.audience).harm_hours,
    )
