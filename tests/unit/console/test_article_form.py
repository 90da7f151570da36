"""An article's form keeps what was typed and makes a draft of it; a search leaves what fits."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.city import City, Source
from bot.console.article_form import ArticleForm, chosen
from bot.console.forms import Form
from bot.knowledge.desk import Entry, State
from bot.knowledge.questions import Question
from bot.knowledge.wondering import Cluster
from tests.unit.knowledge.kit import EN, FR, draft

CITY = City.load(Path(__file__).parents[3] / "city")
TODAY = date(2026, 11, 21)
ENTRIES = [
    Entry("helmet-on", draft(), State.DRAFT, 1, False),
    Entry("old-locks", draft(topic="street"), State.PUBLISHED, 0, True),
    Entry("gone", draft(topic="street"), State.HIDDEN, 2, True),
]


def typed(**fields: str) -> ArticleForm:
    return ArticleForm.read(Form(list(fields.items())), CITY)


def test_a_form_shows_a_draft_and_makes_it_again() -> None:
    assert ArticleForm.of(draft(), CITY).draft == draft()


def test_sources_are_read_line_by_line() -> None:
    made = typed(sources="Police | https://a.example/x\n\n  Book \n| https://b.example/").draft
    assert made.sources == (Source("Police", "https://a.example/x"), Source("Book"), Source("https://b.example/", "https://b.example/"))


@pytest.mark.parametrize(("day", "read"), [("2026-11-20", date(2026, 11, 20)), ("", None), ("yesterday", None)])
def test_a_day_that_is_none_reads_as_missing(day: str, read: date | None) -> None:
    assert typed(checked_on=day).draft.checked_on == read


def test_questions_are_read_line_by_line_and_empty_languages_left_out() -> None:
    made = typed(title_en="T", questions_en="one\r\n\r\n two ", text_en="a\r\nb").draft
    assert made.texts[EN].questions == ("one", "two") and made.texts[EN].text == "a\nb" and FR not in made.texts


def test_an_article_begins_with_what_people_asked_in_their_languages() -> None:
    asked = tuple(Question(str(number), TODAY, one, f"question {number}", b"") for number, one in enumerate((EN, FR, EN)))
    form = ArticleForm.empty(CITY, TODAY, Cluster(asked, None))
    assert form.parts[EN].questions == "question 0\nquestion 2" and form.parts[FR].questions == "question 1"
    assert form.checked_on == "2026-11-21"


@pytest.mark.parametrize(
    ("search", "left"),
    [
        (("", "", ""), ["helmet-on", "old-locks", "gone"]),
        (("HELMET fits", "", ""), ["helmet-on", "old-locks", "gone"]),
        (("old", "", ""), ["old-locks"]),
        (("", "street", ""), ["old-locks", "gone"]),
        (("", "", "draft"), ["helmet-on"]),
        (("", "", "stale"), ["old-locks"]),
        (("kangaroo", "", ""), []),
    ],
)
def test_a_search_leaves_what_fits(search: tuple[str, str, str], left: list[str]) -> None:
    assert [entry.slug for entry in chosen(ENTRIES, *search)] == left
