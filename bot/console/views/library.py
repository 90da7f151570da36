"""The library: ready campaigns and series, and starting from one of them."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from starlette.responses import Response

from bot.campaigns.exchange import Content, Series
from bot.campaigns.library import Item
from bot.campaigns.series import planned
from bot.console.views.exchange import begin, tomorrow
from bot.console.visit import Visit


async def listing(visit: Visit) -> Response:
    """Everything, by topic."""
    items = await visit.services.library.items()
    topics = [(topic, list(found)) for topic, found in groupby(items, key=lambda item: item.content.topic)]
    return visit.render("library.html", topics=topics)


async def show(visit: Visit) -> Response:
    """One campaign, or a series with its episodes, in all languages as people will read it."""
    return _page(visit, await visit.services.library.get(visit.path_of("id")))


async def start(visit: Visit) -> Response:
    """Make drafts of it, the first for the chosen day and time."""
    item = await visit.services.library.get(visit.path_of("id"))
    try:
        first = datetime.combine(date.fromisoformat(visit.form["day"]), time.fromisoformat(visit.form["time"]).replace(tzinfo=None))
        planned(item.content, visit.services.city, first, visit.language)
    except (ValueError, OverflowError):
        return _page(visit, item, status=422)
    return await begin(visit, item.content, first, "series_started" if isinstance(item.content, Series) else "campaign_started")


def _page(visit: Visit, item: Item, status: int = 200) -> Response:
    first = tomorrow(visit)
    day, clock = visit.form["day"] or first.date().isoformat(), visit.form["time"] or first.strftime("%H:%M")
    context: dict[str, Any] = {"messages": [_message(visit, one) for one in item.episodes], "day": day, "time": clock}
    return visit.render("library_item.html", status, item=item, days=_days(item), failed=status >= 400, **context)


def _message(visit: Visit, content: Content) -> dict[str, Any]:
    city, fill = visit.services.city, visit.services.placeholders.fill
    previews = [(language, fill(content.texts[language], language)) for language in city.languages]
    return {"title": content.title_in(visit.language), "previews": previews, "quiz": content.quiz}


def _days(item: Item) -> int:
    """Days between two episodes, 0 where there is only one message."""
    return item.content.every_days if isinstance(item.content, Series) else 0
