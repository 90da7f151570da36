"""Telling languages apart: right almost always, silent where it is not sure, and no language that the city does not speak."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.conversation.language import LanguageGuesser
from bot.messages import Language

ROOT = Path(__file__).parents[3]
EN, FR, ES, IT = (Language(code) for code in ("en", "fr", "es", "it"))


@pytest.fixture(scope="module")
def guesser() -> LanguageGuesser:
    return LanguageGuesser([EN, FR, ES, IT])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("someone nicked my bike from the station", EN),
        ("on m’a volé mon vélo devant la gare", FR),
        ("me han robado la bici en la estación", ES),
        ("mi hanno rubato la bici alla stazione", IT),
        ("thanks", EN),
        ("merci", FR),
        ("gracias", ES),
        ("grazie", IT),
    ],
)
def test_a_message_is_in_its_language(guesser: LanguageGuesser, text: str, language: Language) -> None:
    assert guesser.guess(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "Mein Fahrrad wurde gestern am Bahnhof gestohlen",
        "Alguém está a pedir dinheiro pelo WhatsApp",
        "Algú m’està amenaçant per Instagram",
        "Mi-a fost furată bicicleta ieri",
        "Ktoś grozi mi w internecie",
        "Мой велосипед украли",
    ],
)
def test_a_language_that_the_city_does_not_speak_is_taken_for_none(guesser: LanguageGuesser, text: str) -> None:
    assert guesser.guess(text) is None


@pytest.mark.parametrize("text", ["", "ok", "the", "👍👍👍👍👍", "12 34 56", "Instagram", "no no no", "a\0b", "x" * 5000])
def test_what_belongs_to_no_language_leaves_the_persons(guesser: LanguageGuesser, text: str) -> None:
    assert guesser.guess(text) is None


def test_only_the_beginning_of_a_long_message_counts(guesser: LanguageGuesser) -> None:
    assert guesser.guess("someone took my bike from the cellar. " * 11 + "on m’a volé mon vélo devant la gare. " * 400) == EN


def test_an_unknown_language_of_the_city_is_no_mistake() -> None:
    assert LanguageGuesser([EN, Language("xx")]).guess("someone nicked my bike from the station") == EN


def test_training_messages_are_told_apart(guesser: LanguageGuesser) -> None:
    counted = Counter(
        "none" if (guessed := guesser.guess(text)) is None else guessed == language for language, text in _training_messages()
    )
    assert counted[True] > 0.96 * counted.total()
    assert counted[False] < 0.004 * counted.total()


def _training_messages() -> list[tuple[Language, str]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    files = [(language, file) for language in (EN, FR, ES, IT) for file in (ROOT / "nlu" / language).glob("*.yml")]
    intents = [(language, intent) for language, file in files for intent in yaml.load(file.read_text(), loader)["nlu"]]
    return [(language, line.removeprefix("- ")) for language, intent in intents for line in intent.get("examples", "").splitlines()]
