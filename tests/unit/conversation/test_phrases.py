"""Phrases: what the small language of the safety net means."""

from __future__ import annotations

import pytest

from bot.conversation.cleaning import fold
from bot.conversation.phrases import PhraseReader, Phrases, Spelling

ENGLISH = Spelling("", {"wanna": "want to", "cant": "can not", "u": "you"})
FRENCH = Spelling(" ", {"jpp": "j'en peux plus", "c": "c'est"})


def _stands(phrase: str, text: str, spelling: Spelling = ENGLISH, **named: list[str]) -> bool:
    return PhraseReader(spelling, named).read(phrase).stands_in(spelling.read(fold(text)))


@pytest.mark.parametrize(
    ("phrase", "holds", "not_holds"),
    [
        ("want to die", "I want to die!", "i want to diet"),
        ("i (just|really)? want", "i really want", "i just really want"),
        ("kill* it", "killing it", "skill it"),
        ("gave … cat", "gave my old black cat", "gave my old black and white cat"),
        ("gave ... cat", "gave cat", "cat gave"),
        ("a * b", "a x b", "a b"),
        ("^ danger", "danger now", "in danger"),
        ("danger $", "in danger", "danger now"),
        ("(no (reason|point)|nothing) to live", "no point to live", "no to live"),
        ("<who> left", "my son left", "my cat left"),
    ],
)
def test_a_phrase_stands_where_its_words_stand(phrase: str, holds: str, not_holds: str) -> None:
    who = ["he", "my (son|daughter)"]
    assert _stands(phrase, holds, who=who)
    assert not _stands(phrase, not_holds, who=who)


@pytest.mark.parametrize(
    ("phrase", "written", "spelling"),
    [
        ("kill myself", "kil mysellf", ENGLISH),
        ("want to", "wanna", ENGLISH),
        ("i can't", "i cant", ENGLISH),
        ("can not", "can't", ENGLISH),
        ("j'en peux plus", "jpp", FRENCH),
        ("j en peux plus", "j’en  peux plus", FRENCH),
        ("c'est fini", "c fini", FRENCH),
        ("c est fini", "C'est fini", FRENCH),
        ("sœur", "soeur", FRENCH),
        ("very bad", "very very bad", ENGLISH),
    ],
)
def test_careless_writing_is_read_as_what_it_stands_for(phrase: str, written: str, spelling: Spelling) -> None:
    assert _stands(phrase, written, spelling)


@pytest.mark.parametrize("phrase", ["(a", "a)", "a||b", "()", "<nobody>", "a.b", "", "?", "sss*"])
def test_a_phrase_that_is_not_well_formed_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"not well formed|where nothing should be"):
        PhraseReader(ENGLISH).read(phrase)


@pytest.mark.parametrize("phrase", ["...", "(a)?", "^ ... $", "(a|*)"])
def test_a_phrase_that_would_stand_anywhere_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="needs no word at all"):
        PhraseReader(ENGLISH).read(phrase)


@pytest.mark.parametrize("text", ["he wants to die", "die", "wants a dice", "nothing of it", ""])
def test_the_quick_look_never_says_no_wrongly(text: str) -> None:
    phrase = PhraseReader(ENGLISH).read("(wants to|^) die* (now|a long time ago)?")
    reading = ENGLISH.read(fold(text))
    assert phrase.is_possible(reading.words) or phrase.pattern.search(reading.text) is None


def test_what_is_left_out_does_not_bring_its_neighbours_together() -> None:
    left = ENGLISH.read("i want to die of laughter die").without(Phrases([PhraseReader(ENGLISH).read("die of laughter")]))
    assert left.text == " i want to _ die "


def test_phrases_looked_for_together_are_those_that_each_alone_would_be() -> None:
    alone = [PhraseReader(ENGLISH).read(source) for source in ("want to die", "kill* (me|us)", "(i|we) cannot", "a knife")]
    together = Phrases(alone)
    for text in ("i want to die", "killing us", "we cannot", "they cannot", "a knife", "i want a knife", "nothing", ""):
        reading = ENGLISH.read(fold(text))
        assert together.possible_in(reading) == [phrase for phrase in alone if phrase.is_possible(reading.words)]
        assert together.stand_in(reading) is any(phrase.stands_in(reading) for phrase in alone)
