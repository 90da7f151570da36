"""What may stand in a campaign's file, and how large each part may be. See :mod:`bot.campaigns.exchange`."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from bot.campaigns.drafts import TITLE_LIMIT, is_unreadable
from bot.campaigns.quiz import (
    ANSWER_LIMIT,
    EXPLANATION_LIMIT,
    FEWEST_ANSWERS,
    MOST_ANSWERS,
    QUESTION_LIMIT,
    Answer,
    Quiz,
    QuizText,
    one_line,
)
from bot.campaigns.threads import END, LONGEST_WAIT, Onward, Pace
from bot.city.articles import is_address
from bot.messages import Language

FORMAT: Final = "1"
"""The version of the format of campaigns and plain series. A file of an unknown version is refused, not guessed at."""
THREAD_FORMAT: Final = "2"
"""The version of the format that has threads; all else is as in :data:`FORMAT`."""
SOURCE_LIMIT = 160
MOST_SOURCES = 10
MOST_LANGUAGES = 30
FEWEST_EPISODES, MOST_EPISODES = 2, 12
LONGEST_PAUSE = 60
_TEXT_LIMIT = 4000


def _line(value: str) -> str:
    return _text(one_line(value))


def _text(value: str) -> str:
    if is_unreadable(value):
        raise PydanticCustomError("unreadable", "unreadable")
    if not (value := value.replace("\r\n", "\n").strip()):
        raise PydanticCustomError("empty", "empty")
    return value


def _address(value: str) -> str:
    if not is_address(value):
        raise PydanticCustomError("not_address", "not an address")
    return value


Code = Annotated[str, Field(pattern=re.compile(r"\A[a-z0-9][a-z0-9_-]{0,39}\Z"))]
LanguageCode = Annotated[str, Field(pattern=re.compile(r"\A[a-z]{2,3}\Z"))]
_Title = Annotated[str, Field(max_length=TITLE_LIMIT), AfterValidator(_line)]
_Titles = Annotated[dict[LanguageCode, _Title], Field(max_length=MOST_LANGUAGES)]


class Strict(BaseModel):
    """Refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceFile(Strict):
    """Where a fact comes from."""

    name: Annotated[str, Field(max_length=SOURCE_LIMIT), AfterValidator(_line)]
    url: Annotated[str, Field(max_length=500), AfterValidator(_address)] | None = None


class AnswerFile(Strict):
    """One answer with its explanation."""

    answer: Annotated[str, Field(max_length=ANSWER_LIMIT), AfterValidator(_line)]
    explanation: Annotated[str, Field(max_length=EXPLANATION_LIMIT), AfterValidator(_text)] = ""
    """May be missing in a poll only."""


class QuizTextFile(Strict):
    """The quiz in one language."""

    question: Annotated[str, Field(max_length=QUESTION_LIMIT), AfterValidator(_line)]
    answers: Annotated[list[AnswerFile], Field(min_length=FEWEST_ANSWERS, max_length=MOST_ANSWERS)]

    def built(self) -> QuizText:
        """As the rest of the package knows it."""
        return QuizText(self.question, tuple(Answer(one.answer, one.explanation) for one in self.answers))


class QuizFile(Strict):
    """A quiz: the same answers in every language."""

    right: Annotated[int, Field(ge=1, le=MOST_ANSWERS)] | None = None
    texts: Annotated[dict[LanguageCode, QuizTextFile], Field(min_length=1, max_length=MOST_LANGUAGES)]

    @model_validator(mode="after")
    def _fits(self) -> QuizFile:
        numbers = {len(text.answers) for text in self.texts.values()}
        if len(numbers) > 1:
            raise PydanticCustomError("answers_differ", "answers differ")
        if self.right and self.right > max(numbers):
            raise PydanticCustomError("no_such_answer", "no such answer")
        if self.right and not all(answer.explanation for text in self.texts.values() for answer in text.answers):
            raise PydanticCustomError("not_explained", "not explained")
        return self

    def built(self) -> Quiz:
        """As the rest of the package knows it."""
        return Quiz({Language(language): text.built() for language, text in self.texts.items()}, self.right)


class CampaignPart(Strict):
    """What campaigns and episodes have in common."""

    title: _Title
    titles: _Titles = {}
    texts: Annotated[
        dict[LanguageCode, Annotated[str, Field(max_length=_TEXT_LIMIT), AfterValidator(_text)]],
        Field(min_length=1, max_length=MOST_LANGUAGES),
    ]
    quiz: QuizFile | None = None


class CampaignFile(CampaignPart):
    """A file with ``kind: campaign``."""

    kind: Literal["campaign"]
    format: Literal["1", "2"]
    topic: Code
    sources: Annotated[list[SourceFile], Field(max_length=MOST_SOURCES)] = []


class SeriesPart(Strict):
    """What all kinds of series have in common."""

    kind: Literal["series"]
    title: _Title
    titles: _Titles = {}
    topic: Code
    sources: Annotated[list[SourceFile], Field(max_length=MOST_SOURCES)] = []


class SeriesFile(SeriesPart):
    """A file with ``kind: series`` whose episodes follow each other on fixed days."""

    format: Literal["1", "2"]
    every_days: Annotated[int, Field(ge=1, le=LONGEST_PAUSE)]
    episodes: Annotated[list[CampaignPart], Field(min_length=FEWEST_EPISODES, max_length=MOST_EPISODES)]


_NUMBERS = frozenset(str(number) for number in range(1, MOST_ANSWERS + 1))
_END = "end"
"""Stands where the name of an episode does: the thread ends. No episode can be called so."""


class EpisodePart(CampaignPart):
    """An episode of a thread, and how that goes on after it."""

    id: Code
    next: Code = _END
    """The episode for whoever has not answered."""
    days: Annotated[int, Field(ge=1, le=LONGEST_WAIT)] = 7
    answers: dict[str, Code] = {}
    """The number of an answer and the episode that it leads to."""
    after_answer: Pace = Pace.TIME

    def onward(self, joining: int | None) -> Onward:
        """As the rest of the package knows it."""
        ways = tuple(sorted((int(number), _target(name)) for number, name in self.answers.items()))
        return Onward(self.id, _target(self.next), self.days, ways, self.after_answer, joining)

    @field_validator("id")
    @classmethod
    def _free(cls, name: str) -> str:
        if name == _END:
            raise PydanticCustomError("reserved", "reserved")
        return name

    @field_validator("answers")
    @classmethod
    def _numbered(cls, answers: dict[str, str]) -> dict[str, str]:
        if not set(answers) <= _NUMBERS:
            raise PydanticCustomError("no_such_answer", "no such answer")
        return answers


def _target(name: str) -> str:
    return END if name == _END else name


class ThreadFile(SeriesPart):
    """A file with ``kind: series`` that is a thread."""

    format: Literal["2"]
    starts: Literal["joining", "date"]
    after_days: Annotated[int, Field(ge=0, le=LONGEST_WAIT)] = 1
    """With ``starts: joining``: days after choosing the topic."""
    episodes: Annotated[list[EpisodePart], Field(min_length=FEWEST_EPISODES, max_length=MOST_EPISODES)]
