"""What may be wrong with a campaign's quiz. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from bot.campaigns.city import CityFacts
from bot.campaigns.drafts import TEXT_LIMIT, CampaignDraft, Problem, body_problems, is_unreadable
from bot.campaigns.placeholders import shown_length, units
from bot.campaigns.quiz import ANSWER_LIMIT, EXPLANATION_LIMIT, FEWEST_ANSWERS, MOST_ANSWERS, QUESTION_LIMIT, Answer, Quiz, QuizText
from bot.messages import Language


def find_quiz_problems(draft: CampaignDraft, city: CityFacts) -> Iterator[Problem]:
    """Everything that keeps the quiz of a cleaned draft from being sent; nothing when it has none."""
    if draft.quiz is None:
        return
    yield from _whole(draft.quiz, city.languages)
    for language, text in draft.quiz.texts.items():
        name = f"quiz.{language}"
        if language not in city.languages:
            yield Problem(name, "language_unknown")
        yield from _one(name, text, draft.quiz.is_poll, city)
        if shown_length(draft.texts.get(language, ""), city) + units(text.question) > TEXT_LIMIT:
            yield Problem(name, "quiz_and_text_too_long", {"limit": TEXT_LIMIT})


def _whole(quiz: Quiz, languages: tuple[Language, ...]) -> Iterator[Problem]:
    for language in languages:
        if language not in quiz.texts:
            yield Problem(f"quiz.{language}", "quiz_language_missing")
    numbers = {len(text.answers) for text in quiz.texts.values()}
    if len(numbers) > 1:
        yield Problem("quiz", "quiz_answers_differ")
    if quiz.right is not None and not 1 <= quiz.right <= max(numbers):
        yield Problem("quiz.right", "quiz_right_unknown")


def _one(name: str, text: QuizText, is_poll: bool, city: CityFacts) -> Iterator[Problem]:
    if not text.question:
        yield Problem(name, "quiz_question_missing")
    if is_unreadable(text.question):
        yield Problem(name, "unreadable")
    if len(text.question) > QUESTION_LIMIT:
        yield Problem(name, "quiz_question_too_long", {"limit": QUESTION_LIMIT})
    if not FEWEST_ANSWERS <= len(text.answers) <= MOST_ANSWERS:
        yield Problem(name, "quiz_answers_number", {"fewest": FEWEST_ANSWERS, "most": MOST_ANSWERS})
    for number, answer in enumerate(text.answers, start=1):
        yield from _answer(name, number, answer, city)
        if not answer.answer or not (answer.explanation or is_poll):
            yield Problem(name, "quiz_answer_wordless" if is_poll else "quiz_answer_incomplete", {"number": number})


def _answer(name: str, number: int, answer: Answer, city: CityFacts) -> Iterator[Problem]:
    if is_unreadable(answer.answer):
        yield Problem(name, "unreadable")
    if len(answer.answer) > ANSWER_LIMIT or len(answer.explanation) > EXPLANATION_LIMIT:
        yield Problem(name, "quiz_answer_too_long", {"number": number, "limit": ANSWER_LIMIT, "most": EXPLANATION_LIMIT})
    yield from body_problems(name, answer.explanation, city)
