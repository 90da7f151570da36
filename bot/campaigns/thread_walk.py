"""Walking threads: who begins, and who gets the next episode. Works only on rows.

Any number of clockworks may run, and any may be killed at any moment: a thread's episodes are locked while it is worked on, and
everything about one thread at one moment is one transaction. The ledger gets an episode for the people whom the statement before
moved on, and for nobody who stands in it with that episode already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import ColumnElement, and_, delete, distinct, exists, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.audience import Audience
from bot.campaigns.city import CityFacts
from bot.campaigns.drafts import content_hash
from bot.campaigns.letters import CAP_WINDOW
from bot.campaigns.narrowing import load_narrowing
from bot.campaigns.plans import read_draft
from bot.campaigns.rules import load_rule
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
    ThreadWalkRow,
)
from bot.campaigns.threads import Onward, days_later, joined, load_onward, next_hour
from bot.storage import Database, UtcDateTime, affected, insert_or_ignore

log = structlog.get_logger(__name__)

_Walk = ThreadWalkRow
_ARRIVED = (DeliveryState.SENT, DeliveryState.UNCERTAIN)
_UNDER_WAY = (DeliveryState.PENDING, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class _Thread:
    """A thread that is going on. ``episodes``: by key; all have the first one's hour, audience and time until it is too late."""

    first: CampaignRow
    episodes: Mapping[str, CampaignRow]
    onwards: Mapping[str, Onward]

    @classmethod
    def of(cls, rows: list[CampaignRow]) -> _Thread:
        onwards = {row.id: load_onward(row.onward or "") for row in rows}
        return cls(rows[0], {onwards[row.id].key: row for row in rows}, {one.key: one for one in onwards.values()})

    @property
    def at(self) -> time:
        return load_rule(self.first.rule)[0].time()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.first.time_zone)

    @property
    def late_after(self) -> timedelta:
        return timedelta(seconds=self.first.late_after)

    def due(self, now: datetime, key: str) -> ColumnElement[bool]:
        """Those for whom it is time for an episode."""
        return and_(_Walk.series == self.first.series, _Walk.next == key, _Walk.due_at <= now)


class ThreadWalk:
    """Lets people in, and gives out what is due. Called by the clockwork, about once a second."""

    def __init__(self, database: Database, city: CityFacts) -> None:
        self._database = database
        self._city = city

    async def tick(self, now: datetime) -> int:
        """Go on with every thread that has something to do at ``now``; how many sendings that made."""
        async with self._database.read() as session:
            waiting = list(await session.scalars(_with_work(now)))
        return sum([await self._advance(series, now) for series in waiting])

    async def _advance(self, series: str, now: datetime) -> int:
        async with self._database.begin() as session:
            rows = await _locked(session, series)
            if not rows or not await _is_as_approved(session, rows):
                return 0
            thread = _Thread.of(rows)
            await self._let_in(session, thread, now)
            keys = list(await session.scalars(select(_Walk.next).where(_Walk.series == series, _Walk.due_at <= now).distinct()))
            made = sum([await self._give_out(session, thread, key, now) for key in sorted(keys)])
            await _end_if_over(session, thread, now)
            return made

    async def _let_in(self, session: AsyncSession, thread: _Thread, now: datetime) -> None:
        """Begin with everybody whose hour has come. Hours that passed so long ago that it is too late are left out."""
        first, joining = thread.first, next(iter(thread.onwards.values())).joining
        due = first.next_fire_at
        while due is not None and due <= now:
            if due + thread.late_after > now:
                await self._begin(session, thread, due, joining)
            elif joining is not None:
                due = max(due, next_hour(now - thread.late_after - timedelta(days=1), thread.at, thread.zone))
            due = None if joining is None else next_hour(due, thread.at, thread.zone)
        first.next_fire_at = due

    async def _begin(self, session: AsyncSession, thread: _Thread, due: datetime, joining: int | None) -> None:
        whom = Audience(thread.first.topic, due, thread.zone, load_narrowing(thread.first.audience))
        conditions = [*whom.conditions(), ~_got_one_of(thread)]
        if joining is not None:
            since, before = joined(due, joining, thread.at, thread.zone)
            conditions += [SubscriptionRow.since >= since, SubscriptionRow.since < before]
        key = next(iter(thread.onwards))
        columns = (SubscriptionRow.pseudonym, literal(thread.first.series), SubscriptionRow.topic, literal(key))
        people = select(*columns, literal(due, UtcDateTime), literal(False)).select_from(SubscriptionRow)
        people = people.join(RecipientRow, RecipientRow.pseudonym == SubscriptionRow.pseudonym).where(*conditions)
        names = ["pseudonym", "series", "topic", "next", "due_at", "answered"]
        await session.execute(insert_or_ignore(session, _Walk).from_select(names, people))

    async def _give_out(self, session: AsyncSession, thread: _Thread, key: str, now: datetime) -> int:
        """Give an episode to everybody for whom it is time; 1 when somebody got it. What has no episode (any more) is over."""
        if (row := thread.episodes.get(key)) is None:
            await session.execute(delete(_Walk).where(thread.due(now, key)))
            return 0
        await self._put_off(session, thread, key, now)
        latest = await session.scalar(select(func.max(_Walk.due_at)).where(thread.due(now, key)))
        occurrence_id = await _occur(session, row, latest, now) if latest is not None else None
        if occurrence_id is None:
            return 0
        onward = thread.onwards[key]
        later = days_later(now, onward.days, thread.at, thread.zone)
        moved = {"occurrence_id": occurrence_id, "next": onward.next, "due_at": later, "answered": False}
        await _execute(session, update(_Walk).where(thread.due(now, key)).values(moved))
        listed = await self._list(session, row.id, occurrence_id, now)
        await session.execute(update(OccurrenceRow).where(OccurrenceRow.id == occurrence_id).values(total=listed))
        if onward.ends:
            await _execute(session, delete(_Walk).where(_Walk.occurrence_id == occurrence_id))
        return 1

    async def _put_off(self, session: AsyncSession, thread: _Thread, key: str, now: datetime) -> None:
        """The story waits until the next hour for whoever cannot be written to now, or for whom it has become too late."""
        them = RecipientRow.pseudonym == _Walk.pseudonym
        away = exists().where(them, or_(RecipientRow.paused_until > now, RecipientRow.reachable.is_(False)))
        late = _Walk.due_at <= now - thread.late_after
        waits = or_(away, late, _received_lately(now) >= self._city.weekly_cap)
        put_off = update(_Walk).where(thread.due(now, key), waits).values(due_at=next_hour(now, thread.at, thread.zone))
        await _execute(session, put_off)

    async def _list(self, session: AsyncSession, campaign_id: int, occurrence_id: int, now: datetime) -> int:
        """Put those in the ledger whom this sending moved on, and say how many."""
        others = select(OccurrenceRow.id).where(OccurrenceRow.campaign_id == campaign_id, OccurrenceRow.id != occurrence_id)
        had = exists().where(DeliveryRow.pseudonym == _Walk.pseudonym, DeliveryRow.occurrence_id.in_(others))
        language = func.coalesce(CampaignTextRow.language, literal(self._city.languages[0]))
        columns = (literal(occurrence_id), _Walk.pseudonym, literal(0), literal(DeliveryState.PENDING.value), language, literal(0))
        people = select(*columns, literal(now, UtcDateTime)).join(RecipientRow, RecipientRow.pseudonym == _Walk.pseudonym)
        theirs = and_(CampaignTextRow.campaign_id == campaign_id, CampaignTextRow.language == RecipientRow.language)
        people = people.outerjoin(CampaignTextRow, theirs).where(_Walk.occurrence_id == occurrence_id, ~had)
        names = ["occurrence_id", "pseudonym", "part", "state", "language", "attempts", "not_before"]
        return affected(await session.execute(insert(DeliveryRow).from_select(names, people.order_by(_Walk.pseudonym))))


def _with_work(now: datetime) -> Any:
    """The threads in which somebody may begin, go on, or that may be over."""
    walks = exists().where(_Walk.series == CampaignRow.series)
    going_on = exists().where(_Walk.series == CampaignRow.series, _Walk.due_at <= now)
    over = and_(CampaignRow.episode == 1, CampaignRow.next_fire_at.is_(None), ~walks)
    work = or_(CampaignRow.next_fire_at <= now, going_on, over)
    return select(CampaignRow.series).where(CampaignRow.onward.is_not(None), CampaignRow.state == CampaignState.RUNNING, work).distinct()


async def _locked(session: AsyncSession, series: str) -> list[CampaignRow]:
    """A thread's episodes in order; none when another clockwork holds them, or one of them is not running."""
    running = select(CampaignRow).where(CampaignRow.series == series, CampaignRow.state == CampaignState.RUNNING)
    rows = list(await session.scalars(running.order_by(CampaignRow.episode).with_for_update(skip_locked=True)))
    everything = await session.scalar(select(func.count()).select_from(CampaignRow).where(CampaignRow.series == series))
    return rows if len(rows) == everything else []


async def _is_as_approved(session: AsyncSession, rows: list[CampaignRow]) -> bool:
    """Checked again each time: nothing is sent that nobody approved, whoever changed the rows."""
    if all([row.approved_hash == content_hash(await read_draft(session, row), row.time_zone) for row in rows]):
        return True
    for row in rows:
        row.state, row.note, row.next_fire_at = CampaignState.DRAFT, "changed_after_approval", None
    log.error("thread_changed_after_approval", campaign=rows[0].id)
    return False


async def _occur(session: AsyncSession, row: CampaignRow, due: datetime, now: datetime) -> int | None:
    """A new sending's number. One of that moment may be there already, for those who came to it before: then it is of ``now``."""
    for moment in (due, now):
        values = {"scheduled_for": moment, "expires_at": now + timedelta(seconds=row.late_after), "started_at": now, "total": 0}
        query = insert_or_ignore(session, OccurrenceRow).values(campaign_id=row.id, state=OccurrenceState.RUNNING, **values)
        if (number := await session.scalar(query.returning(OccurrenceRow.id))) is not None:
            return int(number)
    return None


async def _end_if_over(session: AsyncSession, thread: _Thread, now: datetime) -> None:
    """A thread that lets nobody in any more is done when nobody walks it, and nothing of it is under way."""
    if thread.first.next_fire_at is not None:
        return
    ours = select(CampaignRow.id).where(CampaignRow.series == thread.first.series)
    open_ones = select(OccurrenceRow.id).where(OccurrenceRow.campaign_id.in_(ours), OccurrenceRow.finished_at.is_(None))
    walks = select(_Walk.series).where(_Walk.series == thread.first.series)
    if await session.scalar(select(or_(open_ones.exists(), walks.exists()))):
        return
    for row in thread.episodes.values():
        row.state, row.updated_at = CampaignState.DONE, now


def _got_one_of(thread: _Thread) -> ColumnElement[bool]:
    """Whether the ledger has a subscriber with any episode: whoever left and came back does not begin again while it does."""
    ours = select(OccurrenceRow.id).where(OccurrenceRow.campaign_id.in_([row.id for row in thread.episodes.values()]))
    return exists().where(DeliveryRow.pseudonym == SubscriptionRow.pseudonym, DeliveryRow.occurrence_id.in_(ours))


def _received_lately(now: datetime) -> ColumnElement[int]:
    """How many messages of any campaign a walker got in the last days, or is about to get."""
    since = now - CAP_WINDOW
    arrived = and_(DeliveryRow.state.in_(_ARRIVED), DeliveryRow.finished_at > since)
    lately = DeliveryRow.occurrence_id.in_(select(OccurrenceRow.id).where(OccurrenceRow.expires_at > since))
    counted = select(func.count(distinct(DeliveryRow.occurrence_id))).where(DeliveryRow.pseudonym == _Walk.pseudonym, lately)
    return counted.where(or_(arrived, DeliveryRow.state.in_(_UNDER_WAY))).correlate(_Walk).scalar_subquery()


async def _execute(session: AsyncSession, statement: Any) -> None:
    """A statement about many rows, of which this process knows none."""
    await session.execute(statement, execution_options={"synchronize_session": False})
