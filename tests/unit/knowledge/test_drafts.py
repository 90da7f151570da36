"""What keeps an article from being published, and what even a draft may not be."""

from __future__ import annotations

from datetime import date

import pytest

from bot.city import Source
from bot.knowledge.drafts import ArticleDraft, changes, find_problems, slug_of
from tests.unit.knowledge.kit import EN, FR, NOON, SmallCity, draft, part


def problems(one: ArticleDraft) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in find_problems(one.cleaned(), SmallCity(), NOON)}


def texts(**changed: object) -> dict[object, object]:
    good = draft().texts
    return {EN: good[EN], FR: good[FR], **{EN if key == "en" else FR: value for key, value in changed.items()}}


def test_a_complete_article_has_no_problem() -> None:
    assert problems(draft()) == set()


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"topic": "boats"}, ("topic", "topic_unknown")),
        ({"checked_on": None}, ("checked_on", "date_missing")),
        ({"checked_on": date(2026, 11, 22)}, ("checked_on", "date_to_come")),
        ({"sources": ()}, ("sources", "source_missing")),
        ({"sources": (Source("  "),)}, ("sources", "source_missing")),
        ({"sources": (Source("Old page", "http://a.example"),)}, ("sources", "source_not_https")),
        ({"sources": (Source("x" * 121),)}, ("sources", "source_too_long")),
        ({"sources": tuple(Source(str(number)) for number in range(11))}, ("sources", "too_many_sources")),
        ({"texts": {EN: draft().texts[EN]}}, ("text.fr", "language_missing")),
        ({"texts": {FR: draft().texts[FR]}}, ("title.en", "default_title_missing")),
        ({"texts": texts(fr=part("", ["q"], "t"))}, ("title.fr", "title_missing")),
        ({"texts": texts(fr=part("x" * 71, ["q"], "t"))}, ("title.fr", "title_too_long")),
        ({"texts": texts(fr=part("T", ["", " "], "t"))}, ("questions.fr", "questions_missing")),
        ({"texts": texts(fr=part("T", ["q"] * 13, "t"))}, ("questions.fr", "questions_too_long")),
        ({"texts": texts(fr=part("T", ["q" * 151], "t"))}, ("questions.fr", "questions_too_long")),
        ({"texts": texts(fr=part("T", ["q"], " "))}, ("text.fr", "text_missing")),
        ({"texts": texts(fr=part("T", ["q"], "x" * 1501))}, ("text.fr", "text_too_long")),
        ({"texts": texts(fr=part("T", ["q"], "x" * 20_001))}, ("text.fr", "far_too_long")),
        ({"texts": texts(fr=part("T", ["q"], "[a](http://b.example)"))}, ("text.fr", "link_not_https")),
        ({"texts": texts(fr=part("T", ["q"], "<i>no</i>"))}, ("text.fr", "markup_broken")),
        ({"texts": texts(fr=part("T", ["q"], "{phone}"))}, ("text.fr", "placeholder_unknown")),
        ({"texts": texts(fr=part("T\x00", ["q"], "t"))}, ("title.fr", "unreadable")),
    ],
)
def test_a_problem_names_its_field(changed: dict[str, object], problem: tuple[str, str]) -> None:
    assert problem in problems(draft(**changed))


def test_a_draft_may_lack_languages_but_not_its_first_title() -> None:
    lacking = find_problems(draft(texts={EN: draft().texts[EN]}), SmallCity(), NOON)
    assert lacking and not any(problem.blocks_saving for problem in lacking)
    assert any(problem.blocks_saving for problem in find_problems(draft(texts={}), SmallCity(), NOON))


@pytest.mark.parametrize(
    ("title", "slug"),
    [("Où aller ?", "ou-aller"), ("Don't panic", "dont-panic"), ("New", "article-new"), ("…", "article"), ("A" * 80, "a" * 44)],
)
def test_a_title_makes_a_name(title: str, slug: str) -> None:
    assert slug_of(title) == slug


def test_cleaning_keeps_what_french_needs() -> None:
    thin = part("  Qui\u202f?  Moi ", [" a\u00a0: b "], "Un\u202f!\r\nDeux  ")
    assert draft(texts={FR: thin}).cleaned().texts[FR] == part("Qui\u202f? Moi", ["a\u00a0: b"], "Un\u202f!\nDeux")


def test_changes_name_what_differs() -> None:
    after = draft(topic="street", texts={EN: draft().texts[EN]})
    assert changes(draft(), after) == ("topic", "texts.fr")
    assert changes(draft(), draft()) == ()
