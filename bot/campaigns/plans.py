"""A campaign as the console sees it, read from its rows; and its texts written to theirs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.city import CityFacts
from bot.campaigns.date_book import read_changes
from bot.campaigns.dates import DateChange
from bot.campaigns.drafts import CampaignDraft, content_hash, first_moment
from bot.campaigns.narrowing import load_narrowing
from bot.campaigns.places.destinations import load_destinations
from bot.campaigns.quiz import Quiz, dump_text, load_text
from bot.campaigns.rules import Repeat, load_rule
from bot.campaigns.tables import CampaignRow, CampaignState, CampaignTextRow
from bot.campaigns.threads import load_onward
from bot.campaigns.trial import trial_of
from bot.city import Source
from bot.messages import Language, Picture


@dataclass(frozen=True, slots=True)
class CampaignSummary:
    """A line of the list. ``fires_at``: its next date (UTC), or its first one when it has no next."""

    id: int
    version: int
    title: str
    topic: str
    state: CampaignState
    author_id: str
    fires_at: datetime
    recurs: bool
    updated_at: datetime
    episode: int | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign with everything that an author or approver needs.

    ``content_hash`` is what an approval names. ``writers`` wrote at it and may not approve it. ``note`` says why it was
    sent back. ``fires_at`` as of :class:`CampaignSummary`.
    ``paused_by``: who paused it, :data:`bot.campaigns.steering.BY_ITSELF` after too many errors; None: nobody.
    ``series``: what it shares with the other episodes, if it is the ``episode``-th of a series.
    ``changes``: which of its dates were moved or left out; no part of what an approval names.
    """

    id: int
    version: int
    state: CampaignState
    draft: CampaignDraft
    content_hash: str
    time_zone: str
    fires_at: datetime
    author_id: str
    writers: tuple[str, ...]
    approver_id: str | None
    paused_by: str | None
    note: str
    created_at: datetime
    updated_at: datetime
    series: str | None = None
    episode: int | None = None
    changes: tuple[DateChange, ...] = ()

    @property
    def title(self) -> str:
        """For the staff, never shown to citizens."""
        return self.draft.title

    @property
    def topic(self) -> str:
        """The topic whose subscribers get it."""
        return self.draft.topic

    @property
    def send_at(self) -> datetime:
        """Wall clock of the city, naive."""
        return self.draft.send_at

    @property
    def repeat(self) -> Repeat | None:
        """How it repeats; None: once."""
        return self.draft.repeat

    @property
    def texts(self) -> Mapping[Language, str]:
        """What it says, in small markup, by language."""
        return self.draft.texts

    @property
    def late_after(self) -> timedelta:
        """How long after ``send_at`` sending still makes sense."""
        return self.draft.late_after


async def read_draft(session: AsyncSession, row: CampaignRow) -> CampaignDraft:
    """The content of a campaign's rows."""
    query = select(CampaignTextRow).where(CampaignTextRow.campaign_id == row.id).order_by(CampaignTextRow.language)
    texts = (await session.scalars(query)).all()
    send_at, repeat = load_rule(row.rule)
    return CampaignDraft(
        title=row.title,
        topic=row.topic,
        send_at=send_at,
        texts={Language(text.language): text.body for text in texts if text.body},
        late_after=timedelta(seconds=row.late_after),
        resend_uncertain=row.resend_uncertain,
        quiz=_quiz(row, texts),
        sources=tuple(Source(name, url) for name, url in json.loads(row.sources)),
        repeat=repeat,
        narrowing=load_narrowing(row.audience),
        pictures={Language(text.language): Picture(text.picture, text.picture_alt or "") for text in texts if text.picture},
        trial=trial_of({Language(text.language): text.second for text in texts}, row.metric),
        places=load_destinations(row.places),
        onward=load_onward(row.onward) if row.onward else None,
    )


def text_rows(campaign_id: int, draft: CampaignDraft) -> Iterator[CampaignTextRow]:
    """What the campaign says, as rows: the reverse of :func:`read_draft`."""
    quizzes, pictures = draft.quiz.texts if draft.quiz else {}, draft.pictures
    seconds = draft.trial.texts if draft.trial else {}
    for language in {**draft.texts, **quizzes, **pictures, **seconds}:
        row = CampaignTextRow(campaign_id=campaign_id, language=language, body=draft.texts.get(language, ""))
        row.quiz = dump_text(quizzes[language]) if language in quizzes else None
        row.second = seconds.get(language)
        if language in pictures:
            row.picture, row.picture_alt = pictures[language].digest, pictures[language].alt
        yield row


def _quiz(row: CampaignRow, texts: Sequence[CampaignTextRow]) -> Quiz | None:
    written = {Language(text.language): load_text(text.quiz) for text in texts if text.quiz}
    return Quiz(written, row.right_answer) if written else None


async def read_campaign(session: AsyncSession, row: CampaignRow, city: CityFacts) -> Campaign:
    """The whole campaign."""
    draft = await read_draft(session, row)
    changes = (await read_changes(session, [row.id])).get(row.id, ()) if draft.repeat else ()
    return Campaign(
        id=row.id,
        version=row.version,
        state=CampaignState(row.state),
        draft=draft,
        content_hash=content_hash(draft, row.time_zone),
        time_zone=row.time_zone,
        fires_at=_fires_at(row, draft, city),
        author_id=row.author_id,
        writers=tuple(json.loads(row.writers)),
        approver_id=row.approver_id,
        paused_by=row.paused_by,
        note=row.note,
        created_at=row.created_at,
        updated_at=row.updated_at,
        series=row.series,
        episode=row.episode,
        changes=changes,
    )


def summary_of(row: CampaignRow, city: CityFacts) -> CampaignSummary:
    """A campaign's line in the list."""
    send_at, repeat = load_rule(row.rule)
    return CampaignSummary(
        id=row.id,
        version=row.version,
        title=row.title,
        topic=row.topic,
        state=CampaignState(row.state),
        author_id=row.author_id,
        fires_at=_fires_at(row, CampaignDraft(row.title, row.topic, send_at, {}, repeat=repeat), city),
        recurs=repeat is not None,
        updated_at=row.updated_at,
        episode=row.episode,
    )


def _fires_at(row: CampaignRow, draft: CampaignDraft, city: CityFacts) -> datetime:
    """A rule without any date (an unfinished draft) counts as its first day."""
    return row.next_fire_at or first_moment(draft, city) or first_moment(replace(draft, repeat=None), city) or row.updated_at
