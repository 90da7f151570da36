"""Every guide is walked in every language: each node, each button. Nothing leads nowhere, nothing is left unsaid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from bot.city import City
from bot.conversation.cleaning import fold
from bot.conversation.flows import HelpFlow, MenuFlow, SafetyFlow, SayFlow
from bot.conversation.handoff import HandoffFlow
from bot.conversation.helplines import Helplines
from bot.conversation.rendering import Renderer, load_screens
from bot.conversation.texts import Catalogue, read_catalogue
from bot.guidance import STRUCTURES, Guide, GuideFlow, read_guides
from bot.guidance.checks import COMMON_LABELS
from bot.guidance.schema import StructureFile
from bot.messages import Address, Channel, Choice, Citizen, Flow, Language, Pseudonym, Reply, Utterance

ROOT = Path(__file__).parents[3]
NIGHT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
CITY = City.load(ROOT / "city")
CATALOGUE = Catalogue.load(ROOT / "locales", CITY.languages)
HELPLINES = Helplines(CITY, CATALOGUE)
GUIDES = read_guides(ROOT / "locales" / "guides", CITY.languages)
GUIDE_FLOW = GuideFlow(GUIDES)
RENDERER = Renderer(CATALOGUE, CITY, HELPLINES, load_screens(GUIDE_FLOW.offers))
FLOWS: Sequence[Flow] = (GUIDE_FLOW, MenuFlow(), SayFlow(CATALOGUE), HelpFlow(HELPLINES), SafetyFlow(), HandoffFlow(CITY, HELPLINES))
ENTRANCES = frozenset({"tip:start", "receipt:start", "topics:open", "know:open"})
"""Buttons that open what other packages own; each of them has its own tests."""
HARMS = sorted(GUIDES)
_MESSAGE = 4096
"""Most characters of a message in Telegram."""
_LABEL = 40
"""Most characters of a button that telephones do not cut."""


def citizen(language: Language) -> Citizen:
    return Citizen(Pseudonym("p"), language, Address(Channel.TELEGRAM, "42"), NIGHT)


async def leads_to(payload: str, language: Language) -> list[Utterance]:
    """What the press shows; raises StaleButton when it leads nowhere."""
    name, _, rest = payload.partition(":")
    (flow,) = (flow for flow in FLOWS if flow.name == name)
    return list((await flow.press(citizen(language), rest, None)).say)


def shown(said: list[Utterance], language: Language) -> list[Reply]:
    return [RENDERER.render(utterance, language, NIGHT) for utterance in said]


def choices(said: list[Utterance]) -> list[Choice]:
    return [choice for utterance in said for row in RENDERER.rows(utterance) for choice in row]


async def walk(guide: Guide, language: Language) -> dict[str, list[Utterance]]:
    """Every screen that can be reached by pressing this guide's own buttons, by payload."""
    screens: dict[str, list[Utterance]] = {}
    waiting = [f"guide:{guide.harm}"]
    while waiting:
        payload = waiting.pop()
        if payload not in screens:
            screens[payload] = await leads_to(payload, language)
            waiting += [choice.payload for choice in choices(screens[payload]) if _is_of(guide, choice.payload)]
    return screens


def _is_of(guide: Guide, payload: str) -> bool:
    return payload.split(":")[:2] == ["guide", guide.harm]


@pytest.mark.parametrize("language", CITY.languages)
@pytest.mark.parametrize("harm", HARMS)
async def test_every_button_of_every_node_leads_somewhere(harm: str, language: Language) -> None:
    screens = await walk(GUIDES[harm], language)
    assert len(screens) == len(GUIDES[harm].nodes)
    for said in screens.values():
        for choice in choices(said):
            if choice.payload not in ENTRANCES and choice.payload != "guide:back":
                assert shown(await leads_to(choice.payload, language), language)


@pytest.mark.parametrize("language", CITY.languages)
@pytest.mark.parametrize("harm", HARMS)
async def test_every_node_is_said_whole_in_its_language(harm: str, language: Language) -> None:
    own = CATALOGUE.keys(language)
    for payload, said in (await walk(GUIDES[harm], language)).items():
        for reply in shown(said, language):
            assert 0 < len(reply.text) < _MESSAGE
            labels = [fold(button.label) for row in reply.buttons for button in row]
            assert len(set(labels)) == len(labels), f"{payload}: two buttons read the same, so typing one is a guess"
            assert all(len(button.label) <= _LABEL for row in reply.buttons for button in row)
        keys = [choice.label for choice in choices(said) if choice.label and not choice.literal]
        assert {key for key in keys if key not in own} == set()


@pytest.mark.parametrize("harm", HARMS)
async def test_a_person_or_the_menu_is_one_button_away_everywhere(harm: str) -> None:
    for name, node in GUIDES[harm].nodes.items():
        payloads = {choice.payload for choice in choices(await leads_to(GUIDES[harm].payload(name), CITY.languages[0]))}
        assert "menu:open" in payloads
        assert node.end or f"handoff:open:{GUIDES[harm].need}" in payloads


@pytest.mark.parametrize("harm", HARMS)
def test_every_link_to_another_guide_finds_it(harm: str) -> None:
    """The reader leaves out buttons to guides that are not there; here none may be missing."""
    structure = StructureFile.model_validate(yaml.safe_load((STRUCTURES / f"{harm}.yml").read_text(encoding="utf-8")))
    linked = {link.target.split(":")[1] for node in structure.nodes.values() for link in node.choices if link.target.startswith("guide:")}
    assert linked <= set(GUIDES)


def test_every_harm_that_faro_understands_has_its_guide() -> None:
    opened = {choice.payload.split(":")[1] for rows in load_screens().values() for row in rows for choice in row if _opens_a_guide(choice)}
    assert opened == set(GUIDES)


def _opens_a_guide(choice: Choice) -> bool:
    return choice.payload.startswith("guide:") and choice.payload != "guide:back"


@pytest.mark.parametrize("harm", ["sextortion", "image_abuse"])
def test_where_pictures_are_used_against_people_safety_is_asked_and_the_crisis_lines_stand(harm: str) -> None:
    guide = GUIDES[harm]
    asked = [name for name, node in guide.nodes.items() if node.safety]
    assert asked
    for language in CITY.languages:
        texts = read_catalogue(ROOT / "locales" / "guides" / language / f"{harm}.yml")
        assert any("{crisis_lines}" in str(texts[f"{name}.text"]) for name in asked)


@pytest.mark.parametrize("language", CITY.languages)
def test_the_common_labels_are_in_every_catalogue(language: Language) -> None:
    assert {f"guide.common.{label}" for label in COMMON_LABELS} <= CATALOGUE.keys(language)
