"""The index: which articles a question is nearest to, and whether that is near enough. Pure numbers, no I/O.

Sentence vectors of one language all point roughly the same way (cosines of 0.75 to 0.93 between anything and anything), so the
mean of the language's passages is taken off first: what is left is what a sentence says beyond being one in that language. Then
passages of all languages can be compared with a question in any, and every article has four times as many ways to be asked for.

How near is near enough is read off the articles themselves: their own questions, compared with all *other* articles, show how
near a question comes to articles that do not answer it. That adapts to the encoder and to the city's articles.
``docs/knowledge.md`` has the figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.knowledge.embedding import Matrix
from bot.messages import Language

BEST_PASSAGES = 3
"""An article's score is the mean of so many of its passages that are nearest: one alone may be near by accident."""
SURE_QUANTILE = 0.90
NEAR_QUANTILE = 0.45
"""Of questions asked of the wrong articles, this share stays below the threshold."""
SURE_FLOOR = 0.40
NEAR_FLOOR = 0.30
"""Cosines below which nothing counts, however few articles there are."""
_OFFERED = 5


@dataclass(frozen=True, slots=True)
class Passage:
    """One row of the index. ``asked``: one of the questions that the article's writers expect."""

    slug: str
    language: Language
    asked: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the index says about a question.

    ``near``: articles that may answer it, best first. ``sure``: the first of them does. ``nearest``: the best ones,
    whether near enough or not.
    """

    near: tuple[str, ...] = ()
    sure: bool = False
    nearest: tuple[str, ...] = ()


class Index:
    """The passages of all articles; made anew whenever one changes.

    Args:
        vectors: one row for each passage, each of length 1.
    """

    def __init__(self, passages: Sequence[Passage], vectors: Matrix) -> None:
        self.dimensions = vectors.shape[1]
        self._means = _means(passages, vectors)
        self._rows = centred(vectors, np.stack([self._means[one.language] for one in passages]))
        self._slugs = tuple(dict.fromkeys(one.slug for one in passages))
        self._places = _places(passages, self._slugs)
        self.near_from, self.sure_from = self._thresholds(passages)

    def judge(self, language: Language, vector: Matrix) -> Verdict:
        """The articles nearest to a question in this language. ``vector`` has length 1."""
        scores = self._scores(self.direction(language, vector)[np.newaxis, :])[0]
        order = np.argsort(-scores)[:_OFFERED]
        slugs = tuple(self._slugs[number] for number in order)
        near = tuple(slug for slug, number in zip(slugs, order, strict=True) if scores[number] >= self.near_from)
        return Verdict(near, bool(near) and clear_score(scores) >= self.sure_from, slugs)

    def direction(self, language: Language, vector: Matrix) -> Matrix:
        """What a sentence says beyond being one in its language; of length 1."""
        mean = self._means.get(language)
        return centred(vector, np.mean(list(self._means.values()), axis=0) if mean is None else mean)

    def _scores(self, questions: Matrix) -> Matrix:
        """For each question (row) the score of each article (column)."""
        cosines = questions @ self._rows.T
        padded = np.concatenate([cosines, np.full((len(cosines), 1), -1.0, np.float32)], axis=1)
        best: Matrix = np.sort(padded[:, self._places], axis=2)[:, :, -BEST_PASSAGES:].mean(axis=2)
        return best

    def _thresholds(self, passages: Sequence[Passage]) -> tuple[float, float]:
        """What the articles' own questions reach in articles that do not answer them."""
        if len(self._slugs) < 2:
            return NEAR_FLOOR, SURE_FLOOR
        number = {slug: place for place, slug in enumerate(self._slugs)}
        asked = [row for row, one in enumerate(passages) if one.asked]
        scores = np.concatenate([self._scores(self._rows[some]) for some in np.array_split(asked, len(asked) // 200 + 1)])
        scores[np.arange(len(asked)), [number[passages[row].slug] for row in asked]] = -1.0
        near, sure = np.quantile(scores.max(axis=1), [NEAR_QUANTILE, SURE_QUANTILE])
        return max(float(near), NEAR_FLOOR), max(float(sure), SURE_FLOOR)


def clear_score(scores: Matrix) -> float:
    """The best score, raised by half its lead: an article that stands alone is surer than one among equals."""
    first, second = np.sort(scores)[::-1][:2] if len(scores) > 1 else (scores[0], scores[0])
    return float(first + (first - second) / 2)


def centred(vectors: Matrix, means: Matrix) -> Matrix:
    """Vectors without their mean, of length 1 again."""
    rest = vectors - means
    length = np.linalg.norm(rest, axis=-1, keepdims=True)
    result: Matrix = (rest / np.maximum(length, 1e-6)).astype(np.float32)
    return result


def _means(passages: Sequence[Passage], vectors: Matrix) -> Mapping[Language, Matrix]:
    languages = np.array([one.language for one in passages])
    return {Language(str(language)): vectors[languages == language].mean(axis=0) for language in np.unique(languages)}


def _places(passages: Sequence[Passage], slugs: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.intp]]:
    """The rows of each article, filled up with the number of a row that is not there."""
    rows: dict[str, list[int]] = {slug: [] for slug in slugs}
    for row, one in enumerate(passages):
        rows[one.slug].append(row)
    longest = max(BEST_PASSAGES, *(len(some) for some in rows.values()))
    return np.array([some + [len(passages)] * (longest - len(some)) for some in rows.values()], dtype=np.intp)
