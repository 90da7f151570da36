"""Pictures in a draft: in every language, described, short enough below, and part of what is approved."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.campaigns.drafts import CampaignDraft, content_hash
from bot.campaigns.picture_rules import ALT_LIMIT, CAPTION_LIMIT, find_picture_problems
from bot.channels.telegram.photos import LONGEST_CAPTION
from bot.city import City
from bot.conversation.texts import Catalogue
from bot.markup import to_plain
from bot.messages import Language, Picture
from tests.unit.campaigns.kit import EN, FR, QUIZ, SmallCity, draft

ROOT = Path(__file__).parents[3]
BIKE, BOAT = "b" * 64, "c" * 64
PICTURES = {EN: Picture(BIKE, "A bike with two locks."), FR: Picture(BIKE, "Un vélo avec deux antivols.")}


def problems(**changes: object) -> list[tuple[str, str]]:
    cleaned = draft(pictures=PICTURES).cleaned() if not changes else draft(**{"pictures": PICTURES} | changes).cleaned()
    return [(problem.field, problem.code) for problem in find_picture_problems(cleaned, SmallCity())]


def test_a_described_picture_in_every_language_has_no_problem() -> None:
    assert problems() == []


def test_a_campaign_without_pictures_may_be_long() -> None:
    assert problems(pictures={}, texts={EN: "x" * (CAPTION_LIMIT + 1), FR: "x"}) == []


@pytest.mark.parametrize(
    ("pictures", "expected"),
    [
        ({EN: PICTURES[EN]}, ("pictures.fr", "picture_language_missing")),
        (PICTURES | {FR: Picture(BIKE, "  ")}, ("pictures.fr", "alt_missing")),
        (PICTURES | {FR: Picture(BIKE, "x" * (ALT_LIMIT + 1))}, ("pictures.fr", "alt_too_long")),
        (PICTURES | {EN: Picture(BIKE, "\x07")}, ("pictures.en", "unreadable")),
        (PICTURES | {Language("de"): Picture(BIKE, "Ein Rad.")}, ("pictures.de", "language_unknown")),
    ],
)
def test_each_problem_is_named(pictures: dict[Language, Picture], expected: tuple[str, str]) -> None:
    assert problems(pictures=pictures) == [expected]


def test_text_and_question_fit_below_the_picture_as_telegram_counts() -> None:
    question = QUIZ.texts[EN].question
    fits = "🚲" * ((CAPTION_LIMIT - 2 - len(question)) // 2)
    assert problems(quiz=QUIZ, texts={EN: fits, FR: "x"}) == []
    assert problems(quiz=QUIZ, texts={EN: fits + "xx", FR: "x"}) == [("texts.en", "caption_too_long")]


def test_what_is_filled_in_counts_as_long_as_it_can_become() -> None:
    text = "x" * (CAPTION_LIMIT - 100)
    assert problems(texts={EN: f"**{text}**", FR: "x"}) == []
    assert problems(texts={EN: text + "{crisis_lines}", FR: "x"}) == [("texts.en", "caption_too_long")]


def _hash(changed: CampaignDraft) -> str:
    return content_hash(changed.cleaned(), "Europe/Paris")


def test_an_approval_binds_to_the_picture_and_to_what_is_said_about_it() -> None:
    seen = {
        _hash(draft()),
        _hash(draft(pictures=PICTURES)),
        _hash(draft(pictures=PICTURES | {FR: Picture(BOAT, PICTURES[FR].alt)})),
        _hash(draft(pictures=PICTURES | {FR: Picture(BIKE, "Un bateau.")})),
        _hash(draft(pictures={EN: PICTURES[EN]})),
    }
    assert len(seen) == 5


def test_the_longest_caption_fits_on_telegram_with_everything_that_is_around_it() -> None:
    city = City.load(ROOT / "city")
    catalogue = Catalogue.load(ROOT / "locales", city.languages)
    for language in city.languages:
        longest = max((city.label("topic", topic, language) for topic in city.topics), key=len)
        framed = catalogue.say("campaign.message", language, {"body": "x" * CAPTION_LIMIT, "topic": longest})
        assert len(to_plain(f"{catalogue.say('campaign.test', language)}\n\n{framed}")) <= LONGEST_CAPTION
