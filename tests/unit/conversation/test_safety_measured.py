"""How well the safety net does: known messages stay found, idioms and questions stay harmless, and what it answers with is short."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from bot.city import City
from bot.conversation.cleaning import fold
from bot.conversation.helplines import Helplines
from bot.conversation.safety import Danger, SafetyNet
from bot.conversation.texts import Catalogue
from bot.messages import Language

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "locales" / "safety"
LANGUAGES = tuple(Language(path.stem) for path in sorted(FOLDER.glob("*.yml")))
NET = SafetyNet.load(FOLDER, LANGUAGES)
CATALOGUE = Catalogue.load(ROOT / "locales", LANGUAGES)
HELPLINES = Helplines(City.load(ROOT / "city"), CATALOGUE)
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

ACUTE = frozenset({Danger.EMERGENCY, Danger.SUICIDE})
DANGERS = frozenset({"suicide_risk", "emergency"})
FALSE_ALARMS = 0.004
"""Greatest share of the training messages about anything else that the net takes for a danger, in each language."""
WRITTEN_HEARD = 0.97
"""Least share of the messages in ``data/safety_*.tsv`` about a danger that the net hears, if only to ask about it, in each language."""
WRITTEN_FOUND = 0.92
"""Least share of them that it answers at once with a fixed text. Plain words of one's own death, rare as they are in harmless
messages, are only asked about: as a rule of danger they caught homework and films as well."""
WRITTEN_FALSE_ALARMS = 0.01
"""Greatest share of the harmless messages there that it takes for one of the two, in each language."""
ARTICLE_FALSE_ALARMS = 0.04
"""Greatest share of the questions to the city's articles that get a crisis text instead of the article. Someone "walking behind me",
or a friend who does not wake up, should."""
MOST_WORDS = 60
"""A frightened person reads no more."""


def _danger(text: str) -> Danger | None:
    finding = NET.check(text)
    return finding.danger if finding else None


def _training() -> Iterator[tuple[Language, str, str]]:
    for language in LANGUAGES:
        for path in sorted((ROOT / "nlu" / language).glob("*.yml")):
            for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
                for line in block["examples"].splitlines():
                    yield language, block["intent"], line.removeprefix("- ").strip()


TRAINING = list(_training())
CRIES = frozenset(fold(word) for each in LANGUAGES for word in CATALOGUE.words("words.help", each))


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_the_training_messages_about_anything_else_hardly_one_is_taken_for_danger(language: Language) -> None:
    # Those about danger are roundabout on purpose, to teach the model: how many of them the net finds is told in
    # docs/understanding.md and held nowhere.
    texts = [text for each, intent, text in TRAINING if each == language and intent not in DANGERS and fold(text) not in CRIES]
    wrong = [text for text in texts if _danger(text) in ACUTE]
    assert len(wrong) <= FALSE_ALARMS * len(texts), wrong


@dataclass(frozen=True, slots=True)
class Written:
    """A message written to measure the net: once as ``set`` says, before the rules were changed for it."""

    set: str
    danger: str
    text: str


def _written(language: Language) -> list[Written]:
    path = Path(__file__).parent / "data" / f"safety_{language}.tsv"
    with path.open(encoding="utf-8", newline="") as lines:
        return [Written(**row) for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("danger", ["suicide", "emergency"])
def test_messages_once_missed_stay_found(language: Language, danger: str) -> None:
    # Each of these was unread once, and the rules were changed for what was missed: a floor, no measure for new messages.
    texts = [each.text for each in _written(language) if each.danger == danger]
    unheard = [text for text in texts if _danger(text) is None]
    assert len(unheard) <= (1 - WRITTEN_HEARD) * len(texts), unheard
    missed = [text for text in texts if _danger(text) not in ACUTE]
    assert len(missed) <= (1 - WRITTEN_FOUND) * len(texts), missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_idioms_games_and_questions_stay_harmless(language: Language) -> None:
    texts = [each.text for each in _written(language) if each.danger == "harmless"]
    wrong = [text for text in texts if _danger(text) in ACUTE]
    assert len(wrong) <= WRITTEN_FALSE_ALARMS * len(texts), wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_to_the_articles_are_answered_by_the_articles(language: Language) -> None:
    articles = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "city" / "knowledge").rglob("*.yml"))]
    questions = [question for article in articles for question in article.get(language, {}).get("questions", [])]
    wrong = [question for question in questions if _danger(question) in ACUTE]
    assert questions and len(wrong) <= ARTICLE_FALSE_ALARMS * len(questions), wrong


EVERYDAY = """
    signs of a spiked drink
    j'ai vu une video horrible et j'y pense tout le temps
    je dis quoi a quelqu'un a qui on a fait du mal
    c'est quoi un mouvement de foule
    a quel age laisser mon fils tout seul a la maison
    un monsieur dit qu'il vient pour le gaz
    comment intervenir sans se mettre en danger
    je retrouve plus ma copine elle repond pas
    que es una avalancha humana
    el taxista se va por otro camino
"""


@pytest.mark.parametrize("typed", [line.strip() for line in EVERYDAY.strip().splitlines()])
def test_an_everyday_question_gets_no_crisis_text(typed: str) -> None:
    assert _danger(typed) not in ACUTE


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["utter_suicide_risk", "utter_emergency"])
def test_the_fixed_texts_are_short_and_hold_no_number_of_their_own(language: Language, key: str) -> None:
    names = {"emergency": "EMERGENCY", "crisis_lines": "LINES"}
    bare = CATALOGUE.say(key, language, names)
    assert "EMERGENCY" in bare and ("LINES" in bare) == (key == "utter_suicide_risk")
    assert not any(sign.isdigit() for sign in bare)
    shown = CATALOGUE.say(key, language, {"emergency": "112", "crisis_lines": HELPLINES.crisis_lines(language, NOON)})
    assert len(shown.split()) < MOST_WORDS
