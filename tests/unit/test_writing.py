"""Writing that runs from right to left, as it is drawn."""

from __future__ import annotations

import pytest

from bot.writing import begins_right, drawn, joined, runs_right_to_left

EVERY = range(0x110000)
_SALAM, _SHALOM = "\u0633\u0644\u0627\u0645", "\u05e9\u05dc\u05d5\u05dd"


def _named(text: str) -> list[str]:
    return [f"{ord(sign):04X}" for sign in text]


@pytest.mark.parametrize(
    ("written", "forms"),
    [
        (_SALAM, ["FEB3", "FEFC", "FEE1"]),
        ("\u0628\u064e\u064a\u062a", ["FE91", "064E", "FEF4", "FE96"]),
        ("\u062f\u0627\u0631", ["FEA9", "FE8D", "FEAD"]),
        ("\u0645\u06cc\u200c\u062e", ["FEE3", "FBFD", "200C", "FEA5"]),
        ("\u0628\u0640\u0628", ["FE91", "0640", "FE90"]),
        ("plain \u0628", ["0070", "006C", "0061", "0069", "006E", "0020", "FE8F"]),
    ],
    ids=["lam and alef", "a mark changes nothing", "letters that let go", "a joiner that parts", "a stroke that joins", "alone"],
)
def test_arabic_letters_take_the_form_of_their_place(written: str, forms: list[str]) -> None:
    assert _named(joined(written, EVERY)) == forms


def test_a_form_that_the_font_lacks_stays_the_plain_letter() -> None:
    assert joined("\u0628\u064a", range(0x700)) == "\u0628\u064a"


def test_a_line_is_drawn_from_the_right_with_numbers_and_brackets_as_they_are_read() -> None:
    assert drawn(f"{_SHALOM} (abc) 123", right=True) == f"123 (abc) {_SHALOM[::-1]}"
    assert drawn(f"he said {_SHALOM} twice", right=False) == f"he said {_SHALOM[::-1]} twice"


def test_the_first_letter_says_where_a_line_begins() -> None:
    assert begins_right(f"12 {_SHALOM} abc") and not begins_right(f"abc {_SHALOM}")
    assert runs_right_to_left(f"abc {_SHALOM}") and not runs_right_to_left("Привет, Γειά, 漢 🙂")
