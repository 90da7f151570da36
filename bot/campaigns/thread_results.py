"""How a thread is walked over time: to how many each episode was sent in a month, and how many answered. Never who, never which way.

A month is shown once, when nothing in it can change any more: people come one by one, so two looks that differ by one person
would tell about that person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from bot.campaigns.city import CityFacts
from bot.campaigns.drafts import LATEST
from bot.campaigns.groups import Dimension, Event
from bot.campaigns.presses import COUNTING
from bot.campaigns.tables import GroupCountRow, OccurrenceRow
from bot.campaigns.thread_desk import Thread
from bot.campaigns.threads import Onward
from bot.messages import Clock
from bot.storage import Database
from bot.suppression import suppress

MOST_MONTHS = 24
_LOOKS_BACK = timedelta(days=31 * (MOST_MONTHS + 1))


@dataclass(frozen=True, slots=True)
class Reached:
    """What may be shown of an episode in a month; None: hidden."""

    sent: int | None
    answered: int | None


@dataclass(frozen=True, slots=True)
class Month:
    """A month, by its first day: the episodes in their order."""

    first: date
    episodes: tuple[Reached, ...]


class ThreadResults:
    """Reads them."""

    def __init__(self, database: Database, city: CityFacts, clock: Clock) -> None:
        self._database = database
        self._city = city
        self._clock = clock

    async def months(self, thread: Thread) -> list[Month]:
        """The months that are over and counted, the last one first, at most :data:`MOST_MONTHS`."""
        now, numbers = self._clock(), {one.id: number for number, one in enumerate(thread.episodes)}
        counted: defaultdict[date, Counter[tuple[int, str]]] = defaultdict(Counter)
        query = select(OccurrenceRow.campaign_id, OccurrenceRow.scheduled_for, GroupCountRow.event, GroupCountRow.number)
        query = query.join(GroupCountRow, GroupCountRow.occurrence_id == OccurrenceRow.id)
        query = query.where(OccurrenceRow.campaign_id.in_(numbers), OccurrenceRow.scheduled_for > now - _LOOKS_BACK)
        async with self._database.read() as session:
            for campaign_id, at, event, number in await session.execute(query.where(GroupCountRow.dimension == Dimension.ALL)):
                month = at.astimezone(self._city.time_zone).date().replace(day=1)
                counted[month][numbers[campaign_id], event] += number
        over = sorted((month for month in counted if self._is_over(month, now)), reverse=True)[:MOST_MONTHS]
        return [Month(month, shown(counted[month], thread.onwards, self._city.statistics_minimum)) for month in over]

    def _is_over(self, month: date, now: datetime) -> bool:
        """Whether what began in it can change no more: nothing is sent, and no press is counted."""
        following = (month + timedelta(days=31)).replace(day=1)
        return (now - LATEST - COUNTING).astimezone(self._city.time_zone).date() >= following


def shown(counts: Mapping[tuple[int, str], int], onwards: Sequence[Onward], minimum: int) -> tuple[Reached, ...]:
    """A month's numbers with small ones hidden.

    Where one way of a fork is hidden all of them are: about how many they are together, the episode before tells.
    """
    sent = {index: counts.get((index, Event.SENT), 0) for index in range(len(onwards))}
    cells = dict(suppress(sent, minimum).cells)
    places = {one.key: index for index, one in enumerate(onwards)}
    for one in onwards:
        ways = [places[target] for target in one.targets if target in places]
        if len(one.targets) > 1 and any(cells[way] is None or sent[way] < minimum for way in ways):
            cells |= dict.fromkeys(ways)
    return tuple(_reached(cells[index], counts.get((index, Event.ANSWERED), 0), minimum) for index in range(len(onwards)))


def _reached(sent: int | None, answered: int, minimum: int) -> Reached:
    """How many answered, where neither they nor the others are few."""
    large = sent is not None and answered >= minimum and sent - answered >= minimum
    return Reached(sent, answered if large else None)
