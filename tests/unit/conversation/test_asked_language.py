"""Asking for a language in words, in every combination, and sentences that only mention one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversation.asked_language import AskedLanguage
from bot.conversation.texts import Catalogue
from bot.messages import Language

LANGUAGES = tuple(map(Language, ("en", "fr", "es", "it")))
ASKED = AskedLanguage(Catalogue.load(Path(__file__).parents[3] / "locales", LANGUAGES), LANGUAGES)

_NAMES = {
    "in {} please": ("english", "french", "spanish", "italian"),
    "can you speak {}?": ("english", "french", "spanish", "italian"),
    "tu peux parler {} stp ?": ("anglais", "français", "espagnol", "italien"),
    "je parle {}": ("anglais", "français", "espagnol", "italien"),
    "en {} por favor": ("inglés", "francés", "español", "italiano"),
    "¿hablas {}?": ("inglés", "francés", "español", "italiano"),
    "parli {}?": ("inglese", "francese", "spagnolo", "italiano"),
    "puoi scrivere in {} per favore": ("inglese", "francese", "spagnolo", "italiano"),
    "{}": ("english", "français", "castellano", "italiano"),
}
EVERY_PAIR = [(said.format(name), code) for said, names in _NAMES.items() for name, code in zip(names, LANGUAGES, strict=True)]


@pytest.mark.parametrize(("text", "code"), EVERY_PAIR)
def test_every_language_is_asked_for_in_every_other(text: str, code: Language) -> None:
    assert ASKED.payload_of(text) == f"lang:set:{code}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("switch to french", "fr"),
        ("English, not French!", "en"),
        ("no inglés, español por favor", "es"),
        ("no entiendo inglés", "es"),
        ("i don't understand italian", "en"),
        ("je ne comprends pas l'anglais", "fr"),
        ("je comprends pas langlais", None),
        ("non capisco lo spagnolo", "it"),
    ],
)
def test_who_refuses_a_language_is_answered_in_the_other_one(text: str, code: str | None) -> None:
    assert ASKED.payload_of(text) == (code and f"lang:set:{code}")


@pytest.mark.parametrize("text", ["i dont speak english", "english or spanish", "do you speak german?", "parlez-vous arabe ?"])
def test_where_it_is_not_clear_which_the_person_chooses(text: str) -> None:
    assert ASKED.payload_of(text) == "lang:open"


@pytest.mark.parametrize(
    "text",
    [
        "my french teacher hits us",
        "he writes to me in Italian",
        "they said i am not english",
        "an english man followed me",
        "is there a helpline in french",
        "mon prof d'anglais m'insulte",
        "il m'écrit en anglais",
        "je suis français",
        "mi profe de inglés me grita",
        "me escribe en inglés",
        "soy español",
        "il mio professore di francese",
        "mi scrive in inglese",
        "sono italiano",
        "please",
        "no",
    ],
)
def test_sentences_that_mention_a_language_ask_for_none(text: str) -> None:
    assert ASKED.payload_of(text) is None


@pytest.mark.parametrize(("text", "asks"), [("en español por favor", True), ("can you write french", True), ("je parle français", False)])
def test_inside_a_flow_only_words_that_ask_count(text: str, asks: bool) -> None:
    assert (ASKED.payload_of(text, aloud=True) is not None) is asks
