"""A quiz's form: what was typed, and the quiz that it makes. And what is shown of its results. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.campaigns.quiz import MOST_ANSWERS, Answer, Quiz, QuizText
from bot.campaigns.quiz_book import QuizResults
from bot.city import City
from bot.console.forms import Form
from bot.messages import Language
from bot.suppression import suppress

_EMPTY = Answer("", "")


@dataclass(frozen=True)
class QuizForm:
    """The fields as typed: for each language the question and always the most answers there may be."""

    texts: Mapping[Language, QuizText]
    right: int | None

    @classmethod
    def of(cls, quiz: Quiz | None, city: City) -> QuizForm:
        """The form that shows a quiz, or an empty one."""
        written = quiz.texts if quiz else {}
        return cls({one: _filled_up(written.get(one)) for one in city.languages}, quiz.right if quiz else None)

    @classmethod
    def read(cls, form: Form, city: City) -> QuizForm:
        """What was typed."""
        right = form["right"]
        known = tuple(str(number) for number in range(1, MOST_ANSWERS + 1))
        return cls({one: _typed(form, one) for one in city.languages}, int(right) if right in known else None)

    @property
    def quiz(self) -> Quiz | None:
        """The quiz that it makes; None when nothing is written."""
        return Quiz(self.texts, self.right).cleaned()


@dataclass(frozen=True)
class Bar:
    """One answer's result. ``count`` None: hidden. ``width``: percent of the longest bar."""

    answer: str
    right: bool
    count: int | None
    width: int


@dataclass(frozen=True)
class ShownResults:
    """What may be shown. ``total`` None: too few answered. ``by_language``: empty when one number in it would be too small."""

    total: int | None
    bars: tuple[Bar, ...]
    by_language: Mapping[Language, tuple[int, ...]]


def shown_results(quiz: Quiz, results: QuizResults, language: Language, minimum: int) -> ShownResults:
    """The results with small numbers hidden, answers in ``language``.

    By language nothing is shown as soon as one number would have to be hidden: the sums above would give it away.
    """
    text = quiz.texts.get(language) or next(iter(quiz.texts.values()))
    numbers = range(1, len(text.answers) + 1)
    table = suppress({number: results.by_answer[number] for number in numbers}, minimum)
    if table.total is None or table.total < minimum:
        return ShownResults(None, (), {})
    longest = max((count for count in table.cells.values() if count), default=1)
    bars = [Bar(text.answers[n - 1].answer, quiz.right == n, table.cells[n], 100 * (table.cells[n] or 0) // longest) for n in numbers]
    languages = {one: tuple(counts.get(number, 0) for number in numbers) for one, counts in results.by_language.items()}
    small = any(0 < count < minimum for counts in languages.values() for count in counts)
    return ShownResults(table.total, tuple(bars), {} if small else dict(sorted(languages.items())))


def _filled_up(text: QuizText | None) -> QuizText:
    answers = text.answers if text else ()
    return QuizText(text.question if text else "", (*answers, *[_EMPTY] * (MOST_ANSWERS - len(answers))))


def _typed(form: Form, language: Language) -> QuizText:
    answers = [Answer(form[f"answer_{language}_{n}"], form[f"explanation_{language}_{n}"]) for n in range(1, MOST_ANSWERS + 1)]
    return QuizText(form[f"question_{language}"], tuple(answers))
