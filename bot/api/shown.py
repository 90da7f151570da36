"""Campaigns, dates, topics and the library as the API gives them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from bot.api.content import ContentShown, SeriesShown
from bot.api.problems import Flaw
from bot.campaigns.audience import shown
from bot.campaigns.calendar import Clash, Entry
from bot.campaigns.exchange import Content, Series
from bot.campaigns.library import Item
from bot.campaigns.narrowing import Narrowing
from bot.campaigns.outlook import PlannedDate
from bot.campaigns.plans import Campaign, CampaignSummary
from bot.campaigns.rules import Repeat, Rhythm
from bot.campaigns.steering import BY_ITSELF
from bot.campaigns.tables import CampaignState
from bot.messages import Language

_SummaryFields = ("id", "version", "title", "topic", "state", "author_id", "fires_at", "recurs", "updated_at", "episode")


class Health(BaseModel):
    """Whether the API can work."""

    database: Annotated[str, Field(description="`up`")]


class TokenShown(BaseModel):
    """The token of this request."""

    name: str
    prefix: str
    scopes: Annotated[list[str], Field(description="As far as its member's roles carry them now.")]
    expires_at: datetime


class TopicShown(BaseModel):
    """Something that people can subscribe to."""

    code: str
    names: dict[Language, str]


class TopicList(BaseModel):
    """All topics of the city."""

    items: list[TopicShown]


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
    """A date of a plan. `sent_from`: later in quiet hours; null when they last until it is too late."""

    fires_at: datetime
    sent_from: datetime | None


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
            time_zone=campaign.time_zone,
            fires_at=campaign.fires_at,
            next_dates=[DateShown(fires_at=one.fires_at, sent_from=one.sent_from) for one in dates],
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
            can_move=plan.can_move,
            clashes=list(entry.clashes),
            episode=plan.episode,
        )


class CalendarShown(BaseModel):
    """What stands on some days, in order. `complete`: nothing was left out because there was too much."""

    time_zone: str
    items: list[EntryShown]
    complete: bool


class LibraryLine(BaseModel):
    """Something of the library."""

    slug: str
    kind: str
    title: str
    titles: dict[Language, str]
    topic: str
    episodes: int

    @classmethod
    def of(cls, item: Item) -> LibraryLine:
        """Of an item."""
        content, kind = item.content, "series" if isinstance(item.content, Series) else "campaign"
        titles = dict(content.titles)
        return cls(slug=item.slug, kind=kind, title=content.title, titles=titles, topic=content.topic, episodes=len(item.episodes))


class LibraryList(BaseModel):
    """Everything in the library."""

    items: list[LibraryLine]


class LibraryItem(BaseModel):
    """One item of the library with all it says."""

    slug: str
    content: ContentShown | SeriesShown

    @classmethod
    def of(cls, item: Item) -> LibraryItem:
        """Of an item."""
        content = item.content
        return cls(slug=item.slug, content=SeriesShown.of(content) if isinstance(content, Series) else ContentShown.of(content))
