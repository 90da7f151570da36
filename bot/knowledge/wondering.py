"""What people wonder about: the unanswered questions put together by meaning, for the officers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import numpy as np

from bot.knowledge.clusters import cluster
from bot.knowledge.embedding import as_array
from bot.knowledge.index import Index
from bot.knowledge.keeper import Keeper
from bot.knowledge.questions import Question, Questions

SMALLEST = 3
"""Questions that must mean nearly the same before their words are shown; the others are only counted."""
ALIKE = 0.5
"""Cosine, without the language's mean, from which two questions count as the same. See ``docs/knowledge.md``."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Questions that mean nearly the same, the most typical first. ``nearest``: the slug of the article that comes nearest."""

    questions: tuple[Question, ...]
    nearest: str | None

    @property
    def id(self) -> str:
        """The most typical question's id."""
        return self.questions[0].id


@dataclass(frozen=True, slots=True)
class Wonders:
    """Everything that waits. ``others``: how many questions belong to no cluster that may be shown."""

    clusters: tuple[Cluster, ...]
    others: int


class Wondering:
    """Reads the unanswered questions."""

    def __init__(self, questions: Questions, keeper: Keeper) -> None:
        self._questions = questions
        self._keeper = keeper

    async def read(self) -> Wonders:
        """The clusters, largest first. Without an index nothing can be compared, so everything is only counted."""
        await self._questions.flush()
        found = await self._questions.all()
        index = self._keeper.index
        comparable = [one for one in found if one.encoder == self._keeper.encoder] if index is not None else []
        if index is None or not comparable:
            return Wonders((), len(found))
        clusters = await asyncio.to_thread(_clusters, comparable, index)
        shown = tuple(one for one in clusters if len(one.questions) >= SMALLEST)
        return Wonders(shown, len(found) - sum(len(one.questions) for one in shown))

    async def cluster(self, cluster_id: str) -> Cluster | None:
        """The shown cluster that a question of this id stands for."""
        return next((one for one in (await self.read()).clusters if cluster_id in {question.id for question in one.questions}), None)

    async def settle(self, cluster_id: str) -> int:
        """Delete the questions of a cluster; returns how many."""
        found = await self.cluster(cluster_id)
        return await self._questions.drop({question.id for question in found.questions}) if found else 0


def _clusters(questions: list[Question], index: Index) -> list[Cluster]:
    directions = np.stack([index.direction(one.language, as_array(one.vector)) for one in questions])
    return [_cluster([questions[number] for number in group], index) for group in cluster(directions, ALIKE)]


def _cluster(questions: list[Question], index: Index) -> Cluster:
    typical = questions[0]
    nearest = index.judge(typical.language, as_array(typical.vector)).nearest
    return Cluster(tuple(questions), nearest[0] if nearest else None)
