"""Templates for emergencies: blanks are checked, wrong files are left out and named, the example city's are as promised."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.campaigns.emergency_templates import Blank, Kind, Templates, fill
from bot.city import City, EmergencyRules
from bot.markup import to_html, to_plain
from tests.unit.campaigns.kit import EN, FR, SmallCity

ROOT = Path(__file__).parents[3]
FLOOD = {"place": "Quay 2", "until": "9:05"}
CITY = replace(SmallCity(), emergency=EmergencyRules(news="https://news.example/now"))
_FLOOD_FILE = """
title: {en: Flood, fr: Inondation}
blanks:
  place: {kind: name, at_most: 20, about: {en: Where, fr: Où}}
  until: {kind: time, at_most: 5, about: {en: When, fr: Quand}}
texts:
  en: "**Flood at {place} until {until}.** Call {emergency}. {news}"
  fr: "**Inondation à {place} jusqu’à {until}.** Appelle le {emergency}. {news}"
all_clear:
  en: The warning of {sent} for {place} is over.
  fr: L’alerte de {sent} pour {place} est finie.
"""
_OOPS_FILE = """
title: {en: Sorry, fr: Pardon}
corrects: true
texts: {en: "Our message from {sent} was wrong.", fr: "Notre message de {sent} était une erreur."}
"""


def written(folder: Path, **files: str) -> Path:
    """A city folder with these templates, besides a flood and a correction."""
    (folder / "emergencies").mkdir()
    for name, text in ({"flood": _FLOOD_FILE, "oops": _OOPS_FILE} | files).items():
        (folder / "emergencies" / f"{name}.yml").write_text(text)
    return folder


async def test_blanks_are_filled_in_and_nothing_typed_becomes_markup(tmp_path: Path) -> None:
    flood = await Templates(written(tmp_path), CITY).get("flood")
    values = flood.cleaned({"place": "  **Quay**  2 ", "until": "9h05"}, CITY.languages)
    assert flood.problems(values) == []
    text = fill(flood.texts[EN], values, EN, news=CITY.emergency.news)
    assert to_plain(text) == "Flood at **Quay** 2 until 09:05. Call {emergency}. news.example/now (https://news.example/now)"
    assert to_html(text).count("<b>") == 1


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        (Kind.NAME, "", "empty"),
        (Kind.NAME, "x" * 21, "too_long"),
        (Kind.NAME, "the {crisis_lines}", "unreadable"),
        (Kind.NAME, "see evil.com", "link"),
        (Kind.WORDS, "https://evil", "link"),
        (Kind.WORDS, "call 06 12 34 56", "phone"),
        (Kind.TIME, "25:00", "no_time"),
        (Kind.NAME, "Quay 75001, bus 12", None),
        (Kind.TIME, "23:59", None),
    ],
)
def test_what_may_stand_in_a_blank(kind: Kind, value: str, code: str | None) -> None:
    found = [problem.code for problem in Blank("place", kind, 20, {}).problems(EN, value)]
    assert found == ([code] if code else [])


async def test_words_are_asked_for_in_each_language_and_names_once(tmp_path: Path) -> None:
    words = _FLOOD_FILE.replace("kind: name", "kind: words")
    templates = Templates(written(tmp_path, words=words), CITY)
    flood, words_too = await templates.get("flood"), await templates.get("words")
    assert [one.field for one in flood.problems(flood.cleaned({}, CITY.languages))] == ["place", "until"]
    typed = {"place.en": "the quay", "until": "9:05"}
    assert [one.field for one in words_too.problems(words_too.cleaned(typed, CITY.languages))] == ["place.fr"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((", fr: Inondation", ""), "title.fr: is missing"),
        (("at {place} until", "until"), "place is missing"),
        (("Call {emergency}", "Call {helpline}"), "placeholder_unknown {helpline}"),
        (("Call {emergency}", "At {sent} call"), "{sent} is known only"),
        (("at_most: 20", "at_most: 500"), "blanks.place.at_most"),
        (("{news}", "http://evil.example"), "link_not_https"),
    ],
)
async def test_a_file_with_a_mistake_is_left_out_and_named(tmp_path: Path, change: tuple[str, str], reason: str) -> None:
    templates = Templates(written(tmp_path, wrong=_FLOOD_FILE.replace(*change)), CITY)
    assert [one.slug for one in await templates.all()] == ["flood", "oops"]
    assert reason in "\n".join(await templates.mistakes())


async def test_news_need_an_address_of_the_city(tmp_path: Path) -> None:
    templates = Templates(written(tmp_path), SmallCity())
    assert [one.slug for one in await templates.all()] == ["oops"]
    assert "emergency.news" in "\n".join(await templates.mistakes())


async def test_the_example_citys_templates_are_ready_calm_and_short() -> None:
    city = City.load(ROOT / "city")
    templates = Templates(ROOT / "city", city)
    ready = await templates.all()
    assert await templates.mistakes() == ()
    assert len(ready) == len(list((ROOT / "city" / "emergencies").iterdir())) >= 7
    for template in ready:
        assert template.sources or template.corrects
        for texts in (template.texts, template.all_clear):
            for language, text in texts.items():
                place = f"{template.slug} {language}"
                assert "!" not in text and not re.search(r"\d", text), place
                assert "{news}" in text, place
                assert len(text.split()) <= 95 and text.startswith("**"), place
    assert FR in city.languages
