"""Broadcasts in an emergency: from a prepared template, confirmed by two people within minutes, before everything else.

Each is a campaign with :data:`bot.campaigns.tables.EMERGENCY` for a topic, so that clockwork, ledger and senders treat it like any
other where nothing else is said. Nothing of it can be changed: whoever wants other words cancels it and begins anew.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns import audience, ledger, steering
from bot.campaigns.audience import Audience
from bot.campaigns.city import CityFacts
from bot.campaigns.courtesy import is_quiet
from bot.campaigns.drafts import CampaignDraft, content_hash
from bot.campaigns.emergency_templates import Template, Templates, Values, fill
from bot.campaigns.narrowing import Narrowing, dump_narrowing
from bot.campaigns.places.destinations import Destination, dump_destinations
from bot.campaigns.plans import read_draft, text_rows
from bot.campaigns.results import Progress, read_progress
from bot.campaigns.rules import dump_rule
from bot.campaigns.steering import move
from bot.campaigns.tables import EMERGENCY, CampaignRow, CampaignState, DeliveryRow, DeliveryState, EmergencyRow, OccurrenceRow
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.messages import Clock, Language
from bot.storage import Database

SECOND_WITHIN = timedelta(minutes=10)
"""How long the first confirmation waits for the second one."""
GOOD_FOR = timedelta(hours=2)
"""How long after it was written it may be confirmed, and how long after that sending still makes sense."""
REASON_LIMIT = 500
ALL_CLEAR = "all_clear"
"""What follows a broadcast when it is over; everything else that may follow is the name of a template that corrects."""

_FLYING = (CampaignState.APPROVED, CampaignState.RUNNING)
_OPEN = (CampaignState.DRAFT, CampaignState.SUBMITTED, *_FLYING)

Call = Callable[[str, int], Awaitable[None]]
"""``(author, campaign) ->``: tells those who may confirm that one waits."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One broadcast, as the console shows it.

    ``waits_until``: until when a second person may confirm it; None: nobody has confirmed it, or both have.
    ``follows``: the broadcast that it ends or corrects. ``followed_by``: those that end or correct it.
    """

    id: int
    state: CampaignState
    template: str
    title: str
    draft: CampaignDraft
    content_hash: str
    values: Values
    reason: str
    author_id: str
    confirmed_by: str | None
    approver_id: str | None
    waits_until: datetime | None
    created_at: datetime
    follows: int | None
    followed_by: tuple[int, ...]

    @property
    def may_be_followed(self) -> bool:
        """Whether anybody may have got it."""
        return self.state in (CampaignState.RUNNING, CampaignState.DONE, CampaignState.CANCELLED)


class Emergencies:
    """Prepares, confirms, sends and ends broadcasts. Who may do what by role is asked before; here counts who did what.

    Args:
        call: told after the first confirmation.
    """

    def __init__(self, database: Database, templates: Templates, city: CityFacts, call: Call, clock: Clock) -> None:
        self._database = database
        self._templates = templates
        self._city = city
        self._call = call
        self._clock = clock

    def check_word(self, typed: str) -> None:
        """Whether somebody typed the city's name, as nobody does by accident. Raises Invalid."""
        if " ".join(typed.split()).casefold() != self._city.name.casefold():
            raise Invalid("word", "wrong_word")

    async def prepare(
        self,
        author_id: str,
        slug: str,
        typed: Mapping[str, str],
        districts: tuple[str, ...],
        reason: str,
        places: tuple[Destination, ...] = (),
    ) -> Broadcast:
        """Write one; nothing is sent. ``places``: where it is posted, too; one that is closed by then holds up nobody.

        Raises:
            NotFound: there is no such template, or it only corrects others.
            Invalid: something is not filled in as it should be: a blank, the reason, a district.
        """
        template, reason = await self._templates.get(slug), reason.strip()
        if template.corrects:
            raise NotFound
        values = template.cleaned(typed, self._city.languages)
        if problems := template.problems(values):
            raise Invalid(problems[0].field, problems[0].code)
        narrowing = Narrowing(districts=districts)
        if not reason or len(reason) > REASON_LIMIT:
            raise Invalid("reason", "reason")
        if list(narrowing.mistakes(self._city)):
            raise Invalid("districts", "districts")
        return await self._keep(author_id, template, template.texts, values, narrowing, reason, places)

    async def follow(self, author_id: str, campaign_id: int, how: str) -> Broadcast:
        """Write what ends (:data:`ALL_CLEAR`) or corrects (a template's name) an earlier one, for exactly those who may have got it.

        Raises:
            NotFound: there is no such broadcast, or nothing prepared for that.
            Conflict: nobody can have got it.
        """
        earlier = await self.get(campaign_id)
        own, sent = await self._templates.get(earlier.template), await self._sent_at(campaign_id)
        if sent is None or not earlier.may_be_followed:
            raise Conflict("nobody got it")
        template = own if how == ALL_CLEAR else await self._templates.get(how)
        texts = own.all_clear if how == ALL_CLEAR else template.texts
        if not texts or (how != ALL_CLEAR and not template.corrects):
            raise NotFound
        whom = Narrowing(received=campaign_id)
        again = (whom, earlier.reason, earlier.draft.places)
        return await self._keep(author_id, template, texts, earlier.values, *again, follows=campaign_id, sent=sent)

    async def confirm(self, member_id: str, campaign_id: int, seen: str, word: str) -> Broadcast:
        """The first confirmation; from now on a second person has ten minutes.

        Raises:
            NotFound: there is no such broadcast.
            Invalid: the word is not the city's name.
            Conflict: it is not what was seen, waits already, was written too long ago, or is over.
        """
        self.check_word(word)
        now = self._clock()
        async with self._database.begin() as session:
            row, about = await _locked(session, campaign_id, (CampaignState.DRAFT, CampaignState.SUBMITTED))
            if row.state == CampaignState.SUBMITTED and not _is_over(about, now):
                raise Conflict("it waits already")
            await self._check_unchanged(session, row, seen, now)
            move(row, CampaignState.SUBMITTED, now)
            about.confirmed_by, about.confirmed_at = member_id, now
        await self._call(member_id, campaign_id)
        return await self.get(campaign_id)

    async def send(self, member_id: str, campaign_id: int, seen: str, word: str) -> Broadcast:
        """The second confirmation: it goes out within a second or two. What it ends or corrects stops at that moment.

        Raises:
            NotFound, Invalid: as for :meth:`confirm`.
            NotAllowed: whoever wrote or confirmed it.
            Conflict: as for :meth:`confirm`, or the ten minutes are over.
        """
        return await self._send(member_id, campaign_id, seen, word, alone=False)

    async def send_alone(self, member_id: str, campaign_id: int, seen: str, word: str) -> Broadcast:
        """As :meth:`send`, by one of those who did the first step. Raises NotAllowed unless the city lets one person do both."""
        return await self._send(member_id, campaign_id, seen, word, alone=True)

    async def _send(self, member_id: str, campaign_id: int, seen: str, word: str, *, alone: bool) -> Broadcast:
        self.check_word(word)
        now = self._clock()
        async with self._database.begin() as session:
            row, about = await _locked(session, campaign_id, (CampaignState.SUBMITTED,))
            involved = member_id in (row.author_id, about.confirmed_by)
            if involved is not alone or (alone and not self._city.emergency.single_person):
                raise NotAllowed("a second person has to confirm")
            if _is_over(about, now):
                raise Conflict("the first confirmation is too old")
            row.approved_hash = await self._check_unchanged(session, row, seen, now)
            move(row, CampaignState.APPROVED, now)
            row.approver_id, row.next_fire_at = member_id, now
            if about.follows is not None:
                await _end(session, about.follows, member_id, now)
        return await self.get(campaign_id)

    async def cancel(self, member_id: str, campaign_id: int) -> Broadcast:
        """End it, in flight too: whoever has not been written to yet is not written to any more.

        Raises:
            NotFound, Conflict: there is no such broadcast, or it is over.
        """
        now = self._clock()
        async with self._database.begin() as session:
            row, _ = await _locked(session, campaign_id, (*_OPEN, CampaignState.PAUSED, CampaignState.CANCELLED))
            await steering.cancel(session, row, member_id, now)
        async with self._database.begin() as session:
            await ledger.stop_cancelled(session, campaign_id, now)
        return await self.get(campaign_id)

    async def get(self, campaign_id: int) -> Broadcast:
        """One broadcast. Raises NotFound."""
        async with self._database.read() as session:
            found = (await session.execute(_BOTH.where(CampaignRow.id == campaign_id))).one_or_none()
            if found is None:
                raise NotFound
            return await self._broadcast(session, *found)

    async def list(self, limit: int = 50) -> list[Broadcast]:
        """The latest, newest first."""
        async with self._database.read() as session:
            rows = (await session.execute(_BOTH.order_by(CampaignRow.id.desc()).limit(limit))).all()
            return [await self._broadcast(session, *row) for row in rows]

    async def audience_size(self, narrowing: Narrowing) -> int | None:
        """About how many people would get it now, rounded down; None when fewer than the city's statistics may show."""
        async with self._database.read() as session:
            number = await audience.count(session, Audience(EMERGENCY, self._clock(), self._city.time_zone, narrowing))
        return audience.rounded(number, self._city.statistics_minimum)

    async def progress(self, campaign_id: int) -> Progress:
        """Live counts. Raises NotFound."""
        async with self._database.read() as session:
            return await read_progress(session, campaign_id, self._city.statistics_minimum, self._clock())

    async def tried_again(self, campaign_id: int) -> int | None:
        """To about how many people it was sent more than once, since nobody knew whether it had arrived; None: too few to say."""
        again = DeliveryRow.state.in_((DeliveryState.SENT, DeliveryState.UNCERTAIN)), DeliveryRow.attempts > 1
        query = select(func.count()).select_from(DeliveryRow).join(OccurrenceRow, OccurrenceRow.id == DeliveryRow.occurrence_id)
        async with self._database.read() as session:
            number = await session.scalar(query.where(OccurrenceRow.campaign_id == campaign_id, *again))
        return audience.rounded(number or 0, self._city.statistics_minimum)

    def must_wait(self) -> bool:
        """Whether it is quiet now and the city does not let broadcasts pass that."""
        return is_quiet(self._city, self._clock()) and not self._city.emergency.passes_quiet_hours

    async def _keep(
        self,
        author_id: str,
        template: Template,
        texts: Mapping[Language, str],
        values: Values,
        narrowing: Narrowing,
        reason: str,
        places: tuple[Destination, ...],
        follows: int | None = None,
        sent: str = "",
    ) -> Broadcast:
        now, news = self._clock(), self._city.emergency.news
        draft = CampaignDraft(
            title=template.title[self._city.languages[0]],
            topic=EMERGENCY,
            send_at=now.astimezone(self._city.time_zone).replace(tzinfo=None),
            texts={language: fill(texts[language], values, language, news=news, sent=sent) for language in self._city.languages},
            late_after=GOOD_FOR,
            resend_uncertain=True,
            sources=template.sources,
            narrowing=narrowing,
            places=places,
        ).cleaned()
        row = CampaignRow(state=CampaignState.DRAFT, version=1, author_id=author_id, note="", created_at=now, updated_at=now)
        _write(row, draft, self._city)
        async with self._database.begin() as session:
            session.add(row)
            await session.flush()
            about = EmergencyRow(campaign_id=row.id, template=template.slug, reason=reason, follows=follows)
            about.blanks = json.dumps(values, ensure_ascii=False)
            session.add_all([about, *text_rows(row.id, draft)])
            await session.flush()
            return await self._broadcast(session, row, about)

    async def _check_unchanged(self, session: AsyncSession, row: CampaignRow, seen: str, now: datetime) -> str:
        if content_hash(await read_draft(session, row), row.time_zone) != seen:
            raise Conflict("it is not what was seen")
        if row.created_at + GOOD_FOR < now:
            raise Conflict("it was written too long ago")
        return seen

    async def _sent_at(self, campaign_id: int) -> str | None:
        """When it began to be sent, on the city's clock."""
        async with self._database.read() as session:
            began = await session.scalar(select(func.min(OccurrenceRow.id)).where(OccurrenceRow.campaign_id == campaign_id))
            occurrence = await session.get(OccurrenceRow, began) if began else None
        return f"{occurrence.started_at.astimezone(self._city.time_zone):%H:%M}" if occurrence else None

    async def _broadcast(self, session: AsyncSession, row: CampaignRow, about: EmergencyRow) -> Broadcast:
        draft = await read_draft(session, row)
        waits = row.state == CampaignState.SUBMITTED and about.confirmed_at is not None and not _is_over(about, self._clock())
        followers = select(EmergencyRow.campaign_id).where(EmergencyRow.follows == row.id).order_by(EmergencyRow.campaign_id)
        return Broadcast(
            id=row.id,
            # A first confirmation that nobody joined in time is none.
            state=CampaignState.DRAFT if row.state == CampaignState.SUBMITTED and not waits else CampaignState(row.state),
            template=about.template,
            title=row.title,
            draft=draft,
            content_hash=content_hash(draft, row.time_zone),
            values=json.loads(about.blanks),
            reason=about.reason,
            author_id=row.author_id,
            confirmed_by=about.confirmed_by,
            approver_id=row.approver_id,
            waits_until=about.confirmed_at + SECOND_WITHIN if waits and about.confirmed_at else None,
            created_at=row.created_at,
            follows=about.follows,
            followed_by=tuple(await session.scalars(followers)),
        )


_BOTH = select(CampaignRow, EmergencyRow).join(EmergencyRow, EmergencyRow.campaign_id == CampaignRow.id)


async def _locked(session: AsyncSession, campaign_id: int, states: tuple[CampaignState, ...]) -> tuple[CampaignRow, EmergencyRow]:
    """Both rows, held until the transaction ends, in one of ``states``."""
    row = await session.get(CampaignRow, campaign_id, with_for_update=True)
    about = await session.get(EmergencyRow, campaign_id)
    if row is None or about is None:
        raise NotFound
    if row.state not in states:
        raise Conflict(f"a broadcast that is {row.state} does not allow this")
    return row, about


async def _end(session: AsyncSession, campaign_id: int, by: str, now: datetime) -> None:
    """Stop what is ended or corrected, before the list of those who may have got it is made."""
    row = await session.get(CampaignRow, campaign_id, with_for_update=True)
    if row is not None and row.state in (*_FLYING, CampaignState.PAUSED):
        await steering.cancel(session, row, by, now)


def _is_over(about: EmergencyRow, now: datetime) -> bool:
    return about.confirmed_at is None or about.confirmed_at + SECOND_WITHIN < now


def _write(row: CampaignRow, draft: CampaignDraft, city: CityFacts) -> None:
    row.title, row.topic, row.writers = draft.title, draft.topic, json.dumps([row.author_id])
    row.rule, row.time_zone = dump_rule(draft.send_at, None), city.time_zone.key
    row.late_after, row.resend_uncertain = int(draft.late_after.total_seconds()), draft.resend_uncertain
    row.sources = json.dumps([[source.name, source.url] for source in draft.sources])
    row.audience = dump_narrowing(draft.narrowing)
    row.places = dump_destinations(draft.places)
