"""A quiz's form: what was typed, and the quiz that it makes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.campaigns.quiz import MOST_ANSWERS, Answer, Quiz, QuizText
from bot.city import City
from bot.console.forms import Form
from bot.messages import Language

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


def _filled_up(text: QuizText | None) -> QuizText:
    answers = text.answers if text else ()
    return QuizText(text.question if text else "", (*answers, *[_EMPTY] * (MOST_ANSWERS - len(answers))))


def _typed(form: Form, language: Language) -> QuizText:
    answers = [Answer(form[f"answer_{language}_{n}"], form[f"explanation_{language}_{n}"]) for n in range(1, MOST_ANSWERS + 1)]
    return QuizText(form[f"question_{language}"], tuple(answers))
