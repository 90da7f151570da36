"""What keeps a campaign from being posted in the places that it names."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.city import CityFacts
from bot.campaigns.drafts import TEXT_LIMIT, CampaignDraft, Problem
from bot.campaigns.picture_rules import CAPTION_LIMIT
from bot.campaigns.placeholders import shown_length, units
from bot.campaigns.places.book import Place, read_places
from bot.campaigns.places.destinations import Destination
from bot.campaigns.places.tables import PlaceState
from bot.messages import Language
from bot.places import Standing


def find_place_problems(draft: CampaignDraft, city: CityFacts) -> Iterator[Problem]:
    """What the draft alone tells: a language without a text, or too many words, since answers stand in the message there. Pure."""
    for one in draft.places:
        if one.language not in draft.texts or one.language not in city.languages:
            yield Problem(f"places.{one.place}.{one.language}", "place_language_missing")
            continue
        limit = CAPTION_LIMIT if one.language in draft.pictures else TEXT_LIMIT
        if (length := posted_length(draft, one.language, city)) > limit:
            yield Problem(f"places.{one.place}.{one.language}", "place_text_too_long", {"limit": limit, "length": length})


def posted_length(draft: CampaignDraft, language: Language, city: CityFacts) -> int:
    """UTF-16 units of what is posted, without the frame: text, question and a line for each answer."""
    length = shown_length(draft.texts.get(language, ""), city)
    if draft.quiz is not None and (text := draft.quiz.texts.get(language)) is not None:
        length += 2 + units(text.question) + sum(3 + units(answer.answer) for answer in text.answers)
    return length


async def find_standing_problems(session: AsyncSession, draft: CampaignDraft) -> list[Problem]:
    """What the places themselves tell now: refused by staff, or closed to Faro."""
    places = await read_places(session, (one.place for one in draft.places))
    return [problem for one in draft.places if (problem := _problem(one, places.get(one.place))) is not None]


def _problem(chosen: Destination, place: Place | None) -> Problem | None:
    name = f"places.{chosen.place}.{chosen.language}"
    if place is None or place.state is not PlaceState.ALLOWED:
        return Problem(name, "place_not_allowed", {"place": place.title if place else "?"})
    if place.standing is not Standing.PRESENT:
        return Problem(name, "place_closed", {"place": place.title})
    if place.language != chosen.language:
        return Problem(name, "place_language_changed", {"place": place.title})
    return None
