"""What an officer writes, and everything that keeps it from being published. Pure."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.city import ArticleText, Source
from bot.city.articles import (
    QUESTION_LIMIT,
    QUESTIONS_LIMIT,
    SLUG_LIMIT,
    SOURCE_LIMIT,
    TEXT_LIMIT,
    TITLE_LIMIT,
    is_address,
    is_unreadable,
    text_problem,
)
from bot.knowledge.city import KnowledgeCity
from bot.messages import Language

SOURCES_LIMIT = 10
RESERVED = frozenset({"new", "preview", "questions"})
"""Addresses of the console that are no articles."""

_BLOCKS_SAVING = frozenset({"unreadable", "topic_unknown", "default_title_missing", "far_too_long"})
_MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """An article as it is being written; languages may be missing. ``checked_on`` None: no usable date yet."""

    topic: str
    checked_on: date | None
    sources: tuple[Source, ...]
    texts: Mapping[Language, ArticleText]

    def cleaned(self) -> ArticleDraft:
        """With plain line ends, without spaces around, empty questions, empty sources and empty languages."""
        texts = {language: _clean(part) for language, part in self.texts.items()}
        return replace(
            self,
            sources=tuple(Source(_line(one.name), (one.url or "").strip() or None) for one in self.sources if one.name.strip()),
            texts={language: part for language, part in texts.items() if part != ArticleText("", (), "")},
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands in the way. ``field``: a name of :class:`ArticleDraft`, or ``<part>.<language>``; ``code``: a catalogue key."""

    field: str
    code: str
    params: Mapping[str, str | int] = dataclasses.field(default_factory=dict)

    @property
    def blocks_saving(self) -> bool:
        """Whether not even a draft may look like this."""
        return self.code in _BLOCKS_SAVING


def find_problems(draft: ArticleDraft, city: KnowledgeCity, now: datetime) -> list[Problem]:
    """Everything that keeps a cleaned draft from being published, in the order of the form."""
    return [*_facts(draft, city, now), *_sources(draft), *_texts(draft, city)]


def slug_of(title: str) -> str:
    """A name made of a title: its letters without accents, digits, and dashes between words."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower().replace("'", "")
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: SLUG_LIMIT - 4].strip("-")
    return slug if slug and slug not in RESERVED else f"article-{slug}".strip("-")


def changes(before: ArticleDraft, after: ArticleDraft) -> tuple[str, ...]:
    """What differs: ``topic``, ``checked_on``, ``sources``, and languages as ``texts.<language>``."""
    facts = [name for name in ("topic", "checked_on", "sources") if getattr(before, name) != getattr(after, name)]
    languages = [*dict.fromkeys([*before.texts, *after.texts])]
    return (*facts, *(f"texts.{one}" for one in languages if before.texts.get(one) != after.texts.get(one)))


def _clean(part: ArticleText) -> ArticleText:
    questions = (_line(question) for question in part.questions)
    text = "\n".join(line.rstrip() for line in part.text.replace("\r\n", "\n").strip().split("\n"))
    return ArticleText(_line(part.title), tuple(question for question in questions if question), text)


def _line(text: str) -> str:
    """Without spaces around, and with one between words. A French thin space is no space too many."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


def _facts(draft: ArticleDraft, city: KnowledgeCity, now: datetime) -> Iterator[Problem]:
    if draft.topic not in city.article_topics:
        yield Problem("topic", "topic_unknown")
    if draft.checked_on is None:
        yield Problem("checked_on", "date_missing")
    elif draft.checked_on > city.local(now).date():
        yield Problem("checked_on", "date_to_come")


def _sources(draft: ArticleDraft) -> Iterator[Problem]:
    if not draft.sources:
        yield Problem("sources", "source_missing")
    if len(draft.sources) > SOURCES_LIMIT:
        yield Problem("sources", "too_many_sources", {"limit": SOURCES_LIMIT})
    for source in draft.sources:
        if is_unreadable(source.name + (source.url or "")):
            yield Problem("sources", "unreadable")
        if len(source.name) > SOURCE_LIMIT:
            yield Problem("sources", "source_too_long", {"limit": SOURCE_LIMIT})
        if source.url and (not is_address(source.url) or source.link is None):
            yield Problem("sources", "source_not_https")


def _texts(draft: ArticleDraft, city: KnowledgeCity) -> Iterator[Problem]:
    if not (first := draft.texts.get(city.languages[0])) or not first.title:
        yield Problem(f"title.{city.languages[0]}", "default_title_missing", {"language": city.languages[0]})
    for language in city.languages:
        part = draft.texts.get(language)
        if part is None:
            yield Problem(f"text.{language}", "language_missing", {"language": language})
        else:
            yield from _part(language, part)


def _part(language: Language, part: ArticleText) -> Iterator[Problem]:
    named = {"language": language}
    if not part.title:
        yield Problem(f"title.{language}", "title_missing", named)
    if len(part.title) > TITLE_LIMIT:
        yield Problem(f"title.{language}", "title_too_long", {**named, "limit": TITLE_LIMIT})
    if not part.questions:
        yield Problem(f"questions.{language}", "questions_missing", named)
    if len(part.questions) > QUESTIONS_LIMIT or any(len(question) > QUESTION_LIMIT for question in part.questions):
        yield Problem(f"questions.{language}", "questions_too_long", {**named, "count": QUESTIONS_LIMIT, "limit": QUESTION_LIMIT})
    yield from _body(language, part)


def _body(language: Language, part: ArticleText) -> Iterator[Problem]:
    named: dict[str, str | int] = {"language": language}
    if not part.text:
        yield Problem(f"text.{language}", "text_missing", named)
    if len(part.text) > TEXT_LIMIT:
        yield Problem(f"text.{language}", "text_too_long", {**named, "limit": TEXT_LIMIT, "length": len(part.text)})
    if len(part.text) + len(part.title) + sum(map(len, part.questions)) > _MOST_CHARACTERS:
        yield Problem(f"text.{language}", "far_too_long", named)
    if is_unreadable(part.title + "".join(part.questions)):
        yield Problem(f"title.{language}", "unreadable", named)
    if (problem := text_problem(part.text)) is not None:
        yield Problem(f"text.{language}", problem, named)
