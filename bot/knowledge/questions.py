"""Questions that nobody could answer, kept for the officers without who asked.

What is kept: masked words, language, their vector, the day; sealed. Nothing joins two questions of one person. A question waits
in memory until :meth:`Questions.flush`, so that asking never waits for the store.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select

from bot.crypto import SymmetricKey
from bot.errors import SealBroken
from bot.knowledge.allowance import Allowance
from bot.knowledge.city import KnowledgeCity
from bot.knowledge.masking import mask
from bot.knowledge.tables import UnansweredQuestionRow
from bot.messages import Clock, Language
from bot.storage import Database, affected

A_PERSON_A_DAY = 5
A_DAY = 300
"""For all together, so that a flood neither fills the store nor buries what others asked."""
MOST_READ = 2000


@dataclass(frozen=True, slots=True)
class Question:
    """One question as officers see it."""

    id: str
    asked_on: date
    language: Language
    text: str = field(repr=False)
    vector: bytes = field(repr=False)
    encoder: str = ""


class Questions:
    """The store of unanswered questions.

    Args:
        key: seals the words.
    """

    def __init__(self, database: Database, key: SymmetricKey, city: KnowledgeCity, clock: Clock) -> None:
        self._database = database
        self._key = key
        self._city = city
        self._clock = clock
        self._allowance = Allowance(A_PERSON_A_DAY, A_DAY)
        self._waiting: list[Question] = []

    def note(self, asker: str, language: Language, text: str, vector: bytes, encoder: str, known: Container[str]) -> bool:
        """Take one down; False when too little is left of it after masking, or somebody asked too many today.

        Args:
            asker: a name for the person's daily allowance; it is not kept.
            known: see :func:`bot.knowledge.masking.mask`.
        """
        today = self._city.local(self._clock()).date()
        masked = mask(text, known)
        if masked is None or not self._allowance.take(asker, today):
            return False
        self._waiting.append(Question(secrets.token_hex(16), today, language, masked, vector, encoder))
        return True

    async def flush(self) -> None:
        """Write down what waits, all at once and in no order."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        try:
            async with self._database.begin() as session:
                session.add_all(self._row(question) for question in sorted(waiting, key=lambda one: one.id))
        except BaseException:
            self._waiting = (waiting + self._waiting)[:A_DAY]
            raise

    async def all(self) -> list[Question]:
        """The newest ones, at most :data:`MOST_READ`; what does not open is left out."""
        query = select(UnansweredQuestionRow).order_by(UnansweredQuestionRow.asked_on.desc(), UnansweredQuestionRow.id)
        async with self._database.read() as session:
            rows = (await session.scalars(query.limit(MOST_READ))).all()
        return [question for row in rows if (question := self._opened(row)) is not None]

    async def drop(self, ids: Container[str]) -> int:
        """Delete some that are settled; returns how many."""
        gone = [question.id for question in await self.all() if question.id in ids]
        async with self._database.begin() as session:
            return affected(await session.execute(delete(UnansweredQuestionRow).where(UnansweredQuestionRow.id.in_(gone))))

    async def purge(self) -> int:
        """Delete those past the city's time; returns how many."""
        oldest = self._city.local(self._clock()).date() - timedelta(days=self._city.retention.questions_days)
        async with self._database.begin() as session:
            return affected(await session.execute(delete(UnansweredQuestionRow).where(UnansweredQuestionRow.asked_on < oldest)))

    def _row(self, question: Question) -> UnansweredQuestionRow:
        vector = base64.b64encode(question.vector).decode()
        content = {"language": question.language, "text": question.text, "vector": vector, "encoder": question.encoder}
        sealed = self._key.seal_json(content, _context(question.id))
        return UnansweredQuestionRow(id=question.id, asked_on=question.asked_on, sealed=sealed)

    def _opened(self, row: UnansweredQuestionRow) -> Question | None:
        try:
            content: dict[str, Any] = self._key.open_json(row.sealed, _context(row.id))
        except SealBroken:  # a restored database with another key
            return None
        vector = base64.b64decode(content["vector"])
        return Question(row.id, row.asked_on, Language(content["language"]), content["text"], vector, content["encoder"])


def _context(question_id: str) -> str:
    return f"unanswered_question.sealed:{question_id}"
