"""What one needs to know before writing a campaign: topics, the library, the calendar; and whether the API works."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field
from sqlalchemy.exc import SQLAlchemyError

from bot.api.around import Health, LibraryItem, LibraryLine, LibraryList, TokenShown, TopicList, TopicShown
from bot.api.call import Answer, Call
from bot.api.plan import Day
from bot.api.problems import Flaw, Refused, invalid
from bot.api.shown import CalendarShown, EntryShown
from bot.campaigns.exchange_schema import Strict
from bot.campaigns.spans import MOST_DAYS, Span


class CalendarQuery(Strict):
    """Which days, both included."""

    first: Annotated[Day, Field(alias="from")]
    last: Annotated[Day, Field(alias="to", description=f"At most {MOST_DAYS} days in all.")]


async def health(call: Call) -> Answer:
    """Whether the database answers."""
    try:
        await call.services.database.check()
    except (SQLAlchemyError, OSError):
        raise Refused(503, "database_down", "The database does not answer.", headers={"Retry-After": "10"}) from None
    return Answer(Health(database="up"))


async def token(call: Call) -> Answer:
    """What the token of this request is."""
    mine = call.token
    return Answer(TokenShown(name=mine.name, prefix=mine.prefix, scopes=sorted(call.caller.scopes), expires_at=mine.expires_at))


async def topics(call: Call) -> Answer:
    """The city's topics with their names."""
    city = call.services.city
    items = [TopicShown(code=code, names={one: city.label("topic", code, one) for one in city.languages}) for code in city.topics]
    return Answer(TopicList(items=items))


async def library(call: Call) -> Answer:
    """What is in the library."""
    return Answer(LibraryList(items=[LibraryLine.of(item) for item in await call.services.library.items()]))


async def library_item(call: Call) -> Answer:
    """One item of the library."""
    return Answer(LibraryItem.of(await call.services.library.get(str(call.request.path_params["slug"]))))


async def calendar(call: Call) -> Answer:
    """What was sent and what is planned on some days."""
    query, city = call.read(CalendarQuery), call.services.city
    sheet = await call.services.agenda.between(_span(query.first, query.last))
    items = [EntryShown.of(entry, city.statistics_minimum) for entry in sheet.entries]
    return Answer(CalendarShown(time_zone=city.time_zone.key, items=items, complete=sheet.complete))


def _span(first: date, last: date) -> Span:
    try:
        return Span(first, last)
    except ValueError:
        raise invalid([Flaw(pointer="?to", code="span", detail=f"From the first to the last day: 1 to {MOST_DAYS} days.")]) from None
