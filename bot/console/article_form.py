"""An article's form: what was typed, and the draft that it makes; and which articles a search leaves. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.city import ArticleText, City, Source
from bot.console.forms import Form
from bot.knowledge.desk import Entry, State
from bot.knowledge.drafts import ArticleDraft
from bot.knowledge.wondering import Cluster
from bot.messages import Language

STALE = "stale"
"""The filter for articles that were not checked lately; the others are states."""


@dataclass(frozen=True)
class LanguageFields:
    """One language as typed: ``questions`` one a line."""

    title: str = ""
    questions: str = ""
    text: str = ""


@dataclass(frozen=True)
class ArticleForm:
    """The fields as text, exactly as typed. ``sources``: one a line, ``name | https://address``."""

    topic: str
    checked_on: str
    sources: str
    parts: Mapping[Language, LanguageFields]

    @classmethod
    def empty(cls, city: City, today: date, cluster: Cluster | None = None) -> ArticleForm:
        """A new article, with the questions of people where it is written for some."""
        asked = cluster.questions if cluster else ()
        typed = {language: dict.fromkeys(one.text for one in asked if one.language == language) for language in city.languages}
        parts = {language: LanguageFields(questions="\n".join(typed[language])) for language in city.languages}
        return cls("", today.isoformat(), "", parts)

    @classmethod
    def of(cls, draft: ArticleDraft, city: City) -> ArticleForm:
        """The form that shows a draft."""
        sources = "\n".join(f"{one.name} | {one.url}" if one.url else one.name for one in draft.sources)
        parts = {language: _fields(draft.texts.get(language)) for language in city.languages}
        return cls(draft.topic, draft.checked_on.isoformat() if draft.checked_on else "", sources, parts)

    @classmethod
    def read(cls, form: Form, city: City) -> ArticleForm:
        """What was typed."""
        parts = {one: LanguageFields(form[f"title_{one}"], form[f"questions_{one}"], form[f"text_{one}"]) for one in city.languages}
        return cls(form["topic"], form["checked_on"], form["sources"], parts)

    @property
    def draft(self) -> ArticleDraft:
        """The draft that it makes."""
        texts = {one: ArticleText(part.title, tuple(part.questions.splitlines()), part.text) for one, part in self.parts.items()}
        return ArticleDraft(self.topic, _day(self.checked_on), _sources(self.sources), texts).cleaned()


def chosen(entries: Iterable[Entry], words: str, topic: str, state: str) -> list[Entry]:
    """The articles that a search and its filters leave; empty text leaves all."""
    wanted = words.casefold().split()
    return [one for one in entries if _fits(one, topic, state) and all(word in _searched(one) for word in wanted)]


def _fits(entry: Entry, topic: str, state: str) -> bool:
    in_state = not state or (entry.stale and entry.state is not State.HIDDEN if state == STALE else entry.state == state)
    return in_state and topic in ("", entry.draft.topic)


def _searched(entry: Entry) -> str:
    return " ".join([entry.slug, *(f"{one.title} {' '.join(one.questions)} {one.text}" for one in entry.draft.texts.values())]).casefold()


def _fields(part: ArticleText | None) -> LanguageFields:
    return LanguageFields(part.title, "\n".join(part.questions), part.text) if part else LanguageFields()


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _sources(typed: str) -> tuple[Source, ...]:
    lines = [line.rpartition("|") if "|" in line else (line, "", "") for line in typed.splitlines() if line.strip()]
    return tuple(Source(name.strip() or url.strip(), url.strip() or None) for name, _, url in lines)
