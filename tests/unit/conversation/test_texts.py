"""Catalogues: plural forms, parameters, and the same keys in every language."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from bot.conversation.rendering import load_screens
from bot.conversation.texts import Catalogue, Leaf, read_catalogue
from bot.errors import SettingsError
from bot.messages import Language

LOCALES = Path(__file__).parents[3] / "locales"
EN, IT = Language("en"), Language("it")
CATALOGUE = Catalogue(
    {EN: {"n": {"one": "{count} tip", "other": "{count} tips"}, "a.b": "hi {name}", "yes": ["y"]}, IT: {"a.b": "ciao {name}"}}, EN
)


def test_count_chooses_the_plural_form() -> None:
    assert [CATALOGUE.say("n", EN, {"count": count}) for count in (0, 1, 2)] == ["0 tips", "1 tip", "2 tips"]


def test_a_missing_key_falls_back_to_the_default_language() -> None:
    assert CATALOGUE.say("n", IT, {"count": 1}) == "1 tip"
    assert CATALOGUE.say("a.b", IT, {"name": "x"}) == "ciao x"


def test_a_missing_parameter_is_an_error() -> None:
    with pytest.raises(KeyError):
        CATALOGUE.say("a.b", EN)


def test_dates_are_written_as_the_language_does() -> None:
    assert CATALOGUE.day(date(2026, 11, 3), IT) == "3 novembre 2026"


def test_a_leaf_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "en.yml").write_text("a: {b: yes}")
    with pytest.raises(SettingsError, match=r"a\.b must be text"):
        read_catalogue(tmp_path / "en.yml")


def test_the_texts_of_guides_stand_under_their_harm_and_node(tmp_path: Path) -> None:
    (tmp_path / "en.yml").write_text("a: A")
    (tmp_path / "guides" / "en").mkdir(parents=True)
    (tmp_path / "guides" / "en" / "hate.yml").write_text("title: T\nme: {text: Hi., choices: {one: One, other: Other}}")
    catalogue = Catalogue.load(tmp_path, [EN])
    assert catalogue.say("guide.hate.title", EN) == "T"
    assert catalogue.say("guide.hate.me.choices.other", EN) == "Other"


def test_a_screen_leaves_out_what_this_faro_does_not_offer() -> None:
    shown = load_screens(lambda payload: not payload.startswith("guide:"))
    everything = load_screens()
    assert any(choice.payload == "guide:scam" for row in everything["utter_scam"] for choice in row)
    assert not any(choice.payload.startswith("guide:") for rows in shown.values() for row in rows for choice in row)
    assert all(row for rows in shown.values() for row in rows)


def _catalogues() -> list[tuple[str, str]]:
    return [(kind, path.stem) for kind in (".", "console") for path in sorted((LOCALES / kind).glob("*.yml")) if path.stem != "en"]


def _parameters(leaf: Leaf) -> set[str]:
    texts = leaf.values() if isinstance(leaf, dict) else leaf if isinstance(leaf, list) else [leaf]
    return {name for text in texts for name in re.findall(r"{(\w+)}", text)}


@pytest.mark.parametrize(("kind", "language"), _catalogues())
def test_every_language_has_the_same_keys(kind: str, language: str) -> None:
    english = read_catalogue(LOCALES / kind / "en.yml")
    other = read_catalogue(LOCALES / kind / f"{language}.yml")
    assert sorted(english.keys() ^ other.keys()) == []


@pytest.mark.parametrize(("kind", "language"), _catalogues())
def test_every_language_uses_the_same_parameters(kind: str, language: str) -> None:
    english = read_catalogue(LOCALES / kind / "en.yml")
    other = read_catalogue(LOCALES / kind / f"{language}.yml")
    odd = {key for key in english.keys() & other.keys() if _parameters(english[key]) != _parameters(other[key])}
    assert sorted(odd) == []


def test_every_screen_has_its_text_and_every_button_its_label() -> None:
    english = read_catalogue(LOCALES / "en.yml")
    for key, rows in load_screens().items():
        assert key in english
        for choice in (choice for row in rows for choice in row):
            parts = choice.payload.split(":")
            labels = [choice.label, *(f"button.{'.'.join(parts[:length])}" for length in range(len(parts), 0, -1)), f"intent.{parts[-1]}"]
            assert any(label in english for label in labels), choice.payload
