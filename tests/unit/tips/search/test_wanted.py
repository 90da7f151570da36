"""What is found, and how it is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.tips.masking import BLOCK
from bot.tips.search.wanted import MAX_LENGTH, Wanted

TEXTS = ("Un scooter gris, garé derrière l’école à Noël.", "He sells small bags. Every evening.", "Camión rojo")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("scooter", True),
        ("SCOOT", True),
        ("cooter", False),
        ("ecole", True),
        ("école noel", True),
        ("camion bags", True),
        ("scooter bicycle", False),
        ('"small bags"', True),
        ('"small bag"', False),
        ('"bags small"', False),
        ("“small   bags” gris", True),
        ("«small bags", True),
        ("bags. every", True),
        ("derrière l'ecole", True),
        ("evening. !!", True),
    ],
)
def test_all_parts_have_to_occur_at_the_beginning_of_words_or_as_quoted(words: str, found: bool) -> None:
    assert Wanted(words).is_in(TEXTS) is found


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("", "empty"),
        (" …!", "empty"),
        ("a", "too_short"),
        ("van x", "too_short"),
        ("x" * (MAX_LENGTH + 1), "too_long"),
        ("ab " * 11, "too_many"),
    ],
)
def test_what_cannot_be_looked_for_says_why(words: str, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        Wanted(words)
    assert raised.value.code == code


def test_an_excerpt_shows_the_first_hit_with_the_words_around_it() -> None:
    text = "word " * 40 + "a GRIS scooter and another gris one " + "word " * 60
    pieces = Wanted("gris").excerpt(text)
    assert [words for kind, words in pieces if kind == "hit"] == ["GRIS", "gris"]
    shown = "".join(words for _, words in pieces)
    assert shown.startswith("…word") and shown.endswith("word…") and len(shown) < 220
    assert Wanted("bicycle").excerpt(text) == []


def test_the_words_stay_out_of_repr() -> None:
    assert "scooter" not in repr(Wanted("scooter"))


def test_a_hidden_word_is_not_there() -> None:
    assert not Wanted("mario").is_in([f"I saw {BLOCK} again"])
    with pytest.raises(Invalid):
        Wanted(BLOCK)


@given(st.text(max_size=400), st.text(alphabet="abé 'ß\u00ad", min_size=2, max_size=12))
def test_an_excerpt_is_made_of_the_text_and_stands_for_a_hit(text: str, words: str) -> None:
    try:
        wanted = Wanted(words)
    except Invalid:
        return
    pieces = wanted.excerpt(text + words)
    assert "".join(part for _, part in pieces).strip("…") in text + words
