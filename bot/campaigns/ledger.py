"""The delivery ledger: every change of a delivery's state, as statements inside the caller's transaction.

pending -> sending (claimed, with a lease) -> sent, blocked, failed, expired, stopped or uncertain; back to pending only
when the channel says that surely nothing arrived, or where the campaign accepts that some get it twice.
Why it is built like this: ``docs/adr/0006-the-delivery-ledger.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, and_, bindparam, case, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.tables import CampaignRow, CampaignState, DeliveryRow, DeliveryState, OccurrenceRow, OccurrenceState, RecipientRow
from bot.storage import affected

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
class Outcome:
    """What became of a claim. ``not_before`` only with ``pending``: when to try again.

    ``tried`` false: nothing was handed to the channel, so the claim does not count as an attempt.
    """

    state: DeliveryState
    reason: str | None = None
    not_before: datetime | None = None
    tried: bool = True


async def claim(session: AsyncSession, now: datetime, limit: int) -> Sequence[Claim]:
    """Take up to ``limit`` due deliveries for sending, oldest occurrence first; rows that others hold are skipped."""
    open_ones = select(OccurrenceRow.id).where(OccurrenceRow.state == OccurrenceState.RUNNING, OccurrenceRow.expires_at > now)
    claims: list[Claim] = []
    # One by one, not joined: with fresh statistics missing, PostgreSQL would sort a million rows to take these few.
    for occurrence_id in (await session.scalars(open_ones.order_by(OccurrenceRow.id))).all():
        if len(claims) < limit:
            rows = await session.execute(_due(occurrence_id, now, limit - len(claims)))
            claims += [Claim(occurrence_id, row.pseudonym, row.part, row.attempts + 1) for row in rows]
    if claims:
        connection = await session.connection()
        await connection.execute(_TAKE, [{**_key(taken), "taken": taken.attempt, "until": now + LEASE} for taken in claims])
    return claims


def _due(occurrence_id: int, now: datetime, limit: int) -> Select[str, int, int]:
    due = select(DeliveryRow.pseudonym, DeliveryRow.part, DeliveryRow.attempts)
    due = due.where(_PENDING, DeliveryRow.occurrence_id == occurrence_id, DeliveryRow.not_before <= now)
    return due.order_by(DeliveryRow.not_before).limit(limit).with_for_update(skip_locked=True)


async def settle(session: AsyncSession, taken: Claim, outcome: Outcome, now: datetime) -> bool:
    """Write what became of a claim; False when it was lost to a later claim.

    A row that a sweep called uncertain meanwhile is corrected: whoever sent it knows better.
    """
    finished_at = None if outcome.state is DeliveryState.PENDING else now
    change: dict[str, Any] = {"state": outcome.state, "reason": outcome.reason, "lease_until": None, "finished_at": finished_at}
    if outcome.not_before is not None:
        change["not_before"] = outcome.not_before
    if not outcome.tried:
        # The number may be given again: with this settlement nobody holds a claim of it any more.
        change["attempts"] = taken.attempt - 1
    mine = and_(_same(taken), DeliveryRow.state.in_((DeliveryState.SENDING, DeliveryState.UNCERTAIN)))
    written = await session.execute(_update().where(mine).values(change))
    if outcome.state is DeliveryState.BLOCKED:
        unreachable = {"reachable": False, "unreachable_since": now}
        reached = and_(RecipientRow.pseudonym == taken.pseudonym, RecipientRow.reachable)
        await session.execute(update(RecipientRow).where(reached).values(unreachable))
    return affected(written) > 0


async def tidy(session: AsyncSession, now: datetime) -> None:
    """Stop what was cancelled, give up leases that have ended and what is too late, close what is finished.

    Works on the open occurrences that nobody else is tidying, and holds them until the transaction ends, so that two
    of these never wait for each other's rows.
    """
    still_open = select(OccurrenceRow.id, OccurrenceRow.state, OccurrenceRow.expires_at).where(OccurrenceRow.finished_at.is_(None))
    mine = (await session.execute(still_open.with_for_update(skip_locked=True))).all()
    if not mine:
        return
    cancelled = [row.id for row in mine if row.state == OccurrenceState.CANCELLED]
    late = [row.id for row in mine if row.expires_at <= now]
    await session.execute(_finish(_pending_in(cancelled), DeliveryState.STOPPED, "cancelled", now))
    await session.execute(_finish(_pending_in(late), DeliveryState.EXPIRED, "too_late", now))
    await _sweep_leases(session, now)
    await _close(session, [row.id for row in mine], now)


async def stop_cancelled(session: AsyncSession, campaign_id: int, now: datetime) -> None:
    """Stop what is left of a cancelled campaign, unless a clockwork is at it already."""
    still_open = select(OccurrenceRow.id).where(OccurrenceRow.campaign_id == campaign_id, OccurrenceRow.finished_at.is_(None))
    mine = list(await session.scalars(still_open.with_for_update(skip_locked=True)))
    await session.execute(_finish(_pending_in(mine), DeliveryState.STOPPED, "cancelled", now))


async def stop_for(session: AsyncSession, pseudonym: str, topic: str | None, now: datetime) -> None:
    """Stop everything under way to somebody who unsubscribed from ``topic``, or from all (None)."""
    running = select(OccurrenceRow.id).where(OccurrenceRow.state.in_((OccurrenceState.RUNNING, OccurrenceState.PAUSED)))
    if topic is not None:
        running = running.join(CampaignRow, CampaignRow.id == OccurrenceRow.campaign_id).where(CampaignRow.topic == topic)
    for occurrence_id in (await session.scalars(running)).all():
        # The state is bound on purpose: found by the key, not by going through everybody who is still pending.
        waiting = DeliveryRow.state.in_([DeliveryState.PENDING])
        theirs = and_(DeliveryRow.occurrence_id == occurrence_id, DeliveryRow.pseudonym == pseudonym, waiting)
        await session.execute(_finish(theirs, DeliveryState.STOPPED, "unsubscribed", now))


async def _sweep_leases(session: AsyncSession, now: datetime) -> None:
    """Call deliveries uncertain whose lease has ended, or list them again where the campaign accepts that.

    A lease too far in the future is one from before the clock was set back. There are never more than are in flight.
    """
    ended = or_(DeliveryRow.lease_until <= now, DeliveryRow.lease_until > now + 2 * LEASE)
    key = (DeliveryRow.occurrence_id, DeliveryRow.pseudonym, DeliveryRow.part, DeliveryRow.attempts)
    rows = (await session.execute(select(*key).where(_SENDING, ended).with_for_update(skip_locked=True))).all()
    resent = select(OccurrenceRow.id).join(CampaignRow, CampaignRow.id == OccurrenceRow.campaign_id)
    resent = resent.where(CampaignRow.resend_uncertain, OccurrenceRow.state.in_((OccurrenceState.RUNNING, OccurrenceState.PAUSED)))
    resending = set(await session.scalars(resent)) if rows else set()
    for row in rows:
        again = row.occurrence_id in resending and row.attempts < ATTEMPTS
        outcome = Outcome(DeliveryState.PENDING, None, now) if again else Outcome(DeliveryState.UNCERTAIN, "lease_ended")
        await settle(session, Claim(*row), outcome, now)


async def _close(session: AsyncSession, mine: Sequence[int], now: datetime) -> None:
    """End the occurrences that have nothing under way any more, and the campaigns that have no further date."""
    theirs = select(DeliveryRow.part).where(DeliveryRow.occurrence_id == OccurrenceRow.id)
    # Two questions, so that each finds its partial index.
    at_rest = and_(OccurrenceRow.id.in_(mine), ~theirs.where(_PENDING).exists(), ~theirs.where(_SENDING).exists())
    state = case((OccurrenceRow.state == OccurrenceState.CANCELLED, OccurrenceState.CANCELLED.value), else_=OccurrenceState.DONE.value)
    in_database: dict[str, Any] = {"synchronize_session": False}
    await session.execute(update(OccurrenceRow).where(at_rest).values(state=state, finished_at=now), execution_options=in_database)
    open_ones = select(OccurrenceRow.id).where(OccurrenceRow.campaign_id == CampaignRow.id, OccurrenceRow.finished_at.is_(None))
    under_way = CampaignRow.state.in_((CampaignState.RUNNING, CampaignState.PAUSED))
    over = and_(under_way, CampaignRow.next_fire_at.is_(None), ~open_ones.exists())
    done = update(CampaignRow).where(over).values(state=CampaignState.DONE, paused_by=None, updated_at=now)
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


def _pending_in(occurrences: Sequence[int]) -> ColumnElement[bool]:
    return and_(_PENDING, DeliveryRow.occurrence_id.in_(occurrences))


def _update() -> Update:
    return update(DeliveryRow).execution_options(synchronize_session=False)


def _finish(which: ColumnElement[bool], state: DeliveryState, reason: str, now: datetime) -> Update:
    return _update().where(which).values(state=state, reason=reason, finished_at=now)
