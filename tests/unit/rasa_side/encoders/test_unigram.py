"""Texts are taken apart into the likeliest pieces."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from rasa_side.encoders.unigram import Unigram

WORDS = ["<s>", "<unk>", "▁", "a", "b", "c", "ab", "bc", "▁a", "▁ab", "abc", "▁b"]
SCORES = [0.0, 0.0, -2.0, -3.0, -3.1, -3.2, -4.0, -4.5, -3.5, -5.5, -8.0, -3.6]
UNKNOWN = 1
UNIGRAM = Unigram(WORDS, SCORES, {ord("Ａ"): "a", ord("\t"): " ", ord("\x01"): "", ord("½"): "a b"}, UNKNOWN, frozenset({0, 1}))


def words(text: str, most: int = 99) -> list[str]:
    return [WORDS[number] for number in UNIGRAM.pieces(text, most)]


def likelihood(pieces: list[str]) -> float:
    return sum(SCORES[WORDS.index(piece)] if piece in WORDS[2:] else min(SCORES) - 10 for piece in pieces)


def test_a_word_begins_with_the_mark_of_a_space() -> None:
    assert words("a b") == ["▁a", "▁b"]
    assert words("  a   b ") == ["▁a", "▁b"]


def test_the_likeliest_division_wins_not_the_longest_piece() -> None:
    assert words("abc") == ["▁a", "bc"]
    assert likelihood(["▁a", "bc"]) > likelihood(["▁ab", "c"])


def test_forms_of_letters_become_what_they_stand_for() -> None:
    assert words("Ａ\tb") == ["▁a", "▁b"]
    assert words("½") == ["▁a", "▁b"]
    assert words("a\x01b") == words("ab")


def test_a_character_without_a_piece_is_unknown() -> None:
    assert words("🙂") == ["▁", "<unk>"]
    assert words("\ud800\x00") == ["▁", "<unk>", "<unk>"]


def test_the_name_of_a_mark_is_only_text() -> None:
    assert 0 not in UNIGRAM.pieces("<s>", 99)


def test_nothing_has_no_pieces() -> None:
    assert words("") == words("   ") == []


def test_the_rest_of_a_long_text_is_left_out() -> None:
    assert words("a b a b", most=3) == ["▁a", "▁b", "▁a"]
    assert words("a" * 100_000, most=2) == ["▁a", "a"]


@given(st.text(max_size=200))
def test_any_text_can_be_taken_apart(text: str) -> None:
    assert len(UNIGRAM.pieces(text, 16)) <= 16


@given(st.text("abc", min_size=1, max_size=8))
def test_no_other_division_is_likelier(word: str) -> None:
    marked = "▁" + word
    places = range(1, len(marked))
    every = [
        [marked[start:stop] for start, stop in zip((0, *cuts), (*cuts, len(marked)), strict=True)]
        for count in range(len(marked))
        for cuts in combinations(places, count)
    ]
    best = max(likelihood(pieces) for pieces in every if all(len(piece) == 1 or piece in WORDS for piece in pieces))
    assert abs(likelihood(words(word)) - best) < 1e-4
    assert "".join(words(word)) == marked
