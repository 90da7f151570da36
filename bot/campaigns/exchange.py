"""Campaigns as files, so that cities can share them: the format is described in ``docs/campaigns.md``. Pure.

A file holds content only: no dates, no audience, no people, no numbers of this house. Reading one gives content or every
mistake in it, never half of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import yaml
from pydantic import ValidationError

from bot.campaigns import plain_yaml
from bot.campaigns.city import CityFacts
from bot.campaigns.drafts import CampaignDraft
from bot.campaigns.exchange_schema import FORMAT, THREAD_FORMAT, CampaignFile, CampaignPart, SeriesFile, ThreadFile
from bot.campaigns.plain_yaml import Path, PlainYamlError
from bot.campaigns.quiz import Quiz, one_line
from bot.campaigns.threads import LATE, Onward, Pace, find_faults
from bot.city import Source
from bot.messages import Language, Picture

_File = CampaignFile | SeriesFile | ThreadFile
_MODELS: Mapping[str, type[CampaignFile] | type[SeriesFile]] = {"campaign": CampaignFile, "series": SeriesFile}


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in a file. ``key``: where, such as ``texts.en``; ``code``: of :data:`REASONS`."""

    key: str
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    line: int | None = None

    def __str__(self) -> str:
        place = " ".join(filter(None, (self.key, f"(line {self.line})" if self.line else "")))
        reason = REASONS[self.code].format_map(self.params)
        return f"{place}: {reason}" if place else reason


@dataclass(frozen=True, slots=True)
class Content:
    """What a campaign says, without when and to whom. ``titles``: the title in further languages, for colleagues."""

    title: str
    topic: str
    texts: Mapping[Language, str]
    sources: tuple[Source, ...] = ()
    quiz: Quiz | None = None
    titles: Mapping[Language, str] = field(default_factory=dict)
    onward: Onward | None = None
    """How its thread goes on; None: it is no episode of one."""

    @classmethod
    def of(cls, draft: CampaignDraft) -> Content:
        """The content of a draft."""
        return cls(draft.title, draft.topic, draft.texts, draft.sources, draft.quiz, onward=draft.onward)

    def title_in(self, language: Language) -> str:
        """The title as colleagues read it who speak ``language``."""
        return self.titles.get(language, self.title)

    def draft(self, city: CityFacts, send_at: datetime, language: Language) -> CampaignDraft:
        """A draft of it for a city, titled in ``language``. What is written in other languages than the city's stays behind."""
        texts = {one: text for one, text in self.texts.items() if one in city.languages}
        written = {one: text for one, text in self.quiz.texts.items() if one in city.languages} if self.quiz else {}
        quiz = replace(self.quiz, texts=written) if self.quiz else None
        draft = CampaignDraft(self.title_in(language), self.topic, send_at, texts, quiz=quiz, sources=self.sources, onward=self.onward)
        return (replace(draft, late_after=LATE) if self.onward else draft).cleaned()


@dataclass(frozen=True, slots=True)
class Series:
    """Campaigns that follow each other, ``every_days`` days apart. All have one topic and the same sources.

    In a thread ``every_days`` is 0: each episode says how it goes on.
    """

    title: str
    every_days: int
    episodes: tuple[Content, ...]
    titles: Mapping[Language, str] = field(default_factory=dict)

    @property
    def is_thread(self) -> bool:
        """Whether each person walks it at their own pace."""
        return self.episodes[0].onward is not None

    @property
    def topic(self) -> str:
        """The topic of all episodes."""
        return self.episodes[0].topic

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where the facts of all episodes come from."""
        return self.episodes[0].sources

    def title_in(self, language: Language) -> str:
        """The title as colleagues read it who speak ``language``."""
        return self.titles.get(language, self.title)


def read(text: str) -> Content | Series | tuple[Mistake, ...]:
    """What a file says; its mistakes when there are any."""
    try:
        document = plain_yaml.read(text)
    except PlainYamlError as error:
        return (Mistake(_key(error.path), error.code, {"limit": plain_yaml.MAXIMUM_BYTES // 1024}, error.line),)
    if not isinstance(document.value, dict):
        return (Mistake("", "not_mapping"),)
    if document.value.get("format") not in (FORMAT, THREAD_FORMAT):
        return (Mistake("format", "format_unknown", {"known": f"{FORMAT}, {THREAD_FORMAT}"}),)
    kind = document.value.get("kind")
    if not isinstance(kind, str) or kind not in _MODELS:
        return (Mistake("kind", "kind_unknown", {"known": ", ".join(_MODELS)}),)
    is_thread = kind == "series" and document.value["format"] == THREAD_FORMAT and "every_days" not in document.value
    try:
        file: _File = (ThreadFile if is_thread else _MODELS[kind]).model_validate(document.value)
        built = _built(file)
        return tuple(_misled(built, document.lines)) or built
    except ValidationError as error:
        return tuple(mistake_of(problem, document.lines) for problem in error.errors(include_url=False))


def write(content: Content, left_out: Mapping[Language, Picture] | None = None) -> str:
    """The file of a campaign; :func:`read` gives the same content back. ``left_out``: pictures, noted for whoever opens it."""
    head = {"kind": "campaign", "format": int(FORMAT), **_titles(content), "topic": content.topic}
    return _note(left_out or {}) + _dump(head | _sources(content.sources) | _words(content))


def write_series(series: Series) -> str:
    """The file of a series; :func:`read` gives the same series back."""
    form = int(THREAD_FORMAT if series.is_thread else FORMAT)
    head = {"kind": "series", "format": form, **_titles(series), "topic": series.topic, **_rhythm(series)}
    episodes = [_key_of(one) | _titles(one) | _words(one) | _ways(one) for one in series.episodes]
    return _dump(head | _sources(series.sources) | {"episodes": episodes})


def _note(pictures: Mapping[Language, Picture]) -> str:
    """What the pictures show, as comments: whoever imports the file can choose their own."""
    if not pictures:
        return ""
    shown = [f"#   {language}: {one_line(picture.alt)}" for language, picture in pictures.items()]
    return "\n".join(["# The picture is not in this file. Add one of your own. It shows:", *shown]) + "\n"


def _rhythm(series: Series) -> dict[str, Any]:
    if (onward := series.episodes[0].onward) is None:
        return {"every_days": series.every_days}
    return {"starts": "date"} if onward.joining is None else {"starts": "joining", "after_days": onward.joining}


def _key_of(one: Content) -> dict[str, Any]:
    return {"id": one.onward.key} if one.onward else {}


def _ways(one: Content) -> dict[str, Any]:
    """How a thread goes on, without what goes without saying."""
    if (onward := one.onward) is None or onward.ends:
        return {}
    ways: dict[str, Any] = {"next": onward.next} if onward.next else {}
    ways["days"] = onward.days
    if onward.answers:
        ways["answers"] = {number: target or "end" for number, target in onward.answers}
    return ways | ({"after_answer": onward.pace.value} if onward.pace is not Pace.TIME else {})


def _misled(content: Content | Series, lines: Mapping[Path, int]) -> Iterator[Mistake]:
    """What is wrong with a thread's ways."""
    if not isinstance(content, Series) or not content.is_thread:
        return
    offered = [max((len(text.answers) for text in one.quiz.texts.values()), default=0) if one.quiz else 0 for one in content.episodes]
    for fault in find_faults([one.onward for one in content.episodes if one.onward], offered):
        path: Path = ("episodes", fault.index, *fault.part)
        line = next((lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in lines), None)
        yield Mistake(_key(path), fault.code, {"target": fault.target}, line)


def _built(file: _File) -> Content | Series:
    sources = tuple(Source(one.name, one.url) for one in file.sources)
    if isinstance(file, CampaignFile):
        return _content(file, file.topic, sources)
    if isinstance(file, SeriesFile):
        episodes = tuple(_content(one, file.topic, sources) for one in file.episodes)
        return Series(file.title, file.every_days, episodes, _by_language(file.titles))
    joining = [file.after_days if file.starts == "joining" else None] + [None] * len(file.episodes)
    told = zip(file.episodes, joining, strict=False)
    walked = tuple(replace(_content(one, file.topic, sources), onward=one.onward(begins)) for one, begins in told)
    return Series(file.title, 0, walked, _by_language(file.titles))


def _content(part: CampaignPart, topic: str, sources: tuple[Source, ...]) -> Content:
    quiz = part.quiz.built() if part.quiz else None
    return Content(part.title, topic, _by_language(part.texts), sources, quiz, _by_language(part.titles))


def _by_language(words: Mapping[str, str]) -> dict[Language, str]:
    return {Language(language): text for language, text in words.items()}


def mistake_of(problem: Any, lines: Mapping[Path, int]) -> Mistake:
    """Pydantic's finding in the words of :data:`REASONS`.

    Args:
        lines: where each part stands in the file; the mistake's line is that of the nearest one, None where there are none.
    """
    path = tuple(part for part in problem["loc"] if part != "[key]")
    line = next((lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in lines), None)
    code = _CODES.get(problem["type"], problem["type"])
    context = problem.get("ctx", {})
    limit = next((context[name] for name in ("max_length", "min_length", "le", "ge", "limit", "expected") if name in context), 0)
    return Mistake(_key(path), code if code in REASONS else "not_acceptable", {"limit": limit}, line)


def _key(path: Iterable[str | int]) -> str:
    """``("sources", 0, "name")`` as ``sources[1].name``: people count from 1."""
    key = ""
    for part in path:
        key += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if key else part
    return key[:120]


def _titles(one: Content | Series) -> dict[str, Any]:
    return {"title": one.title} | ({"titles": dict(one.titles)} if one.titles else {})


def _sources(sources: Iterable[Source]) -> dict[str, Any]:
    listed = [{"name": one.name} | ({"url": one.url} if one.url else {}) for one in sources]
    return {"sources": listed} if listed else {}


def _words(content: Content) -> dict[str, Any]:
    return {"texts": dict(content.texts)} | ({"quiz": _quiz(content.quiz)} if content.quiz else {})


def _quiz(quiz: Quiz) -> dict[str, Any]:
    texts = {
        language: {
            "question": text.question,
            "answers": [
                {"answer": one.answer} | ({"explanation": one.explanation} if one.explanation else {}) for one in text.answers
            ],
        }
        for language, text in quiz.texts.items()
    }
    return ({"right": quiz.right} if quiz.right else {}) | {"texts": texts}


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, as people write them."""

    def represent_text(self, text: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _Dumper.represent_text)


def _dump(document: Mapping[str, Any]) -> str:
    return str(yaml.dump(dict(document), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120))


_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "string_type": "not_text",
    "list_type": "not_list",
    "dict_type": "not_mapping",
    "model_type": "not_mapping",
    "string_too_long": "too_long",
    "string_too_short": "empty",
    "too_long": "too_many",
    "too_short": "too_few",
    "int_parsing": "not_number",
    "int_parsing_size": "not_number",
    "int_from_float": "not_number",
    "int_type": "not_number",
    "greater_than_equal": "number_too_small",
    "less_than_equal": "number_too_large",
    "string_pattern_mismatch": "not_a_code",
    "enum": "not_one_of",
    "literal_error": "not_one_of",
}
"""Pydantic's kinds of errors; kinds of our own have their name here already."""

REASONS = {
    "too_large": "the file is larger than {limit} KiB",
    "not_yaml": "this is not YAML",
    "not_plain": "only plain mappings, lists and text are read: no anchors, aliases, tags or second documents",
    "twice": "is written twice",
    "format_unknown": "the format must be {known}",
    "kind_unknown": "must be one of: {known}",
    "missing": "is missing",
    "unknown": "is not a known key; look for a spelling mistake",
    "not_text": "must be text",
    "not_list": "must be a list",
    "not_mapping": "must be a mapping of keys and values",
    "not_number": "must be a whole number",
    "number_too_small": "must be {limit} at least",
    "number_too_large": "must be {limit} at most",
    "too_long": "is longer than {limit} characters",
    "empty": "must not be empty",
    "too_many": "has more than {limit} entries",
    "too_few": "needs {limit} entries at least",
    "unreadable": "holds characters that cannot be shown",
    "not_address": "is not a web address",
    "not_a_code": "must be a short code of small letters",
    "not_one_of": "must be {limit}",
    "reserved": "cannot be called so: that word says that the thread ends",
    "answers_differ": "has not the same number of answers in every language",
    "no_such_answer": "is not the number of an answer",
    "not_explained": "has a right answer, so each answer needs an explanation",
    "thread_twice": "is the name of another episode",
    "thread_nowhere": "leads to {target}, which is no episode",
    "thread_circle": "leads back to {target}: a thread may not go round in a circle",
    "thread_unreachable": "no way leads to this episode",
    "thread_no_answer": "is not the number of an answer of this episode's quiz",
    "not_acceptable": "is not acceptable",
}
"""What may be wrong, in English for the command line; the console has the same codes in its catalogue."""
