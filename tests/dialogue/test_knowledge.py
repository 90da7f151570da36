"""How well everyday questions find their articles, with the encoder that Rasa runs.

``everyday_questions.tsv`` holds questions written for this test, apart from the articles' own: several new wordings of 41 articles in each
language, and 80 questions that no article answers (no article named). Two topics are measured here, so that it stays quick;
``docs/knowledge.md`` has the figures for all of them.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.city import City
from bot.conversation.dialogue import EMBED_AT_ONCE, DialogueClient
from bot.knowledge.articles import Article, passages_of
from bot.knowledge.embedding import as_array
from bot.knowledge.index import Index, Passage, Verdict
from bot.messages import Language
from tests.dialogue.conftest import ROOT

QUESTIONS = Path(__file__).parent / "everyday_questions.tsv"
TOPICS = ("accounts", "bikes")
Asked = list[tuple[Language, str, str]]
"""Language, question, and the article that answers it (empty: none does)."""

pytestmark = pytest.mark.asyncio(loop_scope="session")


def read_questions(slugs: set[str]) -> Asked:
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        rows = [(Language(row["language"]), row["text"], row["article"]) for row in csv.DictReader(file, delimiter="\t")]
    return [row for row in rows if not row[2] or row[2] in slugs]


async def vectors(dialogue: DialogueClient, texts: list[str]) -> list[bytes]:
    found: list[bytes] = []
    for start in range(0, len(texts), EMBED_AT_ONCE):
        found += (await dialogue.embed(texts[start : start + EMBED_AT_ONCE])).vectors
    return found


async def verdicts(dialogue: DialogueClient, city: City, asked: Asked) -> list[Verdict]:
    rows = [
        (text, Passage(article.slug, language, text in part.questions))
        for article in map(Article.of_city, city.articles)
        for language, part in article.texts.items()
        for text in passages_of(part)
    ]
    read = await vectors(dialogue, [text for text, _ in rows])
    index = Index([passage for _, passage in rows], np.stack([as_array(vector) for vector in read]))
    return [
        index.judge(language, as_array(vector))
        for (language, _, _), vector in zip(asked, await vectors(dialogue, [text for _, text, _ in asked]), strict=True)
    ]


async def test_new_wordings_find_their_article_and_other_questions_find_none(dialogue: DialogueClient) -> None:
    city = City.load(ROOT / "city")
    city = replace(city, articles=tuple(article for article in city.articles if article.topic in TOPICS))
    asked = read_questions({article.slug for article in city.articles})
    found = list(zip([article for _, _, article in asked], await verdicts(dialogue, city, asked), strict=True))
    known = [(article, verdict) for article, verdict in found if article]
    others = [verdict for article, verdict in found if not article]
    assert len(known) > 60 and len(others) == 80

    def share(count: int, of: list[object]) -> float:
        return round(count / len(of), 3)

    figures = {
        "answered": share(sum(one.sure and one.near[0] == article for article, one in known), [*known]),
        "answered wrongly": share(sum(one.sure and one.near[0] != article for article, one in known), [*known]),
        "offered among three": share(sum(not one.sure and article in one.near[:3] for article, one in known), [*known]),
        "others answered": share(sum(one.sure for one in others), [*others]),
        "others offered something": share(sum(bool(one.near) and not one.sure for one in others), [*others]),
    }
    assert figures["answered"] >= 0.65 and figures["answered"] + figures["offered among three"] >= 0.80, figures
    assert figures["answered wrongly"] <= 0.06 and figures["others answered"] <= 0.08, figures
    assert figures["others offered something"] <= 0.20, figures
