"""What may show who wrote a tip is pointed out in four languages; ordinary facts are not."""

from __future__ import annotations

import time

import pytest

from bot.tips.identity import Clue, Finding, clues, without


def found(text: str) -> set[Clue]:
    return {finding.clue for finding in clues(text)}


@pytest.mark.parametrize(
    ("text", "clue"),
    [
        ("My little brother was there", Clue.RELATION),
        ("mi hermano mayor lo vio", Clue.RELATION),
        ("mon frère l’a vu", Clue.RELATION),
        ("c’est ma meilleure amie", Clue.RELATION),
        ("mio fratello lo sa", Clue.RELATION),
        ("la mia vicina di casa", Clue.RELATION),
        ("call me on 06 12 34 56 78", Clue.PHONE),
        ("+34 612 345 678", Clue.PHONE),
        ("write to some.one+x@mail.example.org", Clue.EMAIL),
        ("I am @night_owl there", Clue.HANDLE),
        ("je m’appelle Camille", Clue.NAME),
        ("me llamo Camille", Clue.NAME),
        ("it is in front of my school", Clue.WHEREABOUTS),
        ("devant mon immeuble", Clue.WHEREABOUTS),
        ("vicino alla mia scuola", Clue.WHEREABOUTS),
        ("en mi calle", Clue.WHEREABOUTS),
        ("my boss sells it", Clue.RELATION),
        ("mon pote l'a vu", Clue.RELATION),
        ("it is instagram.com/night.owl", Clue.PROFILE),
        ("https://www.tiktok.com/@night_owl", Clue.PROFILE),
        ("the teacher Mr. Rossi saw it", Clue.NAME),
        ("la vecina que se llama Marta", Clue.NAME),
        ("M. le voisin Durand, Mme Durand", Clue.NAME),
        ("we live above the shop", Clue.WHEREABOUTS),
        ("j’habite au-dessus", Clue.WHEREABOUTS),
        ("vivimos en frente", Clue.WHEREABOUTS),
        ("abito vicino al porto", Clue.WHEREABOUTS),
        ("only I know where it is", Clue.UNIQUE),
        ("je suis la seule à savoir", Clue.UNIQUE),
        ("nadie más lo sabe", Clue.UNIQUE),
        ("sono l’unica che lo sa", Clue.UNIQUE),
    ],
)
def test_a_clue_is_found(text: str, clue: Clue) -> None:
    assert clue in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A man in a red jacket sold something to a boy on 12/11/2026 at 22:30.",
        "2026-11-12 22:30, plate AB-123-CD, bus 17",
        "Un homme vend des choses devant la gare depuis trois semaines.",
        "La hermana de la víctima estaba allí.",
        "It costs 1500 euros, flat 12, third floor",
        "A friend of the seller stood there. The teacher saw it. The boss of the shop, too.",
        "Il vivo colore rosso; está vivo; ils vivent là.",
        "He sells in box.com/x packets",
    ],
)
def test_ordinary_facts_are_not_pointed_out(text: str) -> None:
    assert found(text) == set()


def test_words_are_taken_out_wherever_they_stand() -> None:
    text = "My brother was there. I told my brother’s friend, mail a@b.org"

    assert without(text, clues(text)) == "[…] was there. I told […]’s friend, mail […]"
    assert without("nothing", ()) == "nothing"
    nested = (Finding(Clue.NAME, "coach Ann"), Finding(Clue.NAME, "coach Anna"))
    assert without("coach Anna", nested) == "[…]", "the longer one goes first, so that no end of it stays"


def test_each_excerpt_is_named_once_and_at_most_six() -> None:
    assert len(clues("my brother, My Brother and my brother")) == 1
    assert len(clues(" ".join(f"a{n}@b.org" for n in range(50)))) == 6


def test_a_long_hostile_text_takes_no_time() -> None:
    started = time.perf_counter()
    for text in ("a" * 20_000, "1 " * 10_000, "my " * 7_000, "a.b-" * 5_000 + "@", "1-" * 10_000):
        clues(text)
    assert time.perf_counter() - started < 2.0
