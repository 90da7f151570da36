"""Planning: officers write, a second person approves exactly what they saw, and anybody of them can cancel at once."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns import audience, ledger, steering
from bot.campaigns.city import CityFacts
from bot.campaigns.dates import DateChange
from bot.campaigns.drafts import CampaignDraft, Problem, as_in_thread, find_problems
from bot.campaigns.holding import back_to_draft, held, whole_thread_back
from bot.campaigns.narrowing import EVERYBODY, Narrowing, dump_narrowing
from bot.campaigns.outlook import PlannedDate, moments, next_dates
from bot.campaigns.picture_rules import find_picture_problems
from bot.campaigns.places.destinations import dump_destinations
from bot.campaigns.places.rules import find_place_problems, find_standing_problems
from bot.campaigns.plans import Campaign, CampaignSummary, read_campaign, read_draft, summary_of, text_rows
from bot.campaigns.quiz_rules import find_quiz_problems
from bot.campaigns.results import Progress, read_progress
from bot.campaigns.rules import dump_rule
from bot.campaigns.steering import move
from bot.campaigns.tables import EMERGENCY, CampaignRow, CampaignState, CampaignTextRow, DateChangeRow
from bot.campaigns.threads import dump_onward
from bot.campaigns.trial_rules import find_trial_problems
from bot.campaigns.versions import keep_version
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.messages import Clock
from bot.storage import Database

_EDITABLE = (CampaignState.DRAFT, CampaignState.SUBMITTED, CampaignState.APPROVED)
_LIST = list[CampaignSummary]  # Inside the class, `list` is the method.
_DATES = list[PlannedDate]
_NOTE_LIMIT = 1000


class Planner:
    """The campaigns of the console, without emergencies. Who may plan and approve is asked before, by role; here counts who did what."""

    def __init__(self, database: Database, city: CityFacts, clock: Clock) -> None:
        self._database = database
        self._city = city
        self._clock = clock

    def check(self, draft: CampaignDraft) -> list[Problem]:
        """Everything that keeps the draft from being submitted now."""
        draft = draft.cleaned()
        planned = find_problems(draft, self._city, self._clock())
        parts = (find_picture_problems, find_quiz_problems, find_trial_problems, find_place_problems)
        return [*planned, *(problem for find in parts for problem in find(draft, self._city))]

    async def create(self, author_id: str, draft: CampaignDraft) -> Campaign:
        """Keep a draft; it may be unfinished.

        Raises:
            Invalid: the title is empty, the topic unknown, or the like: not even a draft may be so.
        """
        async with self._database.begin() as session:
            return await self.create_within(session, author_id, draft)

    async def create_within(self, session: AsyncSession, author_id: str, draft: CampaignDraft) -> Campaign:
        """As :meth:`create`, in the caller's transaction. Raises Invalid."""
        return await self._created(session, author_id, replace(self._storable(draft), onward=None))

    async def create_series(self, author_id: str, drafts: Sequence[CampaignDraft]) -> tuple[Campaign, ...]:
        """Keep several drafts as the episodes of one series, in this order: all or none.

        Raises:
            Invalid: as for :meth:`create`.
        """
        storable, series = [self._storable(draft) for draft in drafts], secrets.token_hex(8)
        async with self._database.begin() as session:
            episodes = enumerate(storable, start=1)
            return tuple([await self._created(session, author_id, draft, series, number) for number, draft in episodes])

    async def add_episode_within(self, session: AsyncSession, author_id: str, draft: CampaignDraft, series: str, episode: int) -> Campaign:
        """A further draft of a series, in the caller's transaction. Raises Invalid."""
        return await self._created(session, author_id, self._storable(draft), series, episode)

    async def edit(self, author_id: str, campaign_id: int, version: int, draft: CampaignDraft) -> Campaign:
        """Change a campaign that has not fired yet. It is a draft again: an approval never survives a change.

        Raises:
            NotFound: there is no such campaign.
            Conflict: somebody changed it since ``version``, or it has fired or was cancelled.
            Invalid: as for :meth:`create`.
        """
        draft, now = self._storable(draft), self._clock()
        async with self._database.begin() as session:
            row = await held(session, campaign_id, _EDITABLE, version, of_thread=True)
            if row.onward is not None:
                await whole_thread_back(session, row, now)
                draft = as_in_thread(draft, await read_draft(session, row))
            return await self.rewrite_within(session, row, author_id, draft if row.onward else replace(draft, onward=None))

    async def rewrite_within(self, session: AsyncSession, row: CampaignRow, author_id: str, draft: CampaignDraft) -> Campaign:
        """Write a cleaned draft over a campaign whose row the caller's transaction holds. It is a draft again."""
        now = self._clock()
        if row.rule != dump_rule(draft.send_at, draft.repeat):  # Another rule has other dates.
            await session.execute(delete(DateChangeRow).where(DateChangeRow.campaign_id == row.id))
        self._write(row, draft, now)
        back_to_draft(row, now)
        row.writers = json.dumps(sorted({*json.loads(row.writers), author_id}))
        await session.execute(delete(CampaignTextRow).where(CampaignTextRow.campaign_id == row.id))
        return await self._written(session, row, author_id, draft)

    async def submit(self, author_id: str, campaign_id: int, version: int) -> Campaign:
        """Ask for approval.

        Raises:
            NotFound, Conflict: as for :meth:`edit`.
            Invalid: the first of :meth:`check`'s problems.
        """
        async with self._database.begin() as session:
            row = await held(session, campaign_id, (CampaignState.DRAFT,), version)
            campaign = await read_campaign(session, row, self._city)
            if problems := [*self.check(campaign.draft), *await find_standing_problems(session, campaign.draft)]:
                raise Invalid(problems[0].field, problems[0].code)
            move(row, CampaignState.SUBMITTED, self._clock())
            row.note = ""
            row.writers = json.dumps(sorted({*campaign.writers, author_id}))
            return await read_campaign(session, row, self._city)

    async def approve(self, approver_id: str, campaign_id: int, content_hash: str) -> Campaign:
        """Let it fire at its time, exactly as the approver saw it.

        Raises:
            NotFound: there is no such campaign.
            NotAllowed: the approver wrote at it.
            Conflict: it is not waiting for approval, or not what ``content_hash`` was taken from.
            Invalid: it has become too late to send it, or a rule of the city has changed meanwhile.
        """
        now = self._clock()
        async with self._database.begin() as session:
            row = await held(session, campaign_id, (CampaignState.SUBMITTED,))
            campaign = await read_campaign(session, row, self._city)
            if approver_id in campaign.writers:
                raise NotAllowed("a second person has to approve")
            if campaign.content_hash != content_hash:
                raise Conflict("the campaign was changed")
            row.next_fire_at = self._still_sendable(campaign, now)
            if problems := await find_standing_problems(session, campaign.draft):
                raise Invalid(problems[0].field, problems[0].code)
            move(row, CampaignState.APPROVED, now)
            row.approver_id, row.approved_hash = approver_id, content_hash
            return await read_campaign(session, row, self._city)

    async def send_back(self, approver_id: str, campaign_id: int, reason: str) -> Campaign:
        """Give it back to its author, also after an approval, with a reason of up to 1,000 characters.

        Raises:
            NotFound, Conflict: there is no such campaign, or it is not waiting for approval or approved.
        """
        async with self._database.begin() as session:
            row = await held(session, campaign_id, (CampaignState.SUBMITTED, CampaignState.APPROVED))
            back_to_draft(row, self._clock())
            row.note = reason.strip()[:_NOTE_LIMIT]
            return await read_campaign(session, row, self._city)

    async def cancel(self, staff_id: str, campaign_id: int) -> Campaign:
        """End it for good, in flight too: whoever has not been written to yet is not written to any more.

        Raises:
            NotFound: there is no such campaign.
            Conflict: it is done.
        """
        now = self._clock()
        async with self._database.begin() as session:
            row = await held(session, campaign_id, (*_EDITABLE, CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.CANCELLED))
            await steering.cancel(session, row, staff_id, now)
        # Senders stop at the commit above; stopping a million rows may take longer than the second that was promised.
        async with self._database.begin() as session:
            await ledger.stop_cancelled(session, campaign_id, now)
        return await self.get(campaign_id)

    async def pause(self, staff_id: str, campaign_id: int) -> Campaign:
        """Send nothing more for now. What is not resumed before it is too late expires.

        Raises:
            NotFound, Conflict: there is no such campaign, or it is not being sent.
        """
        async with self._database.begin() as session:
            row = await held(session, campaign_id, (CampaignState.RUNNING,))
            await steering.pause(session, row, staff_id, self._clock())
            return await read_campaign(session, row, self._city)

    async def resume(self, campaign_id: int) -> Campaign:
        """Go on with what is still in time. It is what was approved, so nobody is asked again.

        Raises:
            NotFound, Conflict: there is no such campaign, or it is not paused.
        """
        async with self._database.begin() as session:
            row = await held(session, campaign_id, (CampaignState.PAUSED,))
            await steering.resume(session, row, self._clock())
            return await read_campaign(session, row, self._city)

    async def get(self, campaign_id: int) -> Campaign:
        """One campaign. Raises NotFound."""
        async with self._database.read() as session:
            row = await session.get(CampaignRow, campaign_id)
            if row is None or row.topic == EMERGENCY:
                raise NotFound
            return await read_campaign(session, row, self._city)

    async def progress(self, campaign_id: int) -> Progress:
        """Live counts. Raises NotFound."""
        async with self._database.read() as session:
            return await read_progress(session, campaign_id, self._city.statistics_minimum, self._clock())

    async def audience_size(self, topic: str, narrowing: Narrowing = EVERYBODY) -> int | None:
        """About how many people would get it now, rounded down; None when fewer than the city's statistics may show."""
        whom = audience.Audience(topic, self._clock(), self._city.time_zone, narrowing)
        async with self._database.read() as session:
            return audience.rounded(await audience.count(session, whom), self._city.statistics_minimum)

    async def check_places(self, draft: CampaignDraft) -> list[Problem]:
        """What the places that the draft names keep it from, beside :meth:`check`: it takes a look at each."""
        async with self._database.read() as session:
            return await find_standing_problems(session, draft)

    def dates(self, draft: CampaignDraft, changes: Sequence[DateChange] = ()) -> _DATES:
        """The next five dates of a plan, with what was changed of them; none while its rule is not complete."""
        return next_dates(draft.cleaned(), self._city, self._clock(), changes)

    async def list(self, limit: int = 200) -> _LIST:
        """The campaigns, last changed first."""
        latest = select(CampaignRow).where(CampaignRow.topic != EMERGENCY)
        latest = latest.order_by(CampaignRow.updated_at.desc(), CampaignRow.id.desc()).limit(limit)
        async with self._database.read() as session:
            return [summary_of(row, self._city) for row in await session.scalars(latest)]

    async def series(self, series: str) -> _LIST:
        """The episodes of a series in their order, cancelled ones too."""
        query = select(CampaignRow).where(CampaignRow.series == series).order_by(CampaignRow.episode)
        async with self._database.read() as session:
            return [summary_of(row, self._city) for row in await session.scalars(query)]

    def _storable(self, draft: CampaignDraft) -> CampaignDraft:
        draft = draft.cleaned()
        for problem in self.check(draft):
            if problem.blocks_saving:
                raise Invalid(problem.field, problem.code)
        return draft

    def _still_sendable(self, campaign: Campaign, now: datetime) -> datetime:
        """The date to begin with. At approval it may just have passed, as long as it is not too late."""
        fires_at = next(moments(campaign.draft, self._city, now - campaign.late_after, campaign.changes), None)
        if fires_at is None:
            raise Invalid("send_at", "time_past")
        problems = [problem for problem in self.check(campaign.draft) if problem.code != "time_past"]
        if problems:
            raise Invalid(problems[0].field, problems[0].code)
        return fires_at

    async def _created(
        self, session: AsyncSession, author_id: str, draft: CampaignDraft, series: str | None = None, episode: int | None = None
    ) -> Campaign:
        now = self._clock()
        row = CampaignRow(state=CampaignState.DRAFT, version=1, author_id=author_id, note="", created_at=now)
        row.writers, row.series, row.episode = json.dumps([author_id]), series, episode
        self._write(row, draft, now)
        session.add(row)
        await session.flush()
        return await self._written(session, row, author_id, draft)

    def _write(self, row: CampaignRow, draft: CampaignDraft, now: datetime) -> None:
        row.title, row.topic = draft.title, draft.topic
        row.rule, row.time_zone = dump_rule(draft.send_at, draft.repeat), self._city.time_zone.key
        row.late_after, row.resend_uncertain = int(draft.late_after.total_seconds()), draft.resend_uncertain
        row.sources = json.dumps([[source.name, source.url] for source in draft.sources])
        row.audience = dump_narrowing(draft.narrowing)
        row.places = dump_destinations(draft.places)
        row.right_answer = draft.quiz.right if draft.quiz else None
        row.metric = draft.trial.metric if draft.trial else None
        row.onward = dump_onward(draft.onward) if draft.onward else None
        row.updated_at = now

    async def _written(self, session: AsyncSession, row: CampaignRow, author_id: str, draft: CampaignDraft) -> Campaign:
        session.add_all(text_rows(row.id, draft))
        keep_version(session, row, author_id, draft, row.updated_at)
        await session.flush()
        return await read_campaign(session, row, self._city)
