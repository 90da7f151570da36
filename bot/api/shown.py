"""Campaigns and their dates as the API gives them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from bot.api.content import ContentShown
from bot.api.problems import Flaw
from bot.campaigns.audience import shown
from bot.campaigns.calendar import Clash, Entry
from bot.campaigns.exchange import Content
from bot.campaigns.narrowing import Narrowing
from bot.campaigns.outlook import PlannedDate
from bot.campaigns.plans import Campaign, CampaignSummary
from bot.campaigns.rules import Repeat, Rhythm
from bot.campaigns.steering import BY_ITSELF
from bot.campaigns.tables import CampaignState
from bot.campaigns.threads import Onward, Pace
from bot.messages import Language

_SummaryFields = ("id", "version", "title", "topic", "state", "author_id", "fires_at", "recurs", "updated_at", "episode")


class RepeatShown(BaseModel):
    """How a campaign repeats; an unfinished draft may lack an end."""

    rhythm: Rhythm
    weekdays: list[int]
    until: date | None
    times: int | None
    term_only: bool

    @classmethod
    def of(cls, repeat: Repeat) -> RepeatShown:
        """Of a plan."""
        days = list(repeat.weekdays)
        return cls(rhythm=repeat.rhythm, weekdays=days, until=repeat.until, times=repeat.times, term_only=repeat.term_only)


class AudienceShown(BaseModel):
    """Whom of the topic's subscribers it is for."""

    languages: list[str]
    districts: list[str]
    age_bands: list[str]
    joined_since: date | None
    not_within_days: int
    harm_hours: int

    @classmethod
    def of(cls, narrowing: Narrowing) -> AudienceShown:
        """Of a plan."""
        lists = {name: list(getattr(narrowing, name)) for name in ("languages", "districts", "age_bands")}
        rest = {name: getattr(narrowing, name) for name in ("joined_since", "not_within_days", "harm_hours")}
        return cls.model_validate(lists | rest)


class DateShown(BaseModel):
    """A date of a plan. `sent_from`: later in quiet hours; null when they last until it is too late. `moved_from`: its rule's time."""

    fires_at: datetime
    sent_from: datetime | None
    moved_from: datetime | None


class PlaceShown(BaseModel):
    """A channel or group in which it is posted, too, and the language there."""

    place: int
    language: Language


class WayShown(BaseModel):
    """The way on after one answer. `to`: the key of an episode; empty: the thread ends."""

    answer: int
    to: str


class OnwardShown(BaseModel):
    """How a thread goes on after this episode, whose name in it is `key`. `next`: for who does not answer, `days` later."""

    key: str
    next: str
    days: int
    pace: Annotated[Pace, Field(description="When the next one comes after an answer.")]
    answers: list[WayShown]
    joining: Annotated[int | None, Field(description="Of the first episode: days after choosing the topic; null: on the campaign's day.")]

    @classmethod
    def of(cls, onward: Onward) -> OnwardShown:
        """Of an episode."""
        ways = [WayShown(answer=answer, to=to) for answer, to in onward.answers]
        return cls(key=onward.key, next=onward.next, days=onward.days, pace=onward.pace, answers=ways, joining=onward.joining)


class CampaignLine(BaseModel):
    """A campaign in a list. `fires_at`: its next date, or its first one."""

    id: int
    version: int
    title: str
    topic: str
    state: CampaignState
    author_id: str
    fires_at: datetime
    recurs: bool
    updated_at: datetime
    episode: int | None

    @classmethod
    def of(cls, summary: CampaignSummary) -> CampaignLine:
        """Of a line of the list."""
        return cls.model_validate({name: getattr(summary, name) for name in _SummaryFields})


class CampaignList(BaseModel):
    """A page of campaigns, the newest first. `next`: the cursor of the next page; null: this is the last one."""

    items: list[CampaignLine]
    next: str | None


class CampaignShown(BaseModel):
    """A campaign. `content` to `audience` have the same shape as when it is written."""

    id: int
    version: Annotated[int, Field(description="The same number as in `ETag`.")]
    state: CampaignState
    content: ContentShown
    send_at: Annotated[str, Field(description="The wall clock of `time_zone`.")]
    repeat: RepeatShown | None
    late_after_minutes: int
    resend_uncertain: bool
    audience: AudienceShown
    pictures: Annotated[dict[Language, str], Field(description="What the picture shows, by language.")]
    places: list[PlaceShown]
    onward: Annotated[OnwardShown | None, Field(description="Null: it is no episode of a thread.")]
    time_zone: str
    fires_at: datetime
    next_dates: list[DateShown]
    audience_size: Annotated[int | None, Field(description="About how many people, rounded down; null: fewer than the city may show.")]
    problems: Annotated[list[Flaw], Field(description="What keeps a draft from being submitted.")]
    author_id: str
    approver_id: str | None
    paused_by_itself: Annotated[bool, Field(description="Paused by Faro, after too many errors.")]
    note: Annotated[str, Field(description="Why it was sent back.")]
    series: str | None
    episode: int | None
    created_at: datetime
    updated_at: datetime
    page: Annotated[str, Field(description="The campaign's page in the console, where it is approved.")]

    @classmethod
    def of(cls, campaign: Campaign, dates: Sequence[PlannedDate], size: int | None, flaws: Sequence[Flaw]) -> CampaignShown:
        """Of a campaign, with what was worked out about it."""
        draft = campaign.draft
        return cls(
            id=campaign.id,
            version=campaign.version,
            state=campaign.state,
            content=ContentShown.of(Content.of(draft)),
            send_at=draft.send_at.isoformat(timespec="minutes"),
            repeat=RepeatShown.of(draft.repeat) if draft.repeat else None,
            late_after_minutes=int(draft.late_after.total_seconds()) // 60,
            resend_uncertain=draft.resend_uncertain,
            audience=AudienceShown.of(draft.narrowing),
            pictures={language: picture.alt for language, picture in draft.pictures.items()},
            places=[PlaceShown(place=one.place, language=one.language) for one in draft.places],
            onward=OnwardShown.of(draft.onward) if draft.onward else None,
            time_zone=campaign.time_zone,
            fires_at=campaign.fires_at,
            next_dates=[DateShown(fires_at=one.fires_at, sent_from=one.sent_from, moved_from=one.moved_from) for one in dates],
            audience_size=size,
            problems=list(flaws),
            author_id=campaign.author_id,
            approver_id=campaign.approver_id,
            paused_by_itself=campaign.paused_by == BY_ITSELF,
            note=campaign.note,
            series=campaign.series,
            episode=campaign.episode,
            created_at=campaign.created_at,
            updated_at=campaign.updated_at,
            page=f"/console/campaigns/{campaign.id}",
        )


class EntryShown(BaseModel):
    """One date of one campaign. `at`: on the city's clock. `people`: for how many it was; null: still to come, or too few to show."""

    campaign_id: int
    version: int
    title: str
    topic: str
    state: CampaignState
    at: datetime
    begun: bool
    people: int | None
    can_move: bool
    left_out: Annotated[bool, Field(description="Nothing is sent on this date.")]
    moved_from: Annotated[datetime | None, Field(description="Where its rule had it.")]
    clashes: list[Clash]
    episode: int | None

    @classmethod
    def of(cls, entry: Entry, minimum: int) -> EntryShown:
        """Of an entry of the calendar."""
        plan = entry.plan
        return cls(
            campaign_id=plan.id,
            version=plan.version,
            title=plan.title,
            topic=plan.topic,
            state=entry.state,
            at=entry.at,
            begun=entry.fired is not None,
            people=shown(entry.fired.total, minimum) if entry.fired else None,
            can_move=entry.can_move,
            left_out=entry.skipped,
            moved_from=entry.moved_from,
            clashes=list(entry.clashes),
            episode=plan.episode,
        )


class CalendarShown(BaseModel):
    """What stands on some days, in order. `complete`: nothing was left out because there was too much."""

    time_zone: str
    items: list[EntryShown]
    complete: bool
