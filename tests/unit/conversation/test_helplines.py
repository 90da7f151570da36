"""Who can I talk to: the question first, typed answers to it, and lines that say what a caller wants to know."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.city import City
from bot.conversation.cleaning import fold
from bot.conversation.flows import HelpFlow
from bot.conversation.helplines import Helplines
from bot.conversation.rendering import Renderer, load_screens
from bot.conversation.texts import Catalogue
from bot.conversation.typed import TypedButtons
from bot.messages import Address, Channel, Citizen, Language, Pseudonym, Utterance

ROOT = Path(__file__).parents[3]
LANGUAGES = tuple(Language(code) for code in ("en", "fr", "es", "it"))
EN = LANGUAGES[0]
CITY = City.load(ROOT / "city")
CATALOGUE = Catalogue.load(ROOT / "locales", LANGUAGES)
HELPLINES = Helplines(CITY, CATALOGUE)
RENDERER = Renderer(CATALOGUE, CITY, HELPLINES, load_screens())
TYPED = TypedButtons(CATALOGUE, LANGUAGES)
SATURDAY_NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
ASK = Utterance("help.ask")


def citizen(language: Language = EN) -> Citizen:
    return Citizen(Pseudonym("0" * 32), language, Address(Channel.TELEGRAM, "1"), SATURDAY_NOON)


def shown() -> dict[str, str]:
    """What the conversation remembers of the question's buttons."""
    choices = [choice for row in RENDERER.rows(ASK) for choice in row]
    return {f"={choice.answers}": choice.payload for choice in choices if choice.answers}


async def test_who_can_i_talk_to_asks_what_it_is_about() -> None:
    step = await HelpFlow(HELPLINES).press(citizen(), "lines", None)
    assert [utterance.key for utterance in step.say] == ["help.ask"]


@pytest.mark.parametrize("need", ["sextortion", "any"])
async def test_who_named_what_it_is_about_gets_the_lines_at_once(need: str) -> None:
    step = await HelpFlow(HELPLINES).press(citizen(), f"lines:{need}", None)
    assert [utterance.key for utterance in step.say] == ["help.lines"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_begins_with_danger_and_offers_just_talking(language: Language) -> None:
    buttons = [button for row in RENDERER.render(ASK, language, SATURDAY_NOON).buttons for button in row]
    assert [button.payload for button in buttons[:3]] == ["safety:emergency", "safety:crisis", "help:lines:general"]
    assert len({button.label for button in buttons}) == len(buttons)


@pytest.mark.parametrize(
    ("language", "text", "payload"),
    [
        ("en", "for my daughter", "help:lines:child"),
        ("en", "i just want to talk", "help:lines:general"),
        ("en", "Someone blackmails me with nudes", "help:lines:sextortion"),
        ("en", "i am in danger", "safety:emergency"),
        ("fr", "c’est pour ma fille", "help:lines:child"),
        ("fr", "je veux juste parler", "help:lines:general"),
        ("fr", "une arnaque", "help:lines:scam"),
        ("es", "para mi hijo", "help:lines:child"),
        ("es", "solo quiero hablar", "help:lines:general"),
        ("es", "mi ex", "help:lines:violence"),
        ("it", "per mia figlia", "help:lines:child"),
        ("it", "voglio solo parlare", "help:lines:general"),
        ("it", "mi hanno derubato", "help:lines:victim"),
    ],
)
def test_a_typed_answer_is_understood(language: str, text: str, payload: str) -> None:
    assert TYPED.payload_of(text, shown(), Language(language), None) == payload


def test_a_story_and_other_words_are_left_to_the_model() -> None:
    story = "i met a man in a game and he wants to see me and my daughter and he sent money"
    assert TYPED.payload_of(story, shown(), EN, None) is None
    assert TYPED.payload_of("is the lake frozen", shown(), EN, None) is None
    assert TYPED.payload_of("for my daughter", {}, EN, None) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_need_has_words_of_its_own(language: Language) -> None:
    needs = [sign[1:] for sign in shown()]
    words = [fold(word) for need in needs for word in CATALOGUE.words(f"words.need.{need}", language)]
    assert len(needs) == 9 and len(words) == len(set(words))


@pytest.mark.parametrize(
    ("language", "spoken", "free", "nameless"),
    [
        ("en", "in French", "free", "no name needed"),
        ("fr", "en français", "gratuit", "sans dire ton nom"),
        ("es", "en francés", "gratis", "sin decir tu nombre"),
        ("it", "in francese", "gratis", "senza dire il tuo nome"),
    ],
)
def test_a_line_says_its_language_its_cost_and_whether_it_asks_a_name(language: str, spoken: str, free: str, nameless: str) -> None:
    lines = HELPLINES.lines("child", Language(language), SATURDAY_NOON)
    assert spoken in lines and free in lines and nameless in lines


def test_hours_are_told_in_the_citys_time() -> None:
    lines = HELPLINES.lines("scam", EN, datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    assert "open now, until" in lines
    assert HELPLINES.lines("scam", EN, datetime(2026, 11, 23, 1, 0, tzinfo=UTC)) != lines


def test_a_line_that_nobody_checked_for_long_is_not_shown() -> None:
    assert HELPLINES.lines("child", EN, datetime(2028, 1, 1, tzinfo=UTC)) == ""
