"""What stands around campaigns, as the API gives it: topics, the library, the token, and whether the API works."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from bot.api.content import ContentShown, SeriesShown
from bot.campaigns.exchange import Series
from bot.campaigns.library import Item
from bot.messages import Language


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
