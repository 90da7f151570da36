"""The library: ready campaigns and series, and starting from one of them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from starlette.responses import Response

from bot.campaigns.exchange import Content, Series
from bot.campaigns.library import Item
from bot.console.campaign_form import filled_in
from bot.console.views.exchange import begin
from bot.console.visit import Visit


async def listing(visit: Visit) -> Response:
    """Everything, by topic."""
    items = await visit.services.library.items()
    topics = [(topic, list(found)) for topic, found in groupby(items, key=lambda item: item.content.topic)]
    return visit.render("library.html", topics=topics)


async def show(visit: Visit) -> Response:
    """One campaign, or a series with its episodes, in all languages as people will read it."""
    item = await visit.services.library.get(visit.path_of("id"))
    return visit.render("library_item.html", item=item, messages=[_message(visit, one) for one in item.episodes], days=_days(item))


async def start(visit: Visit) -> Response:
    """Make drafts of it."""
    item = await visit.services.library.get(visit.path_of("id"))
    return await begin(visit, item.content, "series_started" if isinstance(item.content, Series) else "campaign_started")


def _message(visit: Visit, content: Content) -> dict[str, Any]:
    city = visit.services.city
    previews = [(language, filled_in(content.texts[language], city)) for language in city.languages]
    return {"title": content.title_in(visit.language), "previews": previews, "quiz": content.quiz}


def _days(item: Item) -> int:
    """Days between two episodes, 0 where there is only one message."""
    return item.content.every_days if isinstance(item.content, Series) else 0
