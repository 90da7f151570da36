"""Threads as staff work on them: the plan of a whole thread, approved and steered as one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns import ledger, steering
from bot.campaigns.city import CityFacts
from bot.campaigns.drafts import CampaignDraft, Problem, as_in_thread
from bot.campaigns.exchange_schema import FEWEST_EPISODES, MOST_EPISODES
from bot.campaigns.planning import Planner
from bot.campaigns.plans import Campaign, read_campaign
from bot.campaigns.schedule import to_utc
from bot.campaigns.steering import move
from bot.campaigns.tables import CampaignRow, CampaignState, OccurrenceRow, ThreadWalkRow
from bot.campaigns.threads import LATE, Onward, find_faults, next_hour
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.messages import Clock
from bot.storage import Database

_WRITABLE = (CampaignState.DRAFT, CampaignState.SUBMITTED)
_GOING = (CampaignState.RUNNING, CampaignState.PAUSED)
_ORDER = (*_WRITABLE, CampaignState.PAUSED, CampaignState.RUNNING, CampaignState.DONE, CampaignState.CANCELLED)
_NOTE_LIMIT = 1000

_Write = Callable[[AsyncSession, "Thread", list[CampaignRow]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread with its episodes in order; the first one is where everybody begins, and says what all have in common."""

    series: str
    episodes: tuple[Campaign, ...]
    closed: bool
    """Whether nobody begins any more."""

    @property
    def first(self) -> Campaign:
        """The first episode."""
        return self.episodes[0]

    @property
    def title(self) -> str:
        """For colleagues."""
        return self.first.title

    @property
    def state(self) -> CampaignState:
        """Where it stands: one episode that is not approved, or paused, holds up all."""
        return min((one.state for one in self.episodes), key=_ORDER.index)

    @property
    def onwards(self) -> tuple[Onward, ...]:
        """How each episode goes on."""
        return tuple(one.draft.onward or Onward("") for one in self.episodes)

    @property
    def version(self) -> str:
        """Changes with every change of any episode."""
        return ".".join(str(one.version) for one in self.episodes)

    @property
    def writers(self) -> frozenset[str]:
        """Who wrote at any episode; none of them may approve."""
        return frozenset(writer for one in self.episodes for writer in one.writers)

    @property
    def content_hash(self) -> str:
        """What an approval names: each episode with its audience and its ways on, in their order."""
        return hashlib.sha256("\n".join(one.content_hash for one in self.episodes).encode()).hexdigest()

    @property
    def answers(self) -> list[int]:
        """How many answers each episode's quiz offers."""
        quizzes = [one.draft.quiz for one in self.episodes]
        return [max((len(text.answers) for text in quiz.texts.values()), default=0) if quiz else 0 for quiz in quizzes]


class ThreadDesk:
    """Changes threads. Who may is asked before, by role; here counts who did what."""

    def __init__(self, database: Database, planner: Planner, city: CityFacts, clock: Clock) -> None:
        self._database = database
        self._planner = planner
        self._city = city
        self._clock = clock

    async def get(self, series: str) -> Thread:
        """One thread. Raises NotFound."""
        async with self._database.read() as session:
            return await self._read(session, await _rows(session, series))

    def check(self, thread: Thread) -> list[tuple[int, Problem]]:
        """What keeps it from being submitted, with the number of the episode."""
        found = [(number, problem) for number, one in enumerate(thread.episodes, 1) for problem in self._planner.check(one.draft)]
        faults = find_faults(thread.onwards, thread.answers)
        titles = {one.key: episode.title for one, episode in zip(thread.onwards, thread.episodes, strict=True)}
        for fault in faults:
            answer = fault.part[1] if len(fault.part) > 1 else ""
            params = {"target": titles.get(fault.target, fault.target), "answer": answer}
            found.append((fault.index + 1, Problem("onward", fault.code, params)))
        return found

    async def create(self, author_id: str, draft: CampaignDraft) -> Thread:
        """A new thread of two episodes, with the title, topic, day and hour of ``draft``. Raises Invalid."""
        plan = replace(draft, late_after=LATE, repeat=None)
        first = replace(plan, onward=Onward("e1", next="e2", joining=1))
        made = await self._planner.create_series(author_id, [first, replace(plan, onward=Onward("e2"))])
        return await self.get(made[0].series or "")

    async def change(self, author_id: str, series: str, version: str, plan: CampaignDraft, onwards: Sequence[Onward]) -> Thread:
        """Change what all episodes have in common (topic, first day and hour, audience, until when it makes sense), and the ways on.

        Raises:
            NotFound: there is no such thread.
            Conflict: somebody changed it since ``version``, or it is not a draft.
            Invalid: not even a draft may be so.
        """

        async def write(session: AsyncSession, thread: Thread, rows: list[CampaignRow]) -> None:
            if len(onwards) != len(rows):
                raise Conflict("the thread has other episodes now")
            for row, episode, onward in zip(rows, thread.episodes, onwards, strict=True):
                draft = as_in_thread(episode.draft, replace(plan, onward=onward)).cleaned()
                self._refuse_unstorable(draft)
                await self._planner.rewrite_within(session, row, author_id, draft)

        return await self._steer(series, _WRITABLE, write, version)

    async def add(self, author_id: str, series: str, version: str) -> Thread:
        """Add an empty episode at the end; nothing leads to it yet. Raises as :meth:`change`; Conflict also when there are enough."""

        async def write(session: AsyncSession, thread: Thread, rows: list[CampaignRow]) -> None:
            if len(rows) >= MOST_EPISODES:
                raise Conflict("there are enough episodes")
            used = {one.key for one in thread.onwards}
            key = next(name for number in range(1, MOST_EPISODES + 2) if (name := f"e{number}") not in used)
            plan = replace(thread.first.draft, texts={}, quiz=None, pictures={}, trial=None, sources=(), onward=Onward(key))
            await self._planner.add_episode_within(session, author_id, plan, series, len(rows) + 1)

        return await self._steer(series, _WRITABLE, write, version)

    async def remove(self, author_id: str, series: str, version: str, number: int) -> Thread:
        """Take out an episode that was never sent and is not the first. Ways that led to it lead to nowhere, and are shown as such.

        Raises: as :meth:`change`; NotFound and Conflict also when it has no such episode, or one that cannot be taken out.
        """

        async def write(session: AsyncSession, thread: Thread, rows: list[CampaignRow]) -> None:
            if not 2 <= number <= len(rows) or len(rows) <= FEWEST_EPISODES:
                raise Conflict("this episode stays")
            gone = rows.pop(number - 1)
            if await session.scalar(select(OccurrenceRow.id).where(OccurrenceRow.campaign_id == gone.id).limit(1)) is not None:
                raise Conflict("it was sent")
            await session.execute(delete(CampaignRow).where(CampaignRow.id == gone.id))
            for place, row in enumerate(rows, start=1):
                row.episode = place
                _take_back(row, self._clock())
                row.writers = json.dumps(sorted({*json.loads(row.writers), author_id}))

        return await self._steer(series, _WRITABLE, write, version)

    async def submit(self, author_id: str, series: str, version: str) -> Thread:
        """Ask for the approval of all episodes together.

        Raises:
            NotFound, Conflict: as :meth:`change`.
            Invalid: the first of :meth:`check`'s problems.
        """

        async def write(session: AsyncSession, thread: Thread, rows: list[CampaignRow]) -> None:
            if problems := self.check(thread):
                raise Invalid(problems[0][1].field, problems[0][1].code)
            for row in rows:
                move(row, CampaignState.SUBMITTED, self._clock())
                row.note, row.writers = "", json.dumps(sorted({*json.loads(row.writers), author_id}))

        return await self._steer(series, (CampaignState.DRAFT,), write, version)

    async def approve(self, approver_id: str, series: str, content_hash: str) -> Thread:
        """Let it begin, exactly as the approver saw it. Whoever was walking it before it was changed goes on.

        Raises:
            NotFound: there is no such thread.
            NotAllowed: the approver wrote at an episode.
            Conflict: it is not waiting for approval, or not what ``content_hash`` was taken from.
            Invalid: its day has passed, or a rule of the city has changed meanwhile.
        """

        async def write(session: AsyncSession, thread: Thread, rows: list[CampaignRow]) -> None:
            if approver_id in thread.writers:
                raise NotAllowed("a second person has to approve")
            if thread.content_hash != content_hash:
                raise Conflict("the thread was changed")
            if problems := self.check(thread):
                raise Invalid(problems[0][1].field, problems[0][1].code)
            begins = await self._begins(session, thread)
            for row, episode in zip(rows, thread.episodes, strict=True):
                await steering.resume(session, row, self._clock())
                row.approver_id, row.approved_hash = approver_id, episode.content_hash
            rows[0].next_fire_at = begins

        return await self._steer(series, (CampaignState.SUBMITTED,), write)

    async def send_back(self, approver_id: str, series: str, reason: str) -> Thread:
        """Give it back to its authors with a reason. Raises NotFound, Conflict."""

        async def write(session: AsyncSession, thread: Thread, rows: list[CampaignRow]) -> None:
            for row in rows:
                _take_back(row, self._clock())
            rows[0].note = reason.strip()[:_NOTE_LIMIT]

        return await self._steer(series, (CampaignState.SUBMITTED,), write)

    async def pause(self, staff_id: str, series: str) -> Thread:
        """Send nothing more for now, and let nobody in: whoever would begin meanwhile does not. Raises NotFound, Conflict."""

        async def write(session: AsyncSession, thread: Thread, rows: list[CampaignRow]) -> None:
            for row in rows:
                await steering.pause(session, row, staff_id, self._clock())

        return await self._steer(series, (CampaignState.RUNNING,), write)

    async def resume(self, series: str) -> Thread:
        """Go on: it is what was approved. Whose episode has become too late gets it at the next hour. Raises NotFound, Conflict."""

        async def write(session: AsyncSession, thread: Thread, rows: list[CampaignRow]) -> None:
            for row in rows:
                await steering.resume(session, row, self._clock())

        return await self._steer(series, (CampaignState.PAUSED,), write)

    async def rework(self, staff_id: str, series: str) -> Thread:
        """Make it a draft again, to change it. People keep their places; nothing is sent until it is approved anew.

        Raises NotFound, Conflict.
        """

        async def write(session: AsyncSession, thread: Thread, rows: list[CampaignRow]) -> None:
            for row in rows:
                await steering.pause(session, row, staff_id, self._clock())
                _take_back(row, self._clock())

        return await self._steer(series, _GOING, write)

    async def close(self, series: str) -> Thread:
        """Let nobody in any more; whoever is on the way goes on to the end. Raises NotFound, Conflict."""

        async def write(session: AsyncSession, thread: Thread, rows: list[CampaignRow]) -> None:
            rows[0].next_fire_at = None
            move(rows[0], CampaignState(rows[0].state), self._clock())

        return await self._steer(series, _GOING, write)

    async def cancel(self, staff_id: str, series: str) -> Thread:
        """End it for everybody, in flight too. Raises NotFound; Conflict when it is over."""
        now = self._clock()

        async def write(session: AsyncSession, thread: Thread, rows: list[CampaignRow]) -> None:
            for row in rows:
                await steering.cancel(session, row, staff_id, now)
            await session.execute(delete(ThreadWalkRow).where(ThreadWalkRow.series == series))

        ended = await self._steer(series, (*_WRITABLE, *_GOING), write)
        async with self._database.begin() as session:
            for one in ended.episodes:
                await ledger.stop_cancelled(session, one.id, now)
        return ended

    async def _begins(self, session: AsyncSession, thread: Thread) -> datetime | None:
        """When somebody begins first; None: all have begun. Raises Invalid for a day that has passed."""
        now, zone, send_at = self._clock(), self._city.time_zone, thread.first.send_at
        begins = to_utc(send_at, zone)
        if thread.onwards[0].joining is not None:
            return max(begins, next_hour(now, send_at.time(), zone))
        if begins + thread.first.late_after > now:
            return begins
        walks = select(ThreadWalkRow.series).where(ThreadWalkRow.series == thread.series).limit(1)
        if await session.scalar(walks) is None:
            raise Invalid("send_at", "time_past")
        return None

    async def _steer(self, series: str, states: Sequence[CampaignState], write: _Write, version: str | None = None) -> Thread:
        """Do something with all episodes, which are held until the transaction ends."""
        async with self._database.begin() as session:
            rows = await _rows(session, series, lock=True)
            thread = await self._read(session, rows)
            if thread.state not in states:
                raise Conflict(f"a thread that is {thread.state} does not allow this")
            if version is not None and version != thread.version:
                raise Conflict("somebody else changed the thread meanwhile")
            await write(session, thread, rows)
            await session.flush()
            return await self._read(session, await _rows(session, series))

    async def _read(self, session: AsyncSession, rows: Sequence[CampaignRow]) -> Thread:
        closed = rows[0].next_fire_at is None and rows[0].state in (CampaignState.RUNNING, CampaignState.PAUSED)
        episodes = tuple([await read_campaign(session, row, self._city) for row in rows])
        return Thread(rows[0].series or "", episodes, closed)

    def _refuse_unstorable(self, draft: CampaignDraft) -> None:
        for problem in self._planner.check(draft):
            if problem.blocks_saving:
                raise Invalid(problem.field, problem.code)


async def _rows(session: AsyncSession, series: str, *, lock: bool = False) -> list[CampaignRow]:
    """A thread's episodes in order. Raises NotFound."""
    query = select(CampaignRow).where(CampaignRow.series == series, CampaignRow.onward.is_not(None)).order_by(CampaignRow.episode)
    rows = list(await session.scalars(query.with_for_update() if lock else query))
    if not rows:
        raise NotFound
    return rows


def _take_back(row: CampaignRow, now: datetime) -> None:
    move(row, CampaignState.DRAFT, now)
    row.approver_id = row.approved_hash = row.next_fire_at = row.paused_by = None
