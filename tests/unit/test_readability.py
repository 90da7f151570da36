"""Everything a citizen reads stays at the level of age twelve, measured with one standard index for each language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.city import City
from bot.conversation.texts import read_catalogue, read_guide_texts
from bot.messages import Language
from tests.unit.readability import SCALES, english_syllables, french_syllables, plain, sentences, spanish_syllables, words

ROOT = Path(__file__).parents[2]
CITY = City.load(ROOT / "city")
LOCALES = ROOT / "locales"
_NOT_READ_AS_TEXT = ("words.", "button.", "intent.", "command.", "guide.common.")
_ENOUGH_WORDS = 20
"""An index says little about fewer words; shorter texts count in the whole of their language."""


def texts(language: Language) -> dict[str, str]:
    """Every text of a language as it is read, by its name: the catalogue with its guides, and the city's articles."""
    leaves = read_catalogue(LOCALES / f"{language}.yml") | read_guide_texts(LOCALES / "guides" / language)
    said = {key: plain(leaf) for key, leaf in leaves.items() if isinstance(leaf, str) and not key.startswith(_NOT_READ_AS_TEXT)}
    articles = {f"article {article.slug}": plain(article.texts[language].text) for article in CITY.articles}
    return {name: text for name, text in (said | articles).items() if words(text)}


@pytest.mark.parametrize("language", CITY.languages)
def test_every_text_can_be_read_at_twelve(language: Language) -> None:
    scale = SCALES[language]
    hard = {name: round(scale.of(text), 1) for name, text in texts(language).items() if _counts(text) and not scale.allows(text)}
    assert hard == {}, f"{scale.name}, bound {scale.bound}"


@pytest.mark.parametrize("language", CITY.languages)
def test_a_language_as_a_whole_can_be_read_at_twelve(language: Language) -> None:
    assert SCALES[language].allows("\n".join(texts(language).values()))


def _counts(text: str) -> bool:
    return len(words(text)) >= _ENOUGH_WORDS


@pytest.mark.parametrize(
    ("language", "hard"),
    [
        ("en", "The municipality's administration acknowledges the notification and subsequently determines responsibilities."),
        ("fr", "L’administration municipale accusera réception de la notification et déterminera ultérieurement les responsabilités."),
        ("es", "La administración municipal confirmará la notificación y determinará posteriormente las responsabilidades."),
        ("it", "L’amministrazione municipale confermerà la notificazione e determinerà successivamente le responsabilità."),
    ],
)
def test_what_an_office_would_write_is_found_too_hard(language: str, hard: str) -> None:
    assert not SCALES[language].allows(hard)


@pytest.mark.parametrize(
    ("syllables", "spoken"),
    [
        (english_syllables, {"make": 1, "called": 1, "wanted": 2, "table": 2, "people": 2, "changes": 2, "someone": 2, "messages": 3}),
        (french_syllables, {"image": 2, "l’école": 2, "parlent": 1, "souvent": 2, "n’est": 1, "quelqu’un": 2, "personne": 2}),
        (spanish_syllables, {"imagen": 3, "policía": 4, "quien": 1, "siguiente": 3, "muy": 1, "creer": 2, "días": 2, "agüero": 3}),
    ],
)
def test_syllables_are_counted_as_they_are_spoken(syllables: Callable[[str], int], spoken: dict[str, int]) -> None:
    assert {word: syllables(word) for word in spoken} == spoken


def test_markup_addresses_and_what_others_fill_in_are_not_measured() -> None:
    assert plain("**Go** to [the page](https://example.org). {crisis_lines} Call {emergency}.") == "Go to the page.  Call 12."
    assert sentences("One idea.\nAnother one\nAnd a third. And a fourth?") == 4
