"""What a campaign says, as the API takes and gives it: the same keys as in a campaign's file (``docs/campaigns.md``).

What comes in is checked like a file. What goes out may be unfinished, since officers keep unfinished drafts in the console.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from bot.campaigns.exchange import Content, Series
from bot.campaigns.exchange_schema import FORMAT, MOST_SOURCES, CampaignPart, Code, SourceFile
from bot.campaigns.quiz import Quiz
from bot.city import Source
from bot.messages import Language

Texts = dict[Language, str]


class ContentBody(CampaignPart):
    """A file with `kind: campaign`, as JSON."""

    kind: Literal["campaign"] = "campaign"
    format: Literal[1, "1"] = 1
    topic: Code
    sources: Annotated[tuple[SourceFile, ...], Field(max_length=MOST_SOURCES)] = ()

    def built(self) -> Content:
        """As the rest of Faro knows it."""
        return Content(
            title=self.title,
            topic=self.topic,
            texts={Language(language): text for language, text in self.texts.items()},
            sources=tuple(Source(one.name, one.url) for one in self.sources),
            quiz=self.quiz.built() if self.quiz else None,
            titles={Language(language): title for language, title in self.titles.items()},
        )


class SourceShown(BaseModel):
    """Where a fact comes from."""

    name: str
    url: str | None


class AnswerShown(BaseModel):
    """One answer of a quiz. In a poll it may have no explanation."""

    answer: str
    explanation: Annotated[str, Field(exclude_if=lambda text: not text)] = ""


class QuizTextShown(BaseModel):
    """A quiz in one language."""

    question: str
    answers: list[AnswerShown]


class QuizShown(BaseModel):
    """A quiz, or a poll: then `right` is null."""

    right: int | None
    texts: dict[Language, QuizTextShown]

    @classmethod
    def of(cls, quiz: Quiz) -> QuizShown:
        """Of a campaign's quiz."""
        texts = {
            language: QuizTextShown(
                question=text.question, answers=[AnswerShown(answer=one.answer, explanation=one.explanation) for one in text.answers]
            )
            for language, text in quiz.texts.items()
        }
        return cls(right=quiz.right, texts=texts)


class EpisodeShown(BaseModel):
    """What one message says."""

    title: str
    titles: Texts
    texts: Texts
    quiz: QuizShown | None

    @classmethod
    def of(cls, content: Content) -> EpisodeShown:
        """Of one message."""
        quiz = QuizShown.of(content.quiz) if content.quiz else None
        return cls(title=content.title, titles=dict(content.titles), texts=dict(content.texts), quiz=quiz)


class ContentShown(EpisodeShown):
    """A campaign's content. It can be sent back as it is once it is complete."""

    kind: Literal["campaign"]
    format: Literal["1"]
    topic: str
    sources: list[SourceShown]

    @classmethod
    def of(cls, content: Content) -> ContentShown:
        """Of a campaign."""
        words = EpisodeShown.of(content)
        head = {"kind": "campaign", "format": FORMAT, "topic": content.topic, "sources": _sources(content.sources)}
        return cls.model_validate(words.model_dump() | head)


class SeriesShown(BaseModel):
    """The content of a series of the library."""

    kind: Literal["series"]
    format: Literal["1"]
    title: str
    titles: Texts
    topic: str
    every_days: int
    sources: list[SourceShown]
    episodes: list[EpisodeShown]

    @classmethod
    def of(cls, series: Series) -> SeriesShown:
        """Of a series."""
        return cls(
            kind="series",
            format=FORMAT,
            title=series.title,
            titles=dict(series.titles),
            topic=series.topic,
            every_days=series.every_days,
            sources=_sources(series.sources),
            episodes=[EpisodeShown.of(one) for one in series.episodes],
        )


def _sources(sources: tuple[Source, ...]) -> list[SourceShown]:
    return [SourceShown(name=one.name, url=one.url) for one in sources]
