"""The clockwork: fires campaigns whose time has come, and keeps the ledger tidy. Woken from outside, once a second or so."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns import audience, ledger
from bot.campaigns.city import CityFacts
from bot.campaigns.date_book import read_begun, read_changes
from bot.campaigns.dates import Firing, firings
from bot.campaigns.drafts import content_hash
from bot.campaigns.narrowing import load_narrowing
from bot.campaigns.places import posts
from bot.campaigns.places.destinations import load_destinations
from bot.campaigns.plans import read_draft
from bot.campaigns.presses import COUNTING
from bot.campaigns.results import counts_of
from bot.campaigns.rules import load_rule, rule_of
from bot.campaigns.tables import CampaignRow, CampaignState, DeliveryRow, OccurrenceRow, OccurrenceState, QuizMarkRow, RecipientRow
from bot.campaigns.thread_walk import ThreadWalk
from bot.storage import Database, insert_or_ignore

log = structlog.get_logger(__name__)

KEEP_DELIVERIES = timedelta(days=30)
KEEP_UNREACHABLE = timedelta(days=90)
_AT_ONCE = 20
_LATE_PRESSES = timedelta(hours=1)
"""How old a press may be when it is worked on: for so long it must still be known who has answered."""


class Clockwork:
    """Works only on rows, so any number of them may run, and any may be killed at any moment."""

    def __init__(self, database: Database, city: CityFacts) -> None:
        self._database = database
        self._city = city
        self._threads = ThreadWalk(database, city)

    async def tick(self, now: datetime) -> int:
        """Fire what is due at ``now`` and tidy up, in one transaction, then go on with threads. Returns how many campaigns fired."""
        async with self._database.begin() as session:
            due = await self._due(session, now)
            fired = [await self._fire(session, campaign, now) for campaign in due]
            await posts.tidy(session, now)
            await ledger.tidy(session, now)
        return sum(fired) + await self._threads.tick(now)

    async def purge(self, now: datetime) -> None:
        """Forget who answered after three days, who got what after 30, keeping the counts, and addresses unreachable for 90. Once a day."""
        async with self._database.begin() as session:
            old = OccurrenceRow.finished_at < now - KEEP_DELIVERIES
            for occurrence in await session.scalars(select(OccurrenceRow).where(old, OccurrenceRow.results.is_(None))):
                occurrence.results = json.dumps(await counts_of(session, occurrence.id))
                await session.execute(delete(DeliveryRow).where(DeliveryRow.occurrence_id == occurrence.id))
            counted = select(OccurrenceRow.id).where(OccurrenceRow.finished_at < now - COUNTING - _LATE_PRESSES)
            await session.execute(delete(QuizMarkRow).where(QuizMarkRow.occurrence_id.in_(counted)))
            await session.execute(delete(RecipientRow).where(RecipientRow.unreachable_since < now - KEEP_UNREACHABLE))

    async def _due(self, session: AsyncSession, now: datetime) -> list[CampaignRow]:
        """The due campaigns, locked; those that another clockwork holds are skipped."""
        going = CampaignRow.state.in_((CampaignState.APPROVED, CampaignState.RUNNING))
        due = select(CampaignRow).where(going, CampaignRow.next_fire_at <= now, CampaignRow.onward.is_(None))
        due = due.order_by(CampaignRow.next_fire_at).limit(_AT_ONCE).with_for_update(skip_locked=True)
        return list(await session.scalars(due))

    async def _fire(self, session: AsyncSession, campaign: CampaignRow, now: datetime) -> bool:
        if not await _is_as_approved(session, campaign):
            campaign.state, campaign.note, campaign.next_fire_at = CampaignState.DRAFT, "changed_after_approval", None
            log.error("campaign_changed_after_approval", campaign=campaign.id)
            return False
        firing, following = await self._turn(session, campaign, campaign.next_fire_at or now)
        occurrence_id = await self._occur(session, campaign, firing, now)
        if occurrence_id is not None:
            whom = audience.Audience(campaign.topic, now, ZoneInfo(campaign.time_zone), load_narrowing(campaign.audience))
            await _give_room_to_sort(session)
            listed = await audience.snapshot(session, occurrence_id, campaign.id, whom, self._city.languages[0])
            (await session.get_one(OccurrenceRow, occurrence_id)).total = listed
            await posts.list_posts(session, occurrence_id, load_destinations(campaign.places), now)
        campaign.state, campaign.updated_at = CampaignState.RUNNING, now
        campaign.next_fire_at = following
        return occurrence_id is not None

    async def _turn(self, session: AsyncSession, campaign: CampaignRow, due: datetime) -> tuple[Firing, datetime | None]:
        """Which of its dates is due, and when the next one is.

        A date that has fired keeps its turn when no other has it: the ledger knows it and lists nobody again. A moment that is no
        date's (any more, or of an emergency) is one of its own.
        """
        rule = rule_of(*load_rule(campaign.rule), self._city.calendar.is_school_free)
        changes = (await read_changes(session, [campaign.id])).get(campaign.id, ())
        coming, begun = firings(rule, changes, ZoneInfo(campaign.time_zone), due), await read_begun(session, campaign.id)
        fresh = [one for one in coming if one.scheduled_for not in begun]
        now_due = next((one for one in (*fresh, *coming) if one.fires_at == due), Firing(due, due))
        return now_due, next((one.fires_at for one in fresh if one != now_due), None)

    async def _occur(self, session: AsyncSession, campaign: CampaignRow, firing: Firing, now: datetime) -> int | None:
        """A new occurrence's number, None when it took place already."""
        values: dict[str, Any] = {"scheduled_for": firing.scheduled_for, "state": OccurrenceState.RUNNING, "started_at": now, "total": 0}
        values["moved_to"] = firing.fires_at if firing.fires_at != firing.scheduled_for else None
        values["expires_at"] = firing.fires_at + timedelta(seconds=campaign.late_after)
        query = insert_or_ignore(session, OccurrenceRow).values(campaign_id=campaign.id, **values).returning(OccurrenceRow.id)
        number: int | None = await session.scalar(query)
        return number


async def _give_room_to_sort(session: AsyncSession) -> None:
    """Until the transaction ends PostgreSQL may sort a large audience in memory: its usual 4 MB make that twice as slow."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SET LOCAL work_mem = '256MB'"))


async def _is_as_approved(session: AsyncSession, campaign: CampaignRow) -> bool:
    """Checked again when it fires: nothing is sent that nobody approved, whoever changed the rows."""
    return campaign.approved_hash == content_hash(await read_draft(session, campaign), campaign.time_zone)
