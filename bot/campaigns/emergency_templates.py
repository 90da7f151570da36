"""Prepared messages for emergencies, ``emergencies/*.yml`` of the city folder: texts with a few blanks, checked beforehand."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.campaigns.city import CityFacts
from bot.campaigns.drafts import Problem, body_problems, is_unreadable
from bot.city import Source
from bot.city.files import Mistakes
from bot.city.schema import Code, Names, Phrase
from bot.errors import NotFound
from bot.markup import escape
from bot.messages import Language

FOLDER = "emergencies"
LONGEST_BLANK = 120
_NEWS, _SENT = "news", "sent"
_BRACES = re.compile(r"\{([^{}]*)\}")
_TIME = re.compile(r"([01]?\d|2[0-3])[:.h]([0-5]\d)")
_LINK = re.compile(r"://|www\.|\b[\w-]+\.(?:com|net|org|info|io|me)\b", re.IGNORECASE)
_PHONE = re.compile(r"\d(?:[ ./()+-]{0,2}\d){5,}")

Values = Mapping[str, Mapping[Language, str]]
"""What was filled in: by blank, then by language. Names and times are the same in every language."""
PROBLEMS = frozenset({"empty", "too_long", "unreadable", "link", "phone", "no_time"})
"""The codes of :meth:`Blank.problems`."""


class Kind(StrEnum):
    """What stands in a blank."""

    NAME = "name"
    """The same in every language: a street, a school, a bus."""
    TIME = "time"
    """A time of day on the city's clock."""
    WORDS = "words"
    """Words of their own in every language."""


@dataclass(frozen=True, slots=True)
class Blank:
    """One thing to fill in. ``about``: what belongs there, for whoever fills it in."""

    name: str
    kind: Kind
    at_most: int
    about: Mapping[Language, str]

    def problems(self, language: Language, value: str) -> Iterator[Problem]:
        """What is wrong with a value. Numbers to call and addresses have their own, checked places."""
        field = f"{self.name}.{language}"
        if not value:
            yield Problem(field, "empty")
        elif len(value) > self.at_most:
            yield Problem(field, "too_long", {"limit": self.at_most})
        elif is_unreadable(value) or any(sign in value for sign in "{}\n\t"):
            yield Problem(field, "unreadable")
        elif self.kind is Kind.TIME and not _TIME.fullmatch(value):
            yield Problem(field, "no_time")
        elif _LINK.search(value):
            yield Problem(field, "link")
        elif _PHONE.search(value):
            yield Problem(field, "phone")


@dataclass(frozen=True, slots=True)
class Template:
    """One file; its name without the ending is ``slug``.

    ``all_clear``: what is sent when it is over; empty: nothing was prepared. ``corrects``: it takes back an earlier message, and is
    offered only there.
    """

    slug: str
    title: Mapping[Language, str]
    blanks: tuple[Blank, ...]
    texts: Mapping[Language, str]
    all_clear: Mapping[Language, str]
    sources: tuple[Source, ...]
    corrects: bool

    def cleaned(self, typed: Mapping[str, str], languages: tuple[Language, ...]) -> Values:
        """What was typed, without spaces around: ``<blank>.<language>``, or ``<blank>`` where every language has the same."""
        values: dict[str, dict[Language, str]] = {}
        for blank in self.blanks:
            each = {language: f"{blank.name}.{language}" if blank.kind is Kind.WORDS else blank.name for language in languages}
            values[blank.name] = {language: _tidy(typed.get(name, ""), blank.kind) for language, name in each.items()}
        return values

    def problems(self, values: Values) -> list[Problem]:
        """What is wrong with what was filled in; each thing once where every language has the same."""
        filled = [(blank, language, value) for blank in self.blanks for language, value in values[blank.name].items()]
        found = [problem for blank, language, value in filled for problem in blank.problems(language, value)]
        same = {blank.name for blank in self.blanks if blank.kind is not Kind.WORDS}
        shown = {problem.field if (name := problem.field.split(".")[0]) not in same else name: problem for problem in found}
        return [Problem(field, problem.code, problem.params) for field, problem in shown.items()]


def _tidy(value: str, kind: Kind) -> str:
    value = " ".join(value.split())
    if kind is Kind.TIME and (found := _TIME.fullmatch(value)):
        return f"{int(found[1]):02}:{found[2]}"
    return value


def fill(text: str, values: Values, language: Language, *, news: str | None, sent: str = "") -> str:
    """A text with its blanks filled in; what stands for the city's own facts is filled in when it is sent.

    Args:
        news: where official news are.
        sent: when the message that this one follows was sent.
    """
    known = {name: escape(each[language]) for name, each in values.items()}
    if news:
        known[_NEWS] = f"[{escape(news.removeprefix('https://').rstrip('/'))}]({news})"
    known[_SENT] = sent
    return _BRACES.sub(lambda found: known.get(found[1], found[0]), text)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _BlankFile(_Strict):
    kind: Annotated[Kind, Field(strict=False)]
    at_most: Annotated[int, Field(ge=5, le=LONGEST_BLANK)] = 60
    about: Names


class _SourceFile(_Strict):
    name: Phrase
    url: Phrase | None = None


class _TemplateFile(_Strict):
    title: Names
    blanks: dict[Code, _BlankFile] = {}
    texts: Names
    all_clear: Names | None = None
    corrects: bool = False
    sources: list[_SourceFile] = []

    @model_validator(mode="after")
    def _uses_its_blanks(self) -> Self:
        if taken := {_NEWS, _SENT, "city", "emergency", "crisis_lines"} & set(self.blanks):
            raise ValueError(f"blanks: {', '.join(sorted(taken))} is filled in by Faro")
        for language, text in self.texts.items():
            if unused := set(self.blanks) - set(_BRACES.findall(text)):
                raise ValueError(f"texts.{language}: {', '.join(sorted(unused))} is missing")
        if self.corrects and (self.all_clear or self.blanks):
            raise ValueError("corrects: such a message has neither blanks nor an all-clear")
        return self


class Templates:
    """The files of the folder, read when they are first asked for and then kept: a change needs a restart.

    Args:
        folder: the city folder.
    """

    def __init__(self, folder: Path, city: CityFacts) -> None:
        self._folder = folder
        self._city = city

    async def all(self) -> tuple[Template, ...]:
        """What can be used in this city, in the order of the files' names."""
        return (await self._shelf())[0]

    async def get(self, slug: str) -> Template:
        """One of :meth:`all`. Raises NotFound."""
        for template in await self.all():
            if template.slug == slug:
                return template
        raise NotFound

    async def mistakes(self) -> tuple[str, ...]:
        """What is wrong in the folder, one line each. Files with a mistake are left out, the others still serve."""
        return (await self._shelf())[1]

    async def _shelf(self) -> tuple[tuple[Template, ...], tuple[str, ...]]:
        return await asyncio.to_thread(lambda: self._read)

    @cached_property
    def _read(self) -> tuple[tuple[Template, ...], tuple[str, ...]]:
        found, mistakes = [], Mistakes(self._folder)
        for path in sorted((self._folder / FOLDER).glob("*.yml")):
            before = len(mistakes.lines)
            file = mistakes.read_yaml(f"{FOLDER}/{path.name}", _TemplateFile)
            for key, reason in self._unfit(file) if file else ():
                mistakes.add(f"{FOLDER}/{path.name}", key, reason)
            if file and len(mistakes.lines) == before:
                found.append(_template(path.stem, file))
        return tuple(found), tuple(mistakes.lines)

    def _unfit(self, file: _TemplateFile) -> Iterator[tuple[str, str]]:
        """Why a sound file does not serve in this city."""
        named = [("title", file.title), ("texts", file.texts)]
        named += [(f"blanks.{name}.about", blank.about) for name, blank in file.blanks.items()]
        named += [("all_clear", file.all_clear)] if file.all_clear else []
        for key, words in named:
            yield from ((f"{key}.{language}", "is missing") for language in self._city.languages if language not in words)
        follows = [("texts", file.texts, file.corrects), ("all_clear", file.all_clear or {}, True)]
        for key, texts, may_say_when in follows:
            for language, text in texts.items():
                yield from ((f"{key}.{language}", reason) for reason in self._wrong_in(text, language, file, may_say_when))

    def _wrong_in(self, text: str, language: Language, file: _TemplateFile, may_say_when: bool) -> Iterator[str]:
        if "{news}" in text and self._city.emergency.news is None:
            yield "{news} needs emergency.news in city.yml"
        if "{sent}" in text and not may_say_when:
            yield "{sent} is known only in what follows an earlier message"
        widest = {name: dict.fromkeys(self._city.languages, "x" * blank.at_most) for name, blank in file.blanks.items()}
        if language in self._city.languages:
            filled = fill(text, widest, language, news=self._city.emergency.news, sent="00:00")
            yield from (_words_of(problem) for problem in body_problems(language, filled.replace("{news}", ""), self._city))


def _words_of(problem: Problem) -> str:
    return f"{problem.code} {' '.join(str(value) for value in problem.params.values())}".strip()


def _template(slug: str, file: _TemplateFile) -> Template:
    return Template(
        slug=slug,
        title=file.title,
        blanks=tuple(Blank(name, one.kind, one.at_most, one.about) for name, one in file.blanks.items()),
        texts={language: text.strip() for language, text in file.texts.items()},
        all_clear={language: text.strip() for language, text in (file.all_clear or {}).items()},
        sources=tuple(Source(one.name, one.url) for one in file.sources),
        corrects=file.corrects,
    )
