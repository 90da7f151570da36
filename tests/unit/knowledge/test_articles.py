"""What of an article is compared with a question, and what is said of its sources."""

from __future__ import annotations

from datetime import date

import pytest

from bot.city import ArticleText, Source
from bot.knowledge.articles import is_stale, passages_of, sources_in_markup


def test_title_questions_and_lines_are_compared_without_markup() -> None:
    text = ArticleText("A title", ("a question", "a title"), "**Do** [this](https://a.example/).\nNow.\n\nCall {emergency} at once.")
    assert passages_of(text) == ("A title", "a question", "a title", "Do this.", "Call  at once.")


def test_a_passage_counts_once() -> None:
    assert passages_of(ArticleText("Same words", ("Same words",), "Same words")) == ("Same words",)


@pytest.mark.parametrize(("checked", "stale"), [("2026-11-21", False), ("2025-10-17", False), ("2025-10-16", True), ("2026-11-22", True)])
def test_an_article_goes_stale_by_its_date(checked: str, stale: bool) -> None:
    assert is_stale(date.fromisoformat(checked), date(2026, 11, 21), 400) is stale


def test_sources_are_linked_where_it_is_safe() -> None:
    named = (Source("A [b]", "https://a.example/"), Source("Old", "http://old.example/"), Source("Book"))
    assert sources_in_markup(named) == r"[A \[b\]](https://a.example/) · Old · Book"
