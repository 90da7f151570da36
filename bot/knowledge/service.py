"""Knowledge put together: what the application wires in one call."""

from __future__ import annotations

from dataclasses import dataclass

from bot.crypto import SymmetricKey
from bot.knowledge.alarm import Hear, SecondEar
from bot.knowledge.answers import Answers
from bot.knowledge.city import KnowledgeCity
from bot.knowledge.desk import Desk
from bot.knowledge.embedding import Embedder, PassageVectors
from bot.knowledge.flow import KnowFlow
from bot.knowledge.keeper import Keeper
from bot.knowledge.library import Library
from bot.knowledge.questions import Questions
from bot.knowledge.saying import CrisisLines, Speech
from bot.knowledge.wondering import Wondering
from bot.messages import Clock
from bot.storage import Database


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything that knowledge offers to the rest of Faro."""

    flow: KnowFlow
    answers: Answers
    desk: Desk
    questions: Questions
    wondering: Wondering
    keeper: Keeper
    speech: Speech

    @classmethod
    def build(
        cls,
        *,
        database: Database,
        key: SymmetricKey,
        city: KnowledgeCity,
        embedder: Embedder,
        crisis_lines: CrisisLines,
        hear: Hear,
        ear: SecondEar,
        clock: Clock,
    ) -> Knowledge:
        """Wire the package.

        Args:
            key: seals questions that nobody could answer.
            embedder: says what texts mean.
            crisis_lines: stands in articles where they say so.
            hear: the safety net.
            ear: the second net, behind the rules.
        """
        library = Library(database, city)
        keeper = Keeper(library, embedder, PassageVectors(database))
        questions = Questions(database, key, city, clock)
        speech = Speech(city, crisis_lines)
        answers = Answers(library, keeper, questions, speech, hear, clock, embedder)
        return cls(
            flow=KnowFlow(library, answers, embedder, speech, hear, ear),
            answers=answers,
            desk=Desk(database, city, clock, keeper.refresh),
            questions=questions,
            wondering=Wondering(questions, keeper),
            keeper=keeper,
            speech=speech,
        )
