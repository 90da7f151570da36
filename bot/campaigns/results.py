"""What became of a campaign: counts by state and reason. Never who."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.audience import shown
from bot.campaigns.tables import CampaignRow, DeliveryRow, DeliveryState, OccurrenceRow
from bot.errors import NotFound

_LATELY = timedelta(minutes=1)
"""What counts for the pace."""
_HANDLED = (DeliveryState.SENT, DeliveryState.BLOCKED, DeliveryState.FAILED, DeliveryState.UNCERTAIN)

Counts = dict[str, dict[str, int]]
"""State to reason to number; the reason is empty where there is none."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign is. ``total`` is the audience at the start; the states add up to it.

    ``few``: the audience is under the city's minimum, so a page says "fewer than N" and shows none of the numbers.
    ``reasons``: for each state, its reasons and their numbers. ``lately``: messages handed to a channel in the last minute, or since
    the start.
    """

    pending: int = 0
    sending: int = 0
    sent: int = 0
    blocked: int = 0
    failed: int = 0
    expired: int = 0
    uncertain: int = 0
    stopped: int = 0
    total: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    few: bool = False
    lately: int = 0
    as_of: datetime | None = None
    reasons: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def by_state(self) -> dict[str, int]:
        """The number of deliveries in each state; a page that shows them hides the small ones."""
        return {state.value: int(getattr(self, state.value)) for state in DeliveryState}

    @property
    def pace(self) -> float:
        """Messages a second, as it was lately; 0 when nothing moves."""
        if self.started_at is None or self.as_of is None or self.finished_at is not None:
            return 0.0
        return self.lately / max(1.0, min(self.as_of - self.started_at, _LATELY).total_seconds())

    @property
    def time_left(self) -> timedelta | None:
        """How long the rest takes at this pace; None while nothing moves or nothing is left. Some may wait for their own quiet hours."""
        rest = self.pending + self.sending
        return timedelta(seconds=rest / self.pace) if rest and self.pace else None

    def reasons_of(self, state: str) -> dict[str, int]:
        """The reasons of a state and, under an empty name, the deliveries without one: they add up to the state's number."""
        known = dict(self.reasons.get(state, {}))
        return known | {"": self.by_state[state] - sum(known.values())}


async def counts_of(session: AsyncSession, occurrence_id: int) -> Counts:
    """The counts of one occurrence, from its deliveries."""
    query = select(DeliveryRow.state, DeliveryRow.reason, func.count()).where(DeliveryRow.occurrence_id == occurrence_id)
    rows = await session.execute(query.group_by(DeliveryRow.state, DeliveryRow.reason))
    return _grouped((state, reason, number) for state, reason, number in rows)


async def read_progress(session: AsyncSession, campaign_id: int, minimum: int, now: datetime) -> Progress:
    """The progress of a campaign's latest occurrence, in one query.

    Raises:
        NotFound: there is no such campaign.
    """
    latest = select(func.max(OccurrenceRow.id)).where(OccurrenceRow.campaign_id == campaign_id).scalar_subquery()
    about = (OccurrenceRow.total, OccurrenceRow.started_at, OccurrenceRow.finished_at, OccurrenceRow.results)
    lately = and_(DeliveryRow.state.in_(_HANDLED), DeliveryRow.finished_at > now - _LATELY)
    query = (
        select(*about, func.count(case((lately, 1))), DeliveryRow.state, DeliveryRow.reason, func.count(DeliveryRow.pseudonym))
        .select_from(CampaignRow)
        .outerjoin(OccurrenceRow, OccurrenceRow.id == latest)
        .outerjoin(DeliveryRow, DeliveryRow.occurrence_id == OccurrenceRow.id)
        .where(CampaignRow.id == campaign_id)
        .group_by(OccurrenceRow.id, *about, DeliveryRow.state, DeliveryRow.reason)
    )
    rows = (await session.execute(query)).all()
    if not rows:
        raise NotFound
    total, started_at, finished_at, results, *_ = rows[0]
    handled = sum(row[4] for row in rows)
    counts: Counts = json.loads(results) if results else _grouped((state, reason, number) for *_, state, reason, number in rows)
    return _progress(counts, Progress(total=total or 0, started_at=started_at, finished_at=finished_at, lately=handled, as_of=now), minimum)


def _grouped(rows: Iterable[tuple[str | None, str | None, int]]) -> Counts:
    counts: Counts = {}
    for state, reason, number in rows:
        if state is not None:
            counts.setdefault(state, {})[reason or ""] = number
    return counts


def _progress(counts: Counts, known: Progress, minimum: int) -> Progress:
    sums = Counter({state: sum(reasons.values()) for state, reasons in counts.items()})
    numbers: dict[str, Any] = {state.value: sums[state.value] for state in DeliveryState}
    return replace(
        known,
        **numbers,
        few=known.started_at is not None and shown(known.total, minimum) is None,
        reasons={state: {reason: number for reason, number in reasons.items() if reason} for state, reasons in counts.items()},
    )
