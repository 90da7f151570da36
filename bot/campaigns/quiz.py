"""A campaign's quiz or poll: a question, some answers, and what each is answered with. The same answers in every language. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.messages import Language

QUESTION_LIMIT = 240
ANSWER_LIMIT = 40
"""Characters: an answer is a button, and phones cut longer ones."""
EXPLANATION_LIMIT = 600
FEWEST_ANSWERS, MOST_ANSWERS = 2, 4


@dataclass(frozen=True, slots=True)
class Answer:
    """A button, and what is said to whoever presses it: ``explanation``, in small markup; in a poll it may be empty."""

    answer: str
    explanation: str


@dataclass(frozen=True, slots=True)
class QuizText:
    """The quiz in one language. ``question``: plain words."""

    question: str
    answers: tuple[Answer, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written."""
        return not self.question and not self.answers


@dataclass(frozen=True, slots=True)
class Quiz:
    """A quiz in its languages. ``right``: the number of the right answer, counted from 1; None: it is a poll."""

    texts: Mapping[Language, QuizText]
    right: int | None = None

    @property
    def is_poll(self) -> bool:
        """Whether no answer is better than the others."""
        return self.right is None

    def cleaned(self) -> Quiz | None:
        """Without spaces around and empty answers; None when nothing is left."""
        texts = {language: _cleaned(text) for language, text in self.texts.items()}
        left = {language: text for language, text in texts.items() if not text.is_empty}
        return replace(self, texts=left) if left else None

    def as_plain(self) -> dict[str, object]:
        """Lists and texts only, for a hash that changes with every word."""
        return {"right": self.right, "texts": {language: _as_plain(text) for language, text in self.texts.items()}}


@dataclass(frozen=True, slots=True)
class Asked:
    """A quiz as one occurrence of a campaign asks it. ``occurrence_id`` stands in its buttons.

    ``rehearsed``: what stands there instead in a test: the beginning of another flow's payload.
    """

    occurrence_id: int
    text: QuizText
    rehearsed: str = ""

    def payload(self, number: int) -> str:
        """Of the button of an answer, counted from 1."""
        return f"{self.rehearsed or f'quiz:{self.occurrence_id}'}:{number}"


def one_line(text: str) -> str:
    """Words on one line, without spaces around. Spaces that do not break stay: French puts them before a question mark."""
    return re.sub(r"[ \t\r\n\u2028\u2029]+", " ", text).strip()


def dump_text(text: QuizText) -> str:
    """A quiz in one language as it is stored: JSON."""
    return json.dumps(_as_plain(text), ensure_ascii=False)


def load_text(stored: str) -> QuizText:
    """The reverse of :func:`dump_text`."""
    question, answers = json.loads(stored)
    return QuizText(question, tuple(Answer(*answer) for answer in answers))


def _as_plain(text: QuizText) -> list[object]:
    return [text.question, [[one.answer, one.explanation] for one in text.answers]]


def _cleaned(text: QuizText) -> QuizText:
    answers = [Answer(one_line(one.answer), one.explanation.replace("\r\n", "\n").strip()) for one in text.answers]
    return QuizText(one_line(text.question), tuple(one for one in answers if one.answer or one.explanation))
