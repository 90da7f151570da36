"""The ledger of posts: the same promises as that of deliveries (:mod:`bot.campaigns.ledger`), for one line a place.

There are as many as an officer ticked, so each is worked on by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, case, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.ledger import ATTEMPTS, LEASE, Outcome
from bot.campaigns.places.destinations import Destination
from bot.campaigns.places.tables import POST_UNDER_WAY, PlaceRow, PlaceState, PostRow
from bot.campaigns.quiz import QuizText, load_text
from bot.campaigns.tables import EMERGENCY, CampaignRow, CampaignTextRow, DeliveryState, OccurrenceRow, OccurrenceState
from bot.messages import Language, Picture
from bot.places import Posted, Standing
from bot.storage import insert_or_ignore

_FLYING = (OccurrenceState.RUNNING, OccurrenceState.PAUSED)


def _is(state: DeliveryState) -> ColumnElement[bool]:
    # Written out, not bound: only then can both databases see that the partial index fits.
    return PostRow.state == literal_column(f"'{state.value}'")


@dataclass(frozen=True, slots=True)
class Claim:
    """A post taken for sending. ``attempt`` fences it, as that of a delivery."""

    occurrence_id: int
    place_id: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Everything about a claimed post that matters right before it is sent."""

    campaign_id: int
    topic: str
    language: Language
    body: str | None
    state: OccurrenceState
    expires_at: datetime
    resend_uncertain: bool
    chat: str
    place_state: PlaceState
    standing: Standing
    quiz: QuizText | None = None
    picture: Picture | None = None

    @property
    def emergency(self) -> bool:
        """Whether it goes before all others."""
        return self.topic == EMERGENCY


async def list_posts(session: AsyncSession, occurrence_id: int, destinations: Iterable[Destination], now: datetime) -> None:
    """List what is to be posted, in the transaction that fires. A place that is gone from the books has no line."""
    for one in destinations:
        if await session.get(PlaceRow, one.place) is not None:
            values = {"language": one.language, "state": DeliveryState.PENDING, "attempts": 0, "not_before": now, "messages": "[]"}
            await session.execute(
                insert_or_ignore(session, PostRow).values(occurrence_id=occurrence_id, place_id=one.place, **values)
            )


def is_due(connection: Connection, now: datetime, *, only_emergencies: bool) -> bool:
    """Whether there is anything to claim."""
    return connection.execute(_due(now, 1, only_emergencies)).first() is not None


def claim(connection: Connection, now: datetime, limit: int, *, only_emergencies: bool = False) -> list[Claim]:
    """Take up to ``limit`` due posts for sending, emergencies first; rows that others hold are skipped."""
    due = connection.execute(_due(now, limit, only_emergencies).with_for_update(of=_TABLE, skip_locked=True))
    claims = [Claim(row.occurrence_id, row.place_id, row.attempts + 1) for row in due]
    for taken in claims:
        values = {"state": DeliveryState.SENDING.value, "attempts": taken.attempt, "lease_until": now + LEASE}
        connection.execute(_TABLE.update().where(*_key(taken)).values(**values))
    return claims


def read_notice(connection: Connection, taken: Claim) -> Notice | None:
    """What the rows say at this moment; None: the claim was lost to a later one."""
    mine = and_(*_key(taken), PostRow.attempts == taken.attempt, _is(DeliveryState.SENDING))
    row = connection.execute(_NOTICES.where(mine)).one_or_none()
    return None if row is None else _notice(row)


def settle(connection: Connection, taken: Claim, outcome: Outcome, now: datetime, posted: tuple[str, Posted] | None = None) -> None:
    """Write what became of a claim. An outcome of a claim that was lost to a later one changes nothing.

    ``posted``: in which chat, and what.
    """
    values: dict[str, Any] = {
        "state": outcome.state.value,
        "reason": outcome.reason,
        "lease_until": None,
        "finished_at": None if outcome.state is DeliveryState.PENDING else now,
        "attempts": taken.attempt if outcome.tried else taken.attempt - 1,
        "not_before": outcome.not_before or now,
    }
    if posted is not None:
        chat, told = posted
        values |= {"chat": chat, "messages": json.dumps(told.messages), "link": told.link}
    # A row that a sweep called uncertain meanwhile is corrected: whoever posted it knows better.
    open_ = or_(_is(DeliveryState.SENDING), _is(DeliveryState.UNCERTAIN))
    connection.execute(_TABLE.update().where(*_key(taken), _TABLE.c.attempts == taken.attempt, open_).values(**values))


async def tidy(session: AsyncSession, now: datetime) -> None:
    """Stop what was cancelled, end what is too late, give up leases that have ended. Rows that others hold are skipped."""
    joined = select(PostRow, OccurrenceRow.state, OccurrenceRow.expires_at, CampaignRow.resend_uncertain)
    joined = joined.join(OccurrenceRow, OccurrenceRow.id == PostRow.occurrence_id)
    joined = joined.join(CampaignRow, CampaignRow.id == OccurrenceRow.campaign_id)
    rows = await session.execute(joined.where(POST_UNDER_WAY).with_for_update(of=PostRow, skip_locked=True))
    for post, state, expires_at, resend in rows.all():
        if post.state == DeliveryState.SENDING:
            # A lease too far in the future is one from before the clock was set back.
            if post.lease_until is None or not now < post.lease_until <= now + 2 * LEASE:
                _give_up(post, resend=resend and state in _FLYING, now=now)
        elif state == OccurrenceState.CANCELLED:
            _end(post, DeliveryState.STOPPED, "cancelled", now)
        elif expires_at <= now:
            _end(post, DeliveryState.EXPIRED, "too_late", now)
    await session.flush()


def _give_up(post: PostRow, *, resend: bool, now: datetime) -> None:
    if resend and post.attempts < ATTEMPTS:
        post.state, post.lease_until, post.not_before = DeliveryState.PENDING, None, now
    else:
        _end(post, DeliveryState.UNCERTAIN, "lease_ended", now)


def _end(post: PostRow, state: DeliveryState, reason: str, now: datetime) -> None:
    post.state, post.reason, post.finished_at, post.lease_until = state, reason, now, None


_TABLE = cast(Table, PostRow.__table__)
_NOTICES = (
    select(
        CampaignRow.id,
        CampaignRow.topic,
        CampaignRow.resend_uncertain,
        OccurrenceRow.state,
        OccurrenceRow.expires_at,
        PostRow.language,
        CampaignTextRow.body,
        CampaignTextRow.quiz,
        CampaignTextRow.picture,
        CampaignTextRow.picture_alt,
        PlaceRow.chat,
        PlaceRow.state.label("place_state"),
        PlaceRow.standing,
    )
    .select_from(PostRow)
    .join(PlaceRow, PlaceRow.id == PostRow.place_id)
    .join(OccurrenceRow, OccurrenceRow.id == PostRow.occurrence_id)
    .join(CampaignRow, CampaignRow.id == OccurrenceRow.campaign_id)
    .outerjoin(CampaignTextRow, and_(CampaignTextRow.campaign_id == CampaignRow.id, CampaignTextRow.language == PostRow.language))
)


def _due(now: datetime, limit: int, only_emergencies: bool) -> Select[Any, Any, Any]:
    due = (_is(DeliveryState.PENDING), PostRow.not_before <= now, OccurrenceRow.state == OccurrenceState.RUNNING)
    query = select(PostRow.occurrence_id, PostRow.place_id, PostRow.attempts)
    query = query.join(OccurrenceRow, OccurrenceRow.id == PostRow.occurrence_id)
    query = query.join(CampaignRow, CampaignRow.id == OccurrenceRow.campaign_id).where(*due, OccurrenceRow.expires_at > now)
    if only_emergencies:
        query = query.where(CampaignRow.topic == EMERGENCY)
    first = case((CampaignRow.topic == EMERGENCY, 0), else_=1)
    return query.order_by(first, PostRow.not_before, PostRow.occurrence_id, PostRow.place_id).limit(limit)


def _key(taken: Claim) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _TABLE.c.occurrence_id == taken.occurrence_id, _TABLE.c.place_id == taken.place_id


def _notice(row: Any) -> Notice:
    return Notice(
        campaign_id=row.id,
        topic=row.topic,
        language=Language(row.language),
        body=row.body,
        state=OccurrenceState(row.state),
        expires_at=row.expires_at,
        resend_uncertain=row.resend_uncertain,
        chat=row.chat,
        place_state=PlaceState(row.place_state),
        standing=Standing(row.standing),
        quiz=load_text(row.quiz) if row.quiz else None,
        picture=Picture(row.picture, row.picture_alt or "") if row.picture else None,
    )
