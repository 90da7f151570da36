"""Locators are found in any layout, and typing slips are noticed before anything is looked up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tips.locators import find_locator, looks_like_locator, new_locator

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
locators = st.builds(new_locator)


@given(locators)
def test_a_new_locator_is_found_again(locator: str) -> None:
    assert find_locator(locator)[0] == locator


@given(locators, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_always_noticed(locator: str, place: int, symbol: str) -> None:
    plain = locator.replace("-", "")
    wrong = plain[:place] + symbol + plain[place + 1 :]

    assert find_locator(wrong)[0] is None or wrong == plain


@given(locators, st.integers(0, 6))
def test_two_swapped_neighbours_are_always_noticed(locator: str, place: int) -> None:
    plain = locator.replace("-", "")
    swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]

    assert find_locator(swapped)[0] is None or swapped == plain


@pytest.mark.parametrize("layout", ["{a}{b}", "{a} {b}", "{a}–{b}", "no. {a}-{b}.", "  {a}\n{b}\n", "told {a} - {b} words"])
@given(locator=locators)
def test_case_dashes_and_text_around_do_not_matter(layout: str, locator: str) -> None:
    a, b = locator.split("-")

    assert find_locator(layout.format(a=a, b=b).lower())[0] == locator


@given(locators)
def test_lookalikes_are_read_as_meant(locator: str) -> None:
    assert find_locator(locator.replace("0", "O").replace("1", "l"))[0] == locator


def test_two_words_of_four_letters_are_no_locator() -> None:
    assert find_locator("book tree lamp door wind moon") == (None, "book tree lamp door wind moon")
    assert not looks_like_locator("book tree")


@given(locator=locators, word=st.sampled_from(["caro", "book", "lune", "oido"]))
def test_a_word_of_four_letters_beside_it_is_never_taken_for_a_half(locator: str, word: str) -> None:
    a, b = locator.split("-")

    assert find_locator(f"{word} {a} {b} {word}") == (locator, f"{word}   {word}")


def test_a_slip_is_told_from_no_locator() -> None:
    assert find_locator("K7QF-2M9D")[0] is None and looks_like_locator("K7QF-2M9D")
    assert not looks_like_locator("see you at half past nine")
