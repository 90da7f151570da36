"""Where a campaign is posted, and what became of that, for the page of the campaign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.campaigns.drafts import CampaignDraft
from bot.campaigns.places.book import Place
from bot.campaigns.places.destinations import Destination
from bot.campaigns.places.tables import POST_REASONS
from bot.campaigns.quiz import Asked
from bot.campaigns.tables import EMERGENCY
from bot.console.preview import Preview
from bot.console.visit import Visit
from bot.messages import Language


@dataclass(frozen=True)
class Shown:
    """A place that a campaign names, with what will stand there; ``place`` None: nobody knows it any more."""

    place: Place | None
    language: Language
    preview: Preview


async def places_of(visit: Visit, below: str, campaign_id: int, draft: CampaignDraft) -> dict[str, Any]:
    """What the page shows about places: before it fires the campaign as it will stand there, then what became of it.

    ``below``: where the page is, such as ``/campaigns``.
    """
    known = {place.id: place for place in await visit.services.places.list()} if draft.places else {}
    return {
        "destinations": [_shown(visit, draft, one, known.get(one.place)) for one in draft.places],
        "posts": await visit.services.posts.of_campaign(campaign_id) if draft.places else [],
        "posts_below": below,
        "place_reasons": POST_REASONS,
        "now": visit.services.clock(),
    }


def _shown(visit: Visit, draft: CampaignDraft, one: Destination, place: Place | None) -> Shown:
    language, quiz = one.language, draft.quiz.texts.get(one.language) if draft.quiz else None
    body = draft.texts.get(language, "")
    if not body or draft.topic not in (*visit.services.city.topics, EMERGENCY):
        return Shown(place, language, Preview(language, None, None))
    asked, picture = Asked(0, quiz) if quiz else None, draft.pictures.get(language)
    return Shown(place, language, Preview(language, visit.services.publish(body, language, draft.topic, asked, picture), None))
