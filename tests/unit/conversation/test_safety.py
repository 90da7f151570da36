"""The safety net: every rule catches its examples and leaves its near misses alone, in every language, and in good time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.safety import Danger, Finding, Rule, SafetyNet, read_rulebook
from bot.conversation.texts import Catalogue
from bot.errors import SettingsError
from bot.messages import Language

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "locales" / "safety"
LANGUAGES = tuple(Language(path.stem) for path in sorted(FOLDER.glob("*.yml")))
NET = SafetyNet.load(FOLDER, LANGUAGES)
CATALOGUE = Catalogue.load(ROOT / "locales", LANGUAGES)
RULES = [(language, rule) for language, book in NET.books.items() for rule in book.rules]

ACUTE = frozenset({Danger.EMERGENCY, Danger.SUICIDE})

def _named(value: object) -> str:
    return value.name if isinstance(value, Rule) else str(value)


def _danger(text: str) -> Danger | None:
    finding = NET.check(text)
    return finding.danger if finding else None


@pytest.mark.parametrize(("language", "rule"), RULES, ids=_named)
def test_a_rule_catches_its_examples_itself(language: Language, rule: Rule) -> None:
    name = f"{language}.{rule.name}"
    assert not [example for example in rule.examples if name not in [finding.rule for finding in NET.findings(example)]]


@pytest.mark.parametrize(("language", "rule"), RULES, ids=_named)
def test_a_rule_leaves_near_misses_alone_and_so_do_all_others(language: Language, rule: Rule) -> None:
    assert not [near for near in rule.near if _danger(near) in ACUTE]


@pytest.mark.parametrize(("language", "rule"), RULES, ids=_named)
def test_a_rule_shows_what_it_means_with_enough_messages(language: Language, rule: Rule) -> None:
    assert len(rule.examples) >= 8 and len(rule.near) >= 5


def test_all_languages_are_tried_on_every_message() -> None:
    assert {finding.language for language, rule in RULES if (finding := NET.check(rule.examples[0]))} == set(LANGUAGES)


def test_danger_now_comes_before_everything() -> None:
    assert _danger("i want to die and there is a fire in my building") is Danger.EMERGENCY
    assert _danger("im so scared, i want to die") is Danger.SUICIDE


def test_a_finding_names_the_rule_and_not_the_message() -> None:
    assert NET.check("jveux crever") == Finding(Danger.SUICIDE, "fr.veut_mourir", Language("fr"))


DISGUISED = """
    k1ll myself
    k!ll myself
    kill my\u200dself
    I WANT TO DIEEEE
    i want to d.i.e
    su*cide thoughts
    k i l l myself
    ｋｍｓ tonight
    i want to dіe
    je   VEUX    mourrir
    j’en peux plus de vivre
    me kiero morir
    nn ce la faccio piu a vivere
"""


@pytest.mark.parametrize("typed", DISGUISED.strip().splitlines())
def test_disguise_and_haste_hide_nothing(typed: str) -> None:
    assert _danger(typed) is Danger.SUICIDE


@pytest.mark.parametrize(
    ("laughed", "meant"),
    [
        ("kms lol this exam", "kms tonight, not joking lol"),
        ("je vais me suicider mdr", "je vais me suicider"),
        ("me quiero matar 😂", "me quiero matar"),
        ("mi ammazzo ahah", "mi ammazzo"),
        ("jajaja me tiro por la ventana", "me tiro por la ventana y no es broma"),
        ("je vais me jeter sous un train, je rigole", "je vais me jeter sous un train, je rigole pas"),
        ("scherzo, mi butto dal balcone", "mi butto dal balcone e non scherzo"),
    ],
)
def test_a_joke_too_close_to_call_is_only_asked_about(laughed: str, meant: str) -> None:
    assert _danger(laughed) is Danger.SOFT
    assert _danger(meant) is Danger.SUICIDE


@pytest.mark.parametrize(
    "text",
    [
        "i was robbed last week, where do i report it",
        "someone is following me on insta",
        "in the game a man with a knife is chasing me",
        "on m'a agressé hier, comment porter plainte",
        "me atacan en los comentarios",
        "cosa faccio se qualcuno entra in casa",
    ],
)
def test_what_is_past_online_or_only_asked_is_no_emergency(text: str) -> None:
    assert _danger(text) is not Danger.EMERGENCY


@pytest.mark.parametrize(
    ("habit", "pressing"),
    [
        ("he walks behind me from the tram most evenings", "he walks behind me from the tram most evenings and hes outside my door"),
        ("il m'attend devant le lycée chaque jour", "il m'attend devant le lycée chaque jour et maintenant il me frappe"),
        ("un chico viene detrás de mí casi todos los días", "un chico viene detrás de mí todos los días y ahora me agarra"),
        ("mi aspetta fuori da scuola tutti i giorni", "mi aspetta fuori da scuola tutti i giorni, adesso mi sta picchiando"),
    ],
)
def test_danger_out_of_habit_is_asked_about_unless_something_presses(habit: str, pressing: str) -> None:
    assert _danger(habit) is Danger.SOFT
    assert _danger(pressing) is Danger.EMERGENCY


@pytest.mark.parametrize(
    "text", ["i was beaten up", "j'ai été droguée à une soirée", "mi sono entrati in casa", "me agarró del pelo el viernes"]
)
def test_harm_told_without_a_word_of_when_is_asked_about(text: str) -> None:
    assert _danger(text) is Danger.SOFT


@pytest.mark.parametrize(
    "text",
    [
        "my photo is tagged worst shots by people i never met",
        "nigerian twitter is dragging me",
        "mon téléphone est tombé dans l'eau",
        "a mi hermana la subieron a un foro",
        "mio fratello si è mangiato il mio tiramisù",
    ],
)
def test_everyday_words_are_no_danger_at_all(text: str) -> None:
    assert _danger(text) is None


@pytest.mark.parametrize(
    ("subject", "own"),
    [
        ("i need to write an essay about suicide prevention", "i need to write an essay about suicide prevention and i want to die myself"),
        ("je dois faire un exposé sur la prévention du suicide", "je fais un exposé sur la prévention du suicide et j'ai envie de mourir"),
        ("qué significa la palabra suicida", "qué significa la palabra suicida, es que quiero suicidarme"),
        ("devo fare una ricerca sulla prevenzione del suicidio", "faccio una ricerca sul suicidio perché voglio morire"),
    ],
)
def test_death_as_a_subject_is_asked_about_unless_somebody_is_at_risk(subject: str, own: str) -> None:
    assert _danger(subject) is Danger.SOFT
    assert _danger(own) is Danger.SUICIDE


@pytest.mark.parametrize("text", ["i don't want to die", "je veux pas mourir", "no quiero morir", "non voglio morire"])
def test_not_wanting_to_die_is_asked_about_and_not_taken_for_the_contrary(text: str) -> None:
    assert _danger(text) is Danger.SOFT


def test_a_bare_cry_for_help_is_left_to_the_menu_that_answers_it() -> None:
    cries = [word for language in LANGUAGES for word in CATALOGUE.words("words.help", language)]
    assert cries and not [cry for cry in cries if _danger(cry) in ACUTE]


def _seconds(text: str) -> float:
    began = time.process_time()
    NET.check(text)
    return time.process_time() - began


EVERY_WORD = " ".join(word for _, rule in RULES for example in rule.examples for word in example.split()[::-1])


@pytest.mark.parametrize(
    "unit", ["i want to ", "if he sends the ", "je veux ", "a", "k ", "@a", "!a", "my son my daughter ", "_", EVERY_WORD]
)
def test_a_message_made_to_hold_the_net_up_cannot(unit: str) -> None:
    # Far above the 80 ms it takes, far below what a pattern that backtracks would need; the best of three, on a busy machine.
    assert min(_seconds((unit * 4000)[:4000]) for _ in range(3)) < 0.5


def test_twice_the_text_takes_about_twice_the_time() -> None:
    short, long = (min(_seconds((EVERY_WORD * 9)[:size]) for _ in range(3)) for size in (8_000, 32_000))
    assert long < 12 * short


def test_danger_at_the_end_of_a_long_message_is_found() -> None:
    assert _danger("and then " * 400 + "i want to die") is Danger.SUICIDE


@given(st.text(max_size=300))
def test_whatever_is_typed_is_read(text: str) -> None:
    assert NET.check(text) is None or NET.check(text).rule  # type: ignore[union-attr]


RULE = "{name: a, danger: suicide, patterns: [b], examples: [b], near: [c]}"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("rules: [{name: a, danger: suicide, patterns: [b], near: [c]}]", "rule a has no examples"),
        ("rules: [{name: a, danger: suicide, patterns: [b], examples: [b]}]", "rule a has no near"),
        (f"rules: [{RULE.replace('near', 'nearly')}]", "rule a has no near"),
        (f"rules: [{RULE.replace('{', '{unles: [d], ')}]", "unles.*mean nothing"),
        (f"rules: [{RULE.replace('suicide', 'boredom')}]", "boredom"),
        (f"rules: [{RULE.replace('[b]', '[(b]')}]", "not well formed"),
        ("- rules", "xx.yml"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "xx.yml").write_text(content)
    with pytest.raises(SettingsError, match=complaint):
        read_rulebook(tmp_path / "xx.yml")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"xx\.yml"):
        SafetyNet.load(tmp_path, [Language("xx")])
