"""What the groups of a campaign's newest sending did, read for whoever shows it. Exact numbers: suppress before showing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from bot.campaigns.groups import Counts, Dimension
from bot.campaigns.presses import COUNTING
from bot.campaigns.tables import GroupCountRow, OccurrenceRow, QuizCountRow
from bot.storage import Database

_NOBODY = Counts()


@dataclass(frozen=True, slots=True)
class Sending:
    """One occurrence and its groups.

    ``counted``: whether it is known whom it reached. ``answers``: the number of an answer to how often it was chosen.
    """

    started_at: datetime
    finished_at: datetime | None
    counted: bool
    groups: Mapping[Dimension, Mapping[str, Counts]] = field(default_factory=dict)
    answers: Mapping[int, int] = field(default_factory=dict)

    @property
    def everybody(self) -> Counts:
        """All groups together."""
        return self.groups.get(Dimension.ALL, {}).get("", _NOBODY).whole()

    @property
    def final_at(self) -> datetime | None:
        """From when on no number changes any more; None: it has not ended."""
        return None if self.finished_at is None else self.finished_at + COUNTING

    def is_final(self, now: datetime) -> bool:
        """Whether every number is what it will be."""
        return self.counted and self.final_at is not None and now >= self.final_at


class ResultBook:
    """Reads them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, campaign_id: int) -> Sending | None:
        """The campaign's newest sending; None when there was none.

        Sendings of a repeating campaign are not added up: their groups are small ones of the same people.
        """
        query = select(OccurrenceRow).where(OccurrenceRow.campaign_id == campaign_id).order_by(OccurrenceRow.id.desc()).limit(1)
        async with self._database.read() as session:
            row = await session.scalar(query)
            if row is None:
                return None
            counts = await session.scalars(select(GroupCountRow).where(GroupCountRow.occurrence_id == row.id))
            chosen = await session.scalars(select(QuizCountRow).where(QuizCountRow.occurrence_id == row.id))
            answers: defaultdict[int, int] = defaultdict(int)
            for one in chosen:
                answers[one.answer] += one.number
            return Sending(row.started_at, row.finished_at, row.counted_at is not None, _groups(list(counts)), dict(answers))


def _groups(rows: list[GroupCountRow]) -> dict[Dimension, dict[str, Counts]]:
    numbers: defaultdict[Dimension, defaultdict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        numbers[Dimension(row.dimension)][row.key][row.event] = row.number
    return {dimension: {key: Counts(**events) for key, events in keys.items()} for dimension, keys in numbers.items()}
