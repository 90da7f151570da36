"""Files from strangers: only the plain part of YAML, bounded, with the line of what is wrong."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.plain_yaml import MAXIMUM_BYTES, PlainYamlError, read

BOMB = "a: &a [x, x]\n" + "\n".join(f"{name}: &{name} [*{before}, *{before}]" for before, name in pairwise("abcdefghi"))
"""Nine lines that would hold a thousand words."""


def test_words_stay_words() -> None:
    assert read("answer: No\nnumber: 012\nday: 2026-11-22\nnothing: ~\n").value == {
        "answer": "No",
        "number": "012",
        "day": "2026-11-22",
        "nothing": "~",
    }


def test_every_part_knows_its_line() -> None:
    lines = read("a: 1\nb:\n  - x\n  - y: |\n      long\n").lines
    assert (lines[("a",)], lines[("b", 1)], lines[("b", 1, "y")]) == (1, 4, 4)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x 1\nb: *x", "not_plain"),
        (BOMB, "not_plain"),
        ("a: !!python/object/apply:os.system [ls]", "not_plain"),
        ("!!str a: b", "not_plain"),
        ("? [a, b]\n: c", "not_plain"),
        ("a: b\n---\na: b", "not_plain"),
        ("[" * 50_000, "not_plain"),
        ("- " * 50_000, "not_plain"),
        ("a: b\na: c", "twice"),
        ("a: [", "not_yaml"),
        ("a: \x00", "not_yaml"),
        ("a: \ud800", "not_yaml"),
        ("a: " + "x" * MAXIMUM_BYTES, "too_large"),
    ],
    ids=lambda value: value[:12],
)
def test_more_than_plain_yaml_is_refused_at_once(text: str, code: str) -> None:
    started = time.perf_counter()
    with pytest.raises(PlainYamlError) as caught:
        read(text)
    assert caught.value.code == code
    assert time.perf_counter() - started < 2


@given(st.text(alphabet=st.characters(codec=None), max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text)
    except PlainYamlError as error:
        assert error.line is None or error.line >= 1
