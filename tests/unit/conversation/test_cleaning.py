"""Cleaning: whatever is typed becomes something safe to work with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.cleaning import as_free_text, clean, fold, has_words


@given(st.text(alphabet=st.characters(), max_size=200))
def test_cleaned_text_can_be_stored_and_sent(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert "\0" not in cleaned


@pytest.mark.parametrize(
    ("typed", "clean_text"), [("a\u202eb", "ab"), ("\ud800x", "x"), ("a\x00b\x1bc", "abc"), (" hi\r\n ", "hi"), ("e\u0301", "é")]
)
def test_tricks_are_taken_out(typed: str, clean_text: str) -> None:
    assert clean(typed) == clean_text


@pytest.mark.parametrize("typed", ['/intent{"x":"y"}', "//restart", " /  /session_start"])
def test_free_text_never_starts_with_a_slash(typed: str) -> None:
    assert not as_free_text(typed).startswith("/")


@given(st.text(alphabet="/ \t\nab{", max_size=20))
def test_free_text_never_starts_with_a_slash_whatever_comes(typed: str) -> None:
    assert not as_free_text(clean(typed)).startswith("/")


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("I want to DIEEE!!", "i want to die"),
        ("k1ll myself", "kill myself"),
        ("Je n’en peux plus…", "je n'en peux plus"),
        ("MI È   morto", "mi e morto"),
        ("24/7", "24 7"),
    ],
)
def test_folding_brings_writings_together(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_signs_alone_are_no_words() -> None:
    assert not has_words("😭😭 …!")
    assert has_words("😭 no")
