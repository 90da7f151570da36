"""What may be shown of a quiz's answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.campaigns.quiz import Quiz
from bot.campaigns.quiz_book import QuizResults
from bot.messages import Language
from bot.suppression import suppress


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
