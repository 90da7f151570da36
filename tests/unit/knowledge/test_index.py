"""The index: the nearest articles, and when near is near enough."""

from __future__ import annotations

import numpy as np
import pytest

from bot.knowledge.articles import Article, passages_of
from bot.knowledge.embedding import as_array
from bot.knowledge.index import NEAR_FLOOR, SURE_FLOOR, Index, Passage, centred, clear_score
from bot.messages import Language
from tests.unit.knowledge.kit import ARTICLES, EN, FR, WordEncoder

ENCODER = WordEncoder()


def build(*slugs: str) -> Index:
    rows = [
        (text, Passage(one.slug, language, text in part.questions))
        for one in map(Article.of_city, ARTICLES)
        if not slugs or one.slug in slugs
        for language, part in one.texts.items()
        for text in passages_of(part)
    ]
    return Index([passage for _, passage in rows], np.stack([as_array(ENCODER.vector(text)) for text, _ in rows]))


@pytest.fixture(scope="module")
def index() -> Index:
    return build()


@pytest.mark.parametrize(
    ("language", "question", "slug"),
    [(EN, "lock bike frame two", "two-locks"), (FR, "chien court aboie fort", "loose-dog"), (EN, "walking home dark night", "night-walk")],
)
def test_the_article_that_shares_the_meaning_answers(index: Index, language: Language, question: str, slug: str) -> None:
    verdict = index.judge(language, as_array(ENCODER.vector(question)))
    assert verdict.sure and verdict.near[0] == slug


def test_what_no_article_is_about_is_not_near(index: Index) -> None:
    verdict = index.judge(EN, as_array(ENCODER.vector("capital australia kangaroo")))
    assert not verdict.sure and not verdict.near and verdict.nearest


def test_a_question_between_two_articles_is_not_sure_of_either(index: Index) -> None:
    verdict = index.judge(EN, as_array(ENCODER.vector("dog barks walking night elephant")))
    assert not verdict.sure
    assert set(verdict.nearest[:2]) == {"loose-dog", "night-walk"}


def test_passages_of_every_language_count_for_a_question_in_one(index: Index) -> None:
    assert index.judge(FR, as_array(ENCODER.vector("lock bike frame two"))).nearest[0] == "two-locks"


def test_what_all_sentences_of_a_language_share_is_taken_off() -> None:
    alike = np.array([[0.8, 0.6], [0.8, -0.6]], np.float32)
    assert centred(alike, alike.mean(axis=0)) == pytest.approx(np.array([[0.0, 1.0], [0.0, -1.0]]), abs=1e-6)


def test_a_lead_makes_surer() -> None:
    assert clear_score(np.array([0.5, 0.5, 0.1])) == pytest.approx(0.5)
    assert clear_score(np.array([0.5, 0.1])) == pytest.approx(0.7)
    assert clear_score(np.array([0.5])) == pytest.approx(0.5)


def test_thresholds_come_from_the_articles_themselves(index: Index) -> None:
    assert NEAR_FLOOR <= index.near_from <= index.sure_from


def test_a_single_article_has_fixed_thresholds() -> None:
    alone = build("two-locks")
    assert (alone.near_from, alone.sure_from) == (NEAR_FLOOR, SURE_FLOOR)
    assert alone.judge(EN, as_array(ENCODER.vector("lock bike frame"))).nearest == ("two-locks",)


def test_a_language_without_passages_is_compared_all_the_same(index: Index) -> None:
    assert index.judge(Language("lv"), as_array(ENCODER.vector("lock bike frame two"))).nearest[0] == "two-locks"
