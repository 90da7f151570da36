"""Series: campaigns that follow each other by time, each with its own approval; or threads. Pure.

An episode of a plain series is a campaign like any other: it goes to whoever is subscribed when its own time comes, and nobody's
progress is kept. In a thread (:mod:`bot.campaigns.threads`) each person has a place of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.campaigns.city import CityFacts
from bot.campaigns.drafts import CampaignDraft
from bot.campaigns.exchange import Content, Series
from bot.campaigns.exchange_schema import LONGEST_PAUSE, MOST_SOURCES
from bot.city import Source
from bot.messages import Language


def planned(content: Content | Series, city: CityFacts, first: datetime, language: Language) -> list[CampaignDraft]:
    """Drafts of a campaign or of all episodes of a series, titled in ``language``.

    ``first`` is on the city's wall clock; each further episode follows ``every_days`` days later at the same time of day,
    also over a change of the clocks. All episodes of a thread have its first day and its hour.

    Raises:
        OverflowError: the last episode would lie behind the last day that there is.
    """
    episodes = content.episodes if isinstance(content, Series) else (content,)
    days = content.every_days if isinstance(content, Series) else 0
    return [one.draft(city, first + timedelta(days=days * number), language) for number, one in enumerate(episodes)]


def series_of(drafts: Sequence[CampaignDraft]) -> Series:
    """Two drafts or more as a series to be shared: topic and title of the first, the sources of all.

    Days between the episodes: what they are on average, since each can be moved.
    """
    episodes = [Content.of(draft) for draft in drafts]
    if drafts[0].onward is not None:
        return _alike(episodes, 0)
    days = round((drafts[-1].send_at - drafts[0].send_at).days / (len(drafts) - 1))
    return _alike(episodes, min(max(days, 1), LONGEST_PAUSE))


def _alike(episodes: Sequence[Content], days: int) -> Series:
    sources = tuple(dict.fromkeys(_sources(episodes)))[:MOST_SOURCES]
    alike = tuple(replace(one, topic=episodes[0].topic, sources=sources) for one in episodes)
    return Series(episodes[0].title, days, alike)


def _sources(episodes: Sequence[Content]) -> Iterator[Source]:
    for one in episodes:
        yield from one.sources
