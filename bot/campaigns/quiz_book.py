"""Answers to quizzes, in aggregate: how often each was chosen, never by whom and never when.

That somebody has answered is remembered as a keyed hash of occurrence and person, so that each counts once. Answers are counted
until :data:`bot.campaigns.presses.COUNTING` after the end; the hashes go soon after.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns import presses, thread_answers
from bot.campaigns.city import CityFacts
from bot.campaigns.groups import Event
from bot.campaigns.places.tables import PostRow
from bot.campaigns.quiz import Answer, QuizText, load_text
from bot.campaigns.tables import CampaignRow, CampaignTextRow, DeliveryState, OccurrenceRow, QuizCountRow, QuizMarkRow
from bot.messages import Citizen, Language, Pseudonym
from bot.storage import Database, insert_or_ignore

_POSTED = (DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNCERTAIN)
"""States of a post that somebody may have read."""


@dataclass(frozen=True, slots=True)
class QuizResults:
    """How often each answer of a campaign's quiz was chosen, all its occurrences together. Exact: suppress before showing.

    ``by_language``: for each language in which somebody answered, the number of the answer to how often.
    """

    by_language: Mapping[Language, Mapping[int, int]] = field(default_factory=dict)

    @property
    def by_answer(self) -> Counter[int]:
        """The number of each answer to how often it was chosen."""
        total: Counter[int] = Counter()
        for counts in self.by_language.values():
            total.update(counts)
        return total


class QuizBook:
    """Takes answers and gives their counts.

    Args:
        key: for the hash of who has answered, without which nobody can test a guess; and of who got which text of a trial.
        city: its first language is for people whose own one the quiz lacks; its clock tells the hour.
    """

    def __init__(self, database: Database, key: bytes, city: CityFacts) -> None:
        self._database = database
        self._key = key
        self._city = city

    async def answer(self, citizen: Citizen, occurrence_id: int, number: int) -> Answer | None:
        """The answer that was pressed, counted if it is this person's first; None when there is no such answer.

        Whoever did not get this message, or got it longer ago than answers are counted, reads the explanation and is not
        counted.
        """
        async with self._database.begin() as session:
            found = await self._text(session, occurrence_id, citizen.language)
            if found is None or not 1 <= number <= len(found[1].answers):
                return None
            language, text = found
            who = await presses.receiver(session, occurrence_id, citizen, self._city.time_zone, self._key)
            if who is not None and await self._is_first(session, occurrence_id, citizen.pseudonym):
                await _count(session, occurrence_id, language, number)
                await presses.add(session, who, await _events(session, occurrence_id, number))
            await thread_answers.take(session, occurrence_id, citizen, number, self._city)
            return text.answers[number - 1]

    async def posted(self, language: Language, occurrence_id: int) -> QuizText | None:
        """The quiz of a campaign that was posted in a public place; None: there is none, so that numbers tried out open nothing."""
        public = select(PostRow.place_id).where(PostRow.occurrence_id == occurrence_id, PostRow.state.in_(_POSTED)).limit(1)
        async with self._database.read() as session:
            if await session.scalar(public) is None:
                return None
            found = await self._text(session, occurrence_id, language)
        return found[1] if found else None

    async def results(self, campaign_id: int) -> QuizResults:
        """The counts of a campaign; empty ones when it has no quiz or nobody answered."""
        columns = (QuizCountRow.language, QuizCountRow.answer, func.sum(QuizCountRow.number))
        query = select(*columns).join(OccurrenceRow, OccurrenceRow.id == QuizCountRow.occurrence_id)
        query = query.where(OccurrenceRow.campaign_id == campaign_id).group_by(QuizCountRow.language, QuizCountRow.answer)
        counts: dict[Language, dict[int, int]] = {}
        async with self._database.read() as session:
            for language, answer, number in await session.execute(query):
                counts.setdefault(Language(language), {})[answer] = int(number)
        return QuizResults(counts)

    async def _text(self, session: AsyncSession, occurrence_id: int, language: Language) -> tuple[Language, QuizText] | None:
        """The quiz in the person's language, else in the city's first one."""
        query = select(CampaignTextRow.language, CampaignTextRow.quiz)
        query = query.join(OccurrenceRow, OccurrenceRow.campaign_id == CampaignTextRow.campaign_id).where(OccurrenceRow.id == occurrence_id)
        written = {Language(row.language): row.quiz for row in await session.execute(query) if row.quiz}
        chosen = next((one for one in (language, self._city.languages[0]) if one in written), None)
        return None if chosen is None else (chosen, load_text(written[chosen]))

    async def _is_first(self, session: AsyncSession, occurrence_id: int, pseudonym: Pseudonym) -> bool:
        """Whether the person had not answered yet; from now on they have."""
        message = f"quiz:{occurrence_id}:{pseudonym}".encode()
        mark = hmac.digest(self._key, message, hashlib.sha256).hex()[:32]
        query = insert_or_ignore(session, QuizMarkRow).values(occurrence_id=occurrence_id, mark=mark).returning(QuizMarkRow.mark)
        return await session.scalar(query) is not None


async def _events(session: AsyncSession, occurrence_id: int, number: int) -> tuple[Event, ...]:
    """What an answer counts as."""
    query = select(CampaignRow.right_answer).join(OccurrenceRow, OccurrenceRow.campaign_id == CampaignRow.id)
    right = await session.scalar(query.where(OccurrenceRow.id == occurrence_id))
    return (Event.ANSWERED, Event.RIGHT) if right == number else (Event.ANSWERED,)


async def _count(session: AsyncSession, occurrence_id: int, language: Language, number: int) -> None:
    key = {"occurrence_id": occurrence_id, "language": language, "answer": number}
    await session.execute(insert_or_ignore(session, QuizCountRow).values(**key, number=0))
    here = (QuizCountRow.occurrence_id == occurrence_id, QuizCountRow.language == language, QuizCountRow.answer == number)
    await session.execute(update(QuizCountRow).where(*here).values(number=QuizCountRow.number + 1))
