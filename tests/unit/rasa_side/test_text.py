"""What may reach the model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rasa_side.text import MOST_CHARACTERS, excerpt, neutralised


@pytest.mark.parametrize(
    "typed",
    [
        '/greet{"name": "x"}',
        "/restart",
        "  /restart",
        "//restart",
        "/ / /restart",
        "\u200b/restart",
        "\n\t/session_start",
        "\x00/back",
        "\u202e/back",
    ],
)
def test_a_typed_command_is_never_a_command(typed: str) -> None:
    assert not neutralised(typed).lstrip().startswith("/")


def test_the_words_after_the_slash_stay_readable() -> None:
    assert neutralised("/help me") == "help me"


def test_slashes_inside_a_text_stay() -> None:
    assert neutralised("him/her at https://example.org/x") == "him/her at https://example.org/x"


@given(st.text(alphabet=st.characters(), max_size=200))
def test_any_text_comes_out_encodable_and_harmless(text: str) -> None:
    words = neutralised(text)
    words.encode("utf-8")
    assert "\x00" not in words
    assert words == words.strip()
    assert not words.startswith("/")


def test_lone_surrogates_become_spaces() -> None:
    assert neutralised("a\ud800b") == "a b"


def test_a_flood_is_cut() -> None:
    assert len(neutralised("a" * 100_000)) == MOST_CHARACTERS


def test_an_excerpt_keeps_beginning_and_end() -> None:
    text = "it began in May " + "and so on " * 200 + "what can I do"
    short = excerpt(text, 60)
    assert short.startswith("it began in May")
    assert short.endswith("what can I do")
    assert len(short) <= 62


def test_a_short_text_is_its_own_excerpt() -> None:
    assert excerpt("help", 60) == "help"
