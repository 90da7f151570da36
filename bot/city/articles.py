"""The city's articles: answers to everyday questions, one file each below ``knowledge/<topic>/``, in every language of the city.

``knowledge/topics.yml`` names the topics, in the order in which they are offered. A city without that folder has no articles.
What may stand in a text is checked with the same rules for files and for the console (:func:`text_problem`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.city.files import Mistakes
from bot.markup import to_plain
from bot.messages import Language

TITLE_LIMIT = 70
"""Characters: a title is a button as well, and phones cut longer ones."""
QUESTION_LIMIT = 150
QUESTIONS_LIMIT = 12
TEXT_LIMIT = 1500
SOURCE_LIMIT = 120
SLUG_LIMIT = 48
"""``know:article:`` and the slug fit into Telegram's 64 bytes."""
PLACEHOLDERS = frozenset({"{city}", "{emergency}", "{crisis_lines}"})

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FOLDER = "knowledge"
_TOPICS = f"{_FOLDER}/topics.yml"
_UNREADABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ADDRESS = re.compile(r"https?://[^\s()<>\"]+")


@dataclass(frozen=True, slots=True)
class Source:
    """Where an article's facts come from. ``url`` None: a source without a page of its own.

    Some old pages are on plain http; they are named as a source, and people are not sent there (:attr:`link`).
    """

    name: str
    url: str | None = None

    @property
    def link(self) -> str | None:
        """The address to press, if it is a safe one."""
        return self.url if self.url and self.url.startswith("https://") else None


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article in one language. ``questions``: what people type when they look for it; never shown to them."""

    title: str
    questions: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class CityArticle:
    """One file of the folder."""

    slug: str
    topic: str
    checked_on: date
    sources: tuple[Source, ...]
    texts: Mapping[Language, ArticleText]


def is_slug(value: str) -> bool:
    """Whether ``value`` can name an article or a topic: small letters, digits and single dashes."""
    return len(value) <= SLUG_LIMIT and _SLUG.fullmatch(value) is not None


def is_address(value: str) -> bool:
    """Whether ``value`` is a web address that small markup can hold."""
    return _ADDRESS.fullmatch(value) is not None


def text_problem(text: str) -> str | None:
    """What is wrong with a text in small markup; None: nothing.

    One of ``unreadable``, ``link_not_https``, ``markup_broken``, ``placeholder_unknown``.
    """
    if is_unreadable(text):
        return "unreadable"
    if re.search(r"http://|\]\(\s*(?!https://)", text, re.IGNORECASE):
        return "link_not_https"
    shown = to_plain(text)
    if "**" in shown or "](" in shown or re.search(r"<\/?[a-z]", shown, re.IGNORECASE):
        return "markup_broken"
    if re.search(r"[{}]", re.sub("|".join(map(re.escape, PLACEHOLDERS)), "", text)):
        return "placeholder_unknown"
    return None


def is_unreadable(text: str) -> bool:
    """Control characters and lone surrogates: no database stores them all, and no channel shows them."""
    return _UNREADABLE.search(text) is not None


_REASONS = {
    "unreadable": "holds characters that cannot be shown",
    "link_not_https": "has a link that does not start with https://",
    "markup_broken": "has markup that does not close; only **bold** and [words](https://…) are known",
    "placeholder_unknown": f"has braces that are not filled in; known are {', '.join(sorted(PLACEHOLDERS))}",
}


def _is_sound(value: str) -> str:
    if (problem := text_problem(value)) is not None:
        raise ValueError(_REASONS[problem])
    return value


def _is_line(value: str) -> str:
    if is_unreadable(value) or "\n" in value or not value.strip():
        raise ValueError("must be one line of text")
    return value.strip()


def _is_address(value: str) -> str:
    if not is_address(value):
        raise ValueError(f"{value!r} is not a web address")
    return value


_Line = AfterValidator(_is_line)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _SourceFile(_Strict):
    name: Annotated[str, Field(max_length=SOURCE_LIMIT), _Line]
    url: Annotated[str, AfterValidator(_is_address)] | None = None


class _TextFile(_Strict):
    title: Annotated[str, Field(max_length=TITLE_LIMIT), _Line]
    questions: Annotated[list[Annotated[str, Field(max_length=QUESTION_LIMIT), _Line]], Field(min_length=1, max_length=QUESTIONS_LIMIT)]
    text: Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT), AfterValidator(_is_sound)]


class ArticleFile(BaseModel):
    """One article's file: the date, the sources, and a part for each language under its code."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    __pydantic_extra__: dict[str, _TextFile]

    checked_on: date
    sources: Annotated[list[_SourceFile], Field(min_length=1)]


class TopicsFile(_Strict):
    """The topics' names."""

    topics: Annotated[dict[str, dict[Language, Annotated[str, _Line]]], Field(min_length=1)]


Topics = dict[str, dict[Language, str]]
"""The topics' names by code and language."""


def read_articles(mistakes: Mistakes, folder: Path, languages: tuple[Language, ...]) -> tuple[Topics, tuple[CityArticle, ...]]:
    """The topics, and all articles in their order; what is wrong goes into ``mistakes``."""
    if not (folder / _FOLDER).is_dir():
        return {}, ()
    topics = _read_topics(mistakes, languages)
    files = sorted((folder / _FOLDER).glob("*/*.yml"))
    found = [article for path in files if (article := _read_article(mistakes, path, languages)) is not None]
    _check_names(mistakes, found, topics)
    order = list(topics)
    known = [article for article in found if article.topic in topics]
    return topics, tuple(sorted(known, key=lambda article: (order.index(article.topic), article.slug)))


def _read_topics(mistakes: Mistakes, languages: tuple[Language, ...]) -> Topics:
    read = mistakes.read_yaml(_TOPICS, TopicsFile)
    topics = read.topics if read else {}
    for code, names in topics.items():
        if not is_slug(code):
            mistakes.add(_TOPICS, f"topics.{code}", "must be small letters, digits and dashes, such as night-out")
        _check_languages(mistakes, _TOPICS, f"topics.{code}.", names, languages)
    return topics


def _read_article(mistakes: Mistakes, path: Path, languages: tuple[Language, ...]) -> CityArticle | None:
    file = f"{_FOLDER}/{path.parent.name}/{path.name}"
    if not is_slug(path.stem):
        mistakes.add(file, "", f"must be named with small letters, digits and dashes, at most {SLUG_LIMIT}")
        return None
    read = mistakes.read_yaml(file, ArticleFile)
    if read is None:
        return None
    parts: dict[str, _TextFile] = read.__pydantic_extra__ or {}
    _check_languages(mistakes, file, "", parts, languages)
    texts = {one: ArticleText(part.title, tuple(part.questions), part.text.strip()) for one in languages if (part := parts.get(one))}
    sources = tuple(Source(source.name, source.url) for source in read.sources)
    return CityArticle(path.stem, path.parent.name, read.checked_on, sources, texts)


def _check_languages(mistakes: Mistakes, file: str, key: str, given: Collection[str], languages: tuple[Language, ...]) -> None:
    """All of the city's languages are needed. Others may stay: who gives up a language need not edit every article."""
    for language in languages:
        if language not in given:
            mistakes.add(file, f"{key}{language}", "is missing")


def _check_names(mistakes: Mistakes, found: list[CityArticle], topics: Mapping[str, object]) -> None:
    for article, file in _with_files(found):
        if article.topic not in topics:
            mistakes.add(file, "", f"lies in a folder that is no topic; {_TOPICS} names them")
        if any(other.slug == article.slug and other.topic < article.topic for other in found):
            mistakes.add(file, "", "has the same name as an article of another topic")


def _with_files(found: list[CityArticle]) -> Iterator[tuple[CityArticle, str]]:
    return ((article, f"{_FOLDER}/{article.topic}/{article.slug}.yml") for article in found)
