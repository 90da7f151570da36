"""What may be wrong with a campaign's pictures. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from bot.campaigns.city import CityFacts
from bot.campaigns.drafts import CampaignDraft, Problem, is_unreadable
from bot.campaigns.placeholders import shown_length, units
from bot.messages import Language

ALT_LIMIT = 250
"""Characters of what a picture shows."""
CAPTION_LIMIT = 850
"""UTF-16 units of a text that stands below a picture, with its question.

Telegram takes 1,024 below a picture (core.telegram.org/bots/api#sendphoto); the rest is for why the message came.
"""


def find_picture_problems(draft: CampaignDraft, city: CityFacts) -> Iterator[Problem]:
    """Everything that keeps the pictures of a cleaned draft from being sent; nothing when it has none."""
    if not draft.pictures:
        return
    for language in city.languages:
        if language not in draft.pictures:
            yield Problem(f"pictures.{language}", "picture_language_missing")
    for language in draft.pictures:
        yield from _one(draft, language, city)


def _one(draft: CampaignDraft, language: Language, city: CityFacts) -> Iterator[Problem]:
    name, alt = f"pictures.{language}", draft.pictures[language].alt
    if language not in city.languages:
        yield Problem(name, "language_unknown")
    if not alt:
        yield Problem(name, "alt_missing")
    if is_unreadable(alt):
        yield Problem(name, "unreadable")
    if len(alt) > ALT_LIMIT:
        yield Problem(name, "alt_too_long", {"limit": ALT_LIMIT})
    if (length := caption_length(draft, language, city)) > CAPTION_LIMIT:
        yield Problem(f"texts.{language}", "caption_too_long", {"limit": CAPTION_LIMIT, "length": length})


def caption_length(draft: CampaignDraft, language: Language, city: CityFacts) -> int:
    """UTF-16 units of what stands below the picture, without the frame."""
    question = draft.quiz.texts[language].question if draft.quiz and language in draft.quiz.texts else ""
    between = 2 if question else 0
    return shown_length(draft.texts.get(language, ""), city) + between + units(question)
