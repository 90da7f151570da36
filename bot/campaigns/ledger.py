"""The delivery ledger: every change of a delivery's state, as statements inside the caller's transaction.

pending -> sending (claimed, with a lease) -> sent, blocked, failed, expired, stopped or uncertain; back to pending only
when the channel says that surely nothing arrived, or where the campaign accepts that some get it twice.
Why it is built like this: ``docs/adr/0006-the-delivery-ledger.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, bindparam, case, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.tables import (
    CampaignRow,
    CampaignState,
    CampaignTextRow,
    DeliveryRow,
    DeliveryState,
    OccurrenceRow,
    OccurrenceState,
    RecipientRow,
    SubscriptionRow,
)
from bot.messages import Channel, Language

LEASE = timedelta(minutes=3)
"""How long a claimed delivery may take before its fate counts as unknown."""
ATTEMPTS = 5
"""How often one delivery is claimed at most."""


def _is(state: DeliveryState) -> ColumnElement[bool]:
    # Written out, not bound: only then can both databases see that the partial index fits.
    return DeliveryRow.state == literal_column(f"'{state.value}'")


_PENDING = _is(DeliveryState.PENDING)
_SENDING = _is(DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery taken for sending. ``attempt`` fences it: after a later claim, this one's outcome counts no more."""

    occurrence_id: int
    pseudonym: str
    part: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything about a claimed delivery that matters right before it is sent; None: it is gone."""

    campaign_id: int
    topic: str
    language: Language
    body: str | None
    channel: Channel | None
    sealed_address: bytes | None = field(repr=False)
    reachable: bool | None
    subscribed: bool
    running: bool
    expires_at: datetime
    resend_uncertain: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claim. ``not_before`` only with ``pending``: when to try again."""

    state: DeliveryState
    reason: str | None = None
    not_before: datetime | None = None


async def claim(session: AsyncSession, now: datetime, limit: int) -> Sequence[Claim]:
    """Take up to ``limit`` due deliveries for sending, oldest occurrence first; rows that others hold are skipped."""
    due = (
        select(DeliveryRow.occurrence_id, DeliveryRow.pseudonym, DeliveryRow.part, DeliveryRow.attempts)
        .join(OccurrenceRow, OccurrenceRow.id == DeliveryRow.occurrence_id)
        .where(_PENDING, DeliveryRow.not_before <= now, OccurrenceRow.state == OccurrenceState.RUNNING, OccurrenceRow.expires_at > now)
        .order_by(DeliveryRow.occurrence_id, DeliveryRow.not_before)
        .limit(limit)
        .with_for_update(of=DeliveryRow, skip_locked=True)
    )
    claims = [Claim(row.occurrence_id, row.pseudonym, row.part, row.attempts + 1) for row in await session.execute(due)]
    if claims:
        connection = await session.connection()
        await connection.execute(_TAKE, [{**_key(taken), "taken": taken.attempt, "until": now + LEASE} for taken in claims])
    return claims


async def read_letter(session: AsyncSession, taken: Claim) -> Letter | None:
    """What stands in the rows at this moment; None when the claim was lost to another one."""
    query = (
        select(
            CampaignRow.id,
            CampaignRow.topic,
            CampaignRow.resend_uncertain,
            OccurrenceRow.state,
            OccurrenceRow.expires_at,
            DeliveryRow.language,
            CampaignTextRow.body,
            RecipientRow.channel,
            RecipientRow.address,
            RecipientRow.reachable,
            SubscriptionRow.topic.label("subscribed_to"),
        )
        .select_from(DeliveryRow)
        .join(OccurrenceRow, OccurrenceRow.id == DeliveryRow.occurrence_id)
        .join(CampaignRow, CampaignRow.id == OccurrenceRow.campaign_id)
        .outerjoin(CampaignTextRow, and_(CampaignTextRow.campaign_id == CampaignRow.id, CampaignTextRow.language == DeliveryRow.language))
        .outerjoin(RecipientRow, RecipientRow.pseudonym == DeliveryRow.pseudonym)
        .outerjoin(SubscriptionRow, and_(SubscriptionRow.pseudonym == DeliveryRow.pseudonym, SubscriptionRow.topic == CampaignRow.topic))
        .where(_same(taken), _SENDING)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else _letter(row)


async def settle(session: AsyncSession, taken: Claim, outcome: Outcome, now: datetime) -> bool:
    """Write what became of a claim; False when it was lost to a later claim.

    A row that a sweep called uncertain meanwhile is corrected: whoever sent it knows better.
    """
    finished_at = None if outcome.state is DeliveryState.PENDING else now
    change: dict[str, Any] = {"state": outcome.state, "reason": outcome.reason, "lease_until": None, "finished_at": finished_at}
    if outcome.not_before is not None:
        change["not_before"] = outcome.not_before
    mine = and_(_same(taken), DeliveryRow.state.in_((DeliveryState.SENDING, DeliveryState.UNCERTAIN)))
    written = await session.execute(_update().where(mine).values(change))
    if outcome.state is DeliveryState.BLOCKED:
        unreachable = {"reachable": False, "unreachable_since": now}
        reached = and_(RecipientRow.pseudonym == taken.pseudonym, RecipientRow.reachable)
        await session.execute(update(RecipientRow).where(reached).values(unreachable))
    return bool(written.rowcount)  # type: ignore[attr-defined]


async def tidy(session: AsyncSession, now: datetime) -> None:
    """Stop what was cancelled, give up leases that have ended and what is too late, close what is finished.

    Works on the open occurrences that nobody else is tidying, and holds them until the transaction ends, so that two
    of these never wait for each other's rows.
    """
    still_open = select(OccurrenceRow.id).where(OccurrenceRow.finished_at.is_(None)).with_for_update(skip_locked=True)
    mine = list(await session.scalars(still_open))
    if mine:
        await _stop_cancelled(session, mine, now)
        await _sweep_leases(session, mine, now)
        await _expire(session, mine, now)
        await _close(session, mine, now)


async def stop_cancelled(session: AsyncSession, campaign_id: int, now: datetime) -> None:
    """Stop what is left of a cancelled campaign, unless a clockwork is at it already."""
    still_open = select(OccurrenceRow.id).where(OccurrenceRow.campaign_id == campaign_id, OccurrenceRow.finished_at.is_(None))
    await _stop_cancelled(session, list(await session.scalars(still_open.with_for_update(skip_locked=True))), now)


async def stop_for(session: AsyncSession, pseudonym: str, topic: str | None, now: datetime) -> None:
    """Stop everything under way to somebody who unsubscribed from ``topic``, or from all (None)."""
    running = select(OccurrenceRow.id).where(OccurrenceRow.state == OccurrenceState.RUNNING)
    if topic is not None:
        running = running.join(CampaignRow, CampaignRow.id == OccurrenceRow.campaign_id).where(CampaignRow.topic == topic)
    theirs = and_(_PENDING, DeliveryRow.pseudonym == pseudonym, DeliveryRow.occurrence_id.in_(running))
    await session.execute(_finish(theirs, DeliveryState.STOPPED, "unsubscribed", now))


async def _stop_cancelled(session: AsyncSession, mine: Sequence[int], now: datetime) -> None:
    ended = select(OccurrenceRow.id).where(OccurrenceRow.id.in_(mine), OccurrenceRow.state == OccurrenceState.CANCELLED)
    await session.execute(_finish(and_(_PENDING, DeliveryRow.occurrence_id.in_(ended)), DeliveryState.STOPPED, "cancelled", now))


async def _sweep_leases(session: AsyncSession, mine: Sequence[int], now: datetime) -> None:
    """Call deliveries uncertain whose lease has ended, or list them again where the campaign accepts that.

    A lease too far in the future is one from before the clock was set back.
    """
    ended = or_(DeliveryRow.lease_until <= now, DeliveryRow.lease_until > now + 2 * LEASE)
    over = and_(_SENDING, ended, DeliveryRow.occurrence_id.in_(mine))
    resent = select(OccurrenceRow.id).join(CampaignRow, CampaignRow.id == OccurrenceRow.campaign_id)
    resent = resent.where(CampaignRow.resend_uncertain, OccurrenceRow.state == OccurrenceState.RUNNING)
    again = and_(over, DeliveryRow.attempts < ATTEMPTS, DeliveryRow.occurrence_id.in_(resent))
    await session.execute(_update().where(again).values(state=DeliveryState.PENDING, lease_until=None, not_before=now))
    await session.execute(_finish(over, DeliveryState.UNCERTAIN, "lease_ended", now).values(lease_until=None))


async def _expire(session: AsyncSession, mine: Sequence[int], now: datetime) -> None:
    late = select(OccurrenceRow.id).where(OccurrenceRow.id.in_(mine), OccurrenceRow.expires_at <= now)
    await session.execute(_finish(and_(_PENDING, DeliveryRow.occurrence_id.in_(late)), DeliveryState.EXPIRED, "too_late", now))


async def _close(session: AsyncSession, mine: Sequence[int], now: datetime) -> None:
    """End the occurrences that have nothing under way any more, and the campaigns that have no further date."""
    theirs = select(DeliveryRow.part).where(DeliveryRow.occurrence_id == OccurrenceRow.id)
    # Two questions, so that each finds its partial index.
    at_rest = and_(OccurrenceRow.id.in_(mine), ~theirs.where(_PENDING).exists(), ~theirs.where(_SENDING).exists())
    state = case((OccurrenceRow.state == OccurrenceState.CANCELLED, OccurrenceState.CANCELLED.value), else_=OccurrenceState.DONE.value)
    in_database: dict[str, Any] = {"synchronize_session": False}
    await session.execute(update(OccurrenceRow).where(at_rest).values(state=state, finished_at=now), execution_options=in_database)
    open_ones = select(OccurrenceRow.id).where(OccurrenceRow.campaign_id == CampaignRow.id, OccurrenceRow.finished_at.is_(None))
    over = and_(CampaignRow.state == CampaignState.RUNNING, CampaignRow.next_fire_at.is_(None), ~open_ones.exists())
    done = update(CampaignRow).where(over).values(state=CampaignState.DONE, updated_at=now)
    await session.execute(done, execution_options=in_database)


_TABLE = DeliveryRow.__table__
_TAKE = (
    DeliveryRow.__table__.update()  # type: ignore[attr-defined]
    .where(_TABLE.c.occurrence_id == bindparam("of"), _TABLE.c.pseudonym == bindparam("person"), _TABLE.c.part == bindparam("nth"))
    .values(state=DeliveryState.SENDING.value, attempts=bindparam("taken"), lease_until=bindparam("until"))
)


def _key(taken: Claim) -> dict[str, Any]:
    return {"of": taken.occurrence_id, "person": taken.pseudonym, "nth": taken.part}


def _same(taken: Claim) -> ColumnElement[bool]:
    return and_(
        DeliveryRow.occurrence_id == taken.occurrence_id,
        DeliveryRow.pseudonym == taken.pseudonym,
        DeliveryRow.part == taken.part,
        DeliveryRow.attempts == taken.attempt,
    )


def _update() -> Update:
    return update(DeliveryRow).execution_options(synchronize_session=False)


def _finish(which: ColumnElement[bool], state: DeliveryState, reason: str, now: datetime) -> Update:
    return _update().where(which).values(state=state, reason=reason, finished_at=now)


def _letter(row: Any) -> Letter:
    return Letter(
        campaign_id=row.id,
        topic=row.topic,
        language=Language(row.language),
        body=row.body,
        channel=Channel(row.channel) if row.channel in set(Channel) else None,
        sealed_address=row.address,
        reachable=row.reachable,
        subscribed=row.subscribed_to is not None,
        running=row.state == OccurrenceState.RUNNING,
        expires_at=row.expires_at,
        resend_uncertain=row.resend_uncertain,
    )
