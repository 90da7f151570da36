"""What people will get, for the pages that show it: made by the very code that sends."""

from __future__ import annotations

from dataclasses import dataclass

from bot.campaigns.drafts import CampaignDraft
from bot.campaigns.quiz import Asked, QuizText
from bot.campaigns.tables import EMERGENCY
from bot.console.visit import Visit
from bot.messages import Language, Reply


@dataclass(frozen=True)
class Preview:
    """A message in one language. ``reply`` None: nothing is written in it, or the topic is gone. ``explanations``: filled in."""

    language: Language
    reply: Reply | None
    quiz: QuizText | None
    explanations: tuple[str, ...] = ()


def previews(visit: Visit, draft: CampaignDraft) -> list[Preview]:
    """The message in each of the city's languages."""
    return [_preview(visit, draft, language) for language in visit.services.city.languages]


def _preview(visit: Visit, draft: CampaignDraft, language: Language) -> Preview:
    quiz = draft.quiz.texts.get(language) if draft.quiz else None
    body, picture = draft.texts.get(language, ""), draft.pictures.get(language)
    if draft.topic not in (*visit.services.city.topics, EMERGENCY) or not (body or quiz or picture):
        return Preview(language, None, quiz)
    fill = visit.services.placeholders.fill
    explained = tuple(fill(answer.explanation, language) for answer in quiz.answers) if quiz else ()
    reply = visit.services.compose(body, language, draft.topic, Asked(0, quiz) if quiz else None, picture)
    return Preview(language, reply, quiz, explained)
