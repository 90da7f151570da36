"""The city's articles: read from their folder, every mistake named with file, key and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.city import City, Source
from bot.city.articles import is_slug, text_problem
from bot.errors import SettingsError
from bot.messages import Language
from tests.unit.city.test_model import EN, edit, folder

__all__ = ["folder"]

FR = Language("fr")
ARTICLE = """
checked_on: 2026-11-01
sources:
  - {name: "Childnet", url: "https://www.childnet.com/"}
  - {name: "The city's prevention team"}
"""
PART = """
%s:
  title: "Locking a bike"
  questions: ["how do i lock my bike", "which lock is good"]
  text: |
    Lock the frame **and** a wheel.
    In danger call {emergency}.
"""
WHOLE = ARTICLE + "".join(PART % language for language in ("en", "fr", "es", "it"))


def write(folder: Path, text: str, name: str = "bikes/two-locks.yml") -> None:
    file = folder / "knowledge" / name
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_text(text, encoding="utf-8")


def complaint(folder: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        City.load(folder)
    return str(caught.value)


def test_an_article_is_read_with_its_topic_from_the_folder(folder: Path) -> None:
    write(folder, WHOLE)
    city = City.load(folder)
    article = next(one for one in city.articles if one.slug == "two-locks")
    assert (article.topic, article.texts[FR].title, article.sources[1].url) == ("bikes", "Locking a bike", None)
    assert city.label("article_topic", "bikes", EN) == "Bikes and scooters"


def test_nobody_is_sent_to_an_unsafe_page() -> None:
    assert Source("Old page", "http://a.example/").link is None
    assert Source("New page", "https://a.example/").link == "https://a.example/"


def test_articles_come_in_the_order_of_the_topics(folder: Path) -> None:
    write(folder, WHOLE)
    city = City.load(folder)
    order = [city.article_topics.index(article.topic) for article in city.articles]
    assert order == sorted(order)


def test_a_city_may_do_without_articles(folder: Path) -> None:
    for path in sorted((folder / "knowledge").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (folder / "knowledge").rmdir()
    assert City.load(folder).articles == ()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("checked_on:", "chekced_on:", "checked_on: is missing"),
        ("https://www", "www", "sources[0].url: 'www.childnet.com/' is not a web address"),
        ('"Locking a bike"', '""', "en.title: must be one line of text"),
        ('"Locking a bike"', f'"{"x" * 80}"', "en.title: String should have at most 70 characters"),
        ("**and**", "**and", "en.text: has markup that does not close"),
        ("Lock the", "[Lock](http://x.example) the", "en.text: has a link that does not start with https://"),
        ("{emergency}", "{number}", "en.text: has braces that are not filled in"),
        ("\nit:", "\nde:", "it: is missing"),
        ('["how', '["how do i lock my bike", 5, "how', "en.questions[1]: must be text"),
        ("questions:", "question:", "en.question: is not a known key"),
    ],
)
def test_a_mistake_is_named_with_its_key(folder: Path, old: str, new: str, reason: str) -> None:
    write(folder, WHOLE)
    edit(folder / "knowledge" / "bikes" / "two-locks.yml", old, new)
    assert f"two-locks.yml: {reason}" in complaint(folder)


def test_a_name_stands_once_in_all_topics(folder: Path) -> None:
    write(folder, WHOLE)
    write(folder, WHOLE, "home/two-locks.yml")
    assert "knowledge/home/two-locks.yml: has the same name as an article of another topic" in complaint(folder)


def test_an_unknown_folder_and_an_odd_name_are_mistakes(folder: Path) -> None:
    write(folder, WHOLE, "boats/anchor.yml")
    write(folder, WHOLE, "bikes/Two Locks.yml")
    said = complaint(folder)
    assert "boats/anchor.yml: lies in a folder that is no topic" in said
    assert "Two Locks.yml: must be named with small letters" in said


def test_a_topic_needs_its_name_in_every_language(folder: Path) -> None:
    edit(folder / "knowledge" / "topics.yml", "fr: Jeux vidéo, ", "")
    assert "topics.yml: topics.gaming.fr: is missing" in complaint(folder)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Call {emergency} or {crisis_lines} in {city}.\n**Now**, see [this](https://a.example/b).", None),
        ("a < b and 3 > 2", None),
        ("<b>bold</b>", "markup_broken"),
        ("[call](tel:123)", "link_not_https"),
        ("bell \x07", "unreadable"),
        ("half {city", "placeholder_unknown"),
    ],
)
def test_only_small_markup_passes(text: str, problem: str | None) -> None:
    assert text_problem(text) == problem


def test_slugs_fit_into_a_button() -> None:
    assert is_slug("first-date") and not is_slug("First") and not is_slug("a--b") and not is_slug("x" * 49)
    assert len(f"know:article:{'x' * 48}".encode()) <= 64
