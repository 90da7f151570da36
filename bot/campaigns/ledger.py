"""The delivery ledger: every change of a delivery's state, as statements inside the caller's transaction.

What happens with every message (:func:`claim`, :func:`settle`) takes many at once, as short work on a connection.

pending -> sending (claimed, with a lease) -> sent, blocked, failed, expired, stopped or uncertain; back to pending only
when the channel says that surely nothing arrived, or where the campaign accepts that some get it twice.
Why it is built like this: ``docs/adr/0006-the-delivery-ledger.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Table, Update, and_, bindparam, case, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.places.tables import POST_UNDER_WAY, PostRow
from bot.campaigns.tables import (
    EMERGENCY,
    CampaignRow,
    CampaignState,
    DeliveryRow,
    DeliveryState,
    OccurrenceRow,
    OccurrenceState,
    RecipientRow,
)
from bot.storage import UtcDateTime

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


def claim(connection: Connection, now: datetime, limit: int, *, only_emergencies: bool = False) -> list[Claim]:
    """Take up to ``limit`` due deliveries for sending, emergencies first, then the oldest occurrence; rows that others hold are skipped.

    So are people to whom something is on its way already, of whatever campaign: its outcome is committed before the next
    message is claimed for them, so that the weekly cap knows it.
    """
    on_their_way = [(row.occurrence_id, row.pseudonym) for row in connection.execute(_ON_THEIR_WAY)]
    claims: list[Claim] = []
    # One by one, not joined: with fresh statistics missing, PostgreSQL would sort a million rows to take these few.
    for occurrence_id in connection.scalars(_OPEN_EMERGENCIES if only_emergencies else _OPEN, {"now": now}).all():
        if len(claims) < limit:
            busy = {person for of, person in on_their_way if of != occurrence_id} | {taken.pseudonym for taken in claims}
            room = limit - len(claims)
            due = connection.execute(_DUE, {"of": occurrence_id, "now": now, "most": room + len(busy)})
            free = [Claim(occurrence_id, row.pseudonym, row.part, row.attempts + 1) for row in due if row.pseudonym not in busy]
            claims += free[:room]
    if claims:
        connection.execute(_TAKE, [{**_key(taken), "taken": taken.attempt, "until": now + LEASE} for taken in claims])
    return claims


def settle(connection: Connection, outcomes: Sequence[tuple[Claim, Outcome]], now: datetime) -> None:
    """Write what became of claims, all together. An outcome of a claim that was lost to a later one changes nothing.

    A row that a sweep called uncertain meanwhile is corrected: whoever sent it knows better.
    """
    # In the order of the key: so two that settle at once never wait for each other.
    ordered = sorted(outcomes, key=lambda one: (one[0].occurrence_id, one[0].pseudonym, one[0].part))
    if ordered:
        connection.execute(_SETTLE, [_settled(taken, outcome, now) for taken, outcome in ordered])
    blocked = sorted({taken.pseudonym for taken, outcome in ordered if outcome.state is DeliveryState.BLOCKED})
    if blocked:
        connection.execute(_UNREACHABLE, [{"person": pseudonym, "now": now} for pseudonym in blocked])


def _settled(taken: Claim, outcome: Outcome, now: datetime) -> dict[str, Any]:
    # Where nothing was tried, the number may be given again: with this settlement nobody holds a claim of it any more.
    return {
        **_key(taken),
        "attempt": taken.attempt,
        "counted": taken.attempt if outcome.tried else taken.attempt - 1,
        "into": outcome.state.value,
        "why": outcome.reason,
        "ended": None if outcome.state is DeliveryState.PENDING else now,
        "due": outcome.not_before,
    }


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
    again, unknown = Outcome(DeliveryState.PENDING, None, now), Outcome(DeliveryState.UNCERTAIN, "lease_ended")
    outcomes = [(Claim(*row), again if row.occurrence_id in resending and row.attempts < ATTEMPTS else unknown) for row in rows]
    await (await session.connection()).run_sync(settle, outcomes, now)


async def _close(session: AsyncSession, mine: Sequence[int], now: datetime) -> None:
    """End the occurrences that have nothing under way any more, and the campaigns that have no further date."""
    theirs = select(DeliveryRow.part).where(DeliveryRow.occurrence_id == OccurrenceRow.id)
    # Two questions, so that each finds its partial index.
    at_rest = and_(OccurrenceRow.id.in_(mine), ~theirs.where(_PENDING).exists(), ~theirs.where(_SENDING).exists())
    posts = select(PostRow.place_id).where(PostRow.occurrence_id == OccurrenceRow.id, POST_UNDER_WAY)
    at_rest = and_(at_rest, ~posts.exists())
    state = case((OccurrenceRow.state == OccurrenceState.CANCELLED, OccurrenceState.CANCELLED.value), else_=OccurrenceState.DONE.value)
    in_database: dict[str, Any] = {"synchronize_session": False}
    await session.execute(update(OccurrenceRow).where(at_rest).values(state=state, finished_at=now), execution_options=in_database)
    open_ones = select(OccurrenceRow.id).where(OccurrenceRow.campaign_id == CampaignRow.id, OccurrenceRow.finished_at.is_(None))
    under_way = CampaignRow.state.in_((CampaignState.RUNNING, CampaignState.PAUSED))
    # Of a thread's episodes nothing may be under way and still more come: the thread ends them (bot.campaigns.thread_walk).
    over = and_(under_way, CampaignRow.next_fire_at.is_(None), CampaignRow.onward.is_(None), ~open_ones.exists())
    done = update(CampaignRow).where(over).values(state=CampaignState.DONE, paused_by=None, updated_at=now)
    await session.execute(done, execution_options=in_database)


# Made once: putting a statement together takes longer than running it.
_TABLE = cast(Table, DeliveryRow.__table__)
_ON_THEIR_WAY = select(DeliveryRow.occurrence_id, DeliveryRow.pseudonym).where(_SENDING)
_IS_EMERGENCY = CampaignRow.topic == EMERGENCY
_OPEN = (
    select(OccurrenceRow.id)
    .join(CampaignRow, CampaignRow.id == OccurrenceRow.campaign_id)
    .where(OccurrenceRow.state == OccurrenceState.RUNNING, OccurrenceRow.expires_at > bindparam("now"))
    .order_by(case((_IS_EMERGENCY, 0), else_=1), OccurrenceRow.id)
)
_OPEN_EMERGENCIES = _OPEN.where(_IS_EMERGENCY)
_DUE = (
    select(DeliveryRow.pseudonym, DeliveryRow.part, DeliveryRow.attempts)
    .where(_PENDING, DeliveryRow.occurrence_id == bindparam("of"), DeliveryRow.not_before <= bindparam("now"))
    .order_by(DeliveryRow.not_before)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_ITS_KEY = (_TABLE.c.occurrence_id == bindparam("of"), _TABLE.c.pseudonym == bindparam("person"), _TABLE.c.part == bindparam("nth"))
_TAKE = (
    _TABLE.update()
    .where(*_ITS_KEY)
    .values(state=DeliveryState.SENDING.value, attempts=bindparam("taken"), lease_until=bindparam("until"))
)
_SETTLE = (
    _TABLE.update()
    .where(*_ITS_KEY, _TABLE.c.attempts == bindparam("attempt"))
    .where(or_(_SENDING, _is(DeliveryState.UNCERTAIN)))
    .values(
        state=bindparam("into"),
        reason=bindparam("why"),
        finished_at=bindparam("ended"),
        lease_until=None,
        attempts=bindparam("counted"),
        not_before=func.coalesce(bindparam("due", type_=UtcDateTime()), _TABLE.c.not_before),
    )
)
_RECIPIENT = cast(Table, RecipientRow.__table__)
_UNREACHABLE = (
    _RECIPIENT.update()
    .where(_RECIPIENT.c.pseudonym == bindparam("person"), _RECIPIENT.c.reachable)
    .values(reachable=False, unreachable_since=bindparam("now"))
)


def _key(taken: Claim) -> dict[str, Any]:
    return {"of": taken.occurrence_id, "person": taken.pseudonym, "nth": taken.part}


def _pending_in(occurrences: Sequence[int]) -> ColumnElement[bool]:
    return and_(_PENDING, DeliveryRow.occurrence_id.in_(occurrences))


def _update() -> Update:
    return update(DeliveryRow).execution_options(synchronize_session=False)


def _finish(which: ColumnElement[bool], state: DeliveryState, reason: str, now: datetime) -> Update:
    return _update().where(which).values(state=state, reason=reason, finished_at=now)
