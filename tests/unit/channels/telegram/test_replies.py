"""From replies to messages that Telegram takes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.replies import FORGET, keyboard, pieces, sendable, split, units
from bot.markup import escape, to_html, to_plain
from bot.messages import Button, Reply
from tests.emulator.markup import parse

marked_texts = st.lists(
    st.one_of(
        st.sampled_from(["**bold**", " ", "\n", "\n\n", "[words](https://example.org/a)", "🎲", "&", "<", "word"]),
        st.just("**a [link](tel:112) b**"),
        st.text(max_size=10).map(escape),
    ),
    max_size=60,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(marked_texts, st.integers(60, 200))
def test_every_part_fits_is_well_formed_and_no_word_is_lost(marked: str, longest: int) -> None:
    marked = sendable(marked)
    parts = split(marked, longest)
    for part in parts:
        text, _ = parse(to_html(part), "HTML")
        assert units(text) <= longest
        assert part.strip()
    whole, together = (to_plain(text).replace("*", "") for text in (marked, "".join(parts)))
    if "…" not in parts:
        assert "".join(together.split()) == "".join(whole.split())


def test_a_text_is_cut_at_a_paragraph_before_a_line_before_a_word() -> None:
    assert split("a" * 60 + "\n\n" + "b" * 60, 100) == ["a" * 60, "b" * 60]
    assert split("a" * 60 + "\n" + "b" * 60, 100) == ["a" * 60, "b" * 60]
    assert split("a" * 60 + " " + "b" * 60, 100) == ["a" * 60, "b" * 60]
    assert "".join(split("a" * 300, 100)) == "a" * 300


def test_bold_that_is_cut_is_closed_and_opened_again() -> None:
    first, second = split(f"**{'a' * 60} {'b' * 60}**", 100)
    assert (first, second) == (f"**{'a' * 60}**", f"**{'b' * 60}**")


def test_length_counts_utf_16_units_as_telegram_does() -> None:
    assert units("🎲") == 2
    assert [units(part) for part in split("🎲" * 3000)] == [4092, 1908]


def test_what_people_typed_stays_literal() -> None:
    (piece,) = pieces(Reply(escape("<b>1 < 2 & **3**</b>")))
    text, entities = parse(piece.arguments()["text"], "HTML")
    assert (text, entities) == ("<b>1 < 2 & **3**</b>", [])


@pytest.mark.parametrize("text", ["", "  \n", "\x00"])
def test_a_message_is_never_empty(text: str) -> None:
    assert sendable(text) == "…"


def test_half_characters_do_not_stop_a_reply() -> None:
    assert sendable("a\ud83d") == "a?"


def test_buttons_stand_side_by_side_only_where_a_phone_has_room() -> None:
    rows = ((Button("Yes", "a:1"), Button("No", "a:2")), (Button("A rather long label", "a:3"), Button("and another long one", "a:4")))
    laid = keyboard(rows)
    assert laid is not None
    labels = [[button["text"] for button in row] for row in laid["inline_keyboard"]]
    assert labels == [["Yes", "No"], ["A rather long label"], ["and another long one"]]


def test_a_row_has_at_most_eight_buttons() -> None:
    laid = keyboard((tuple(Button("", f"a:{n}") for n in range(3)) + tuple(Button("1", f"a:{n}") for n in range(20)),))
    assert laid is not None
    assert max(len(row) for row in laid["inline_keyboard"]) <= 8
    assert sum(len(row) for row in laid["inline_keyboard"]) == 20


def test_links_are_links_and_what_telegram_would_refuse_is_left_out() -> None:
    laid = keyboard(((Button("Page", url="https://example.org/"), Button("Call", url="tel:112")),))
    assert laid is not None
    ((page,),) = laid["inline_keyboard"]
    assert page == {"text": "Page", "url": "https://example.org/"}
    assert keyboard(((Button("Call", url="tel:112"),),)) is None


def test_a_payload_over_64_bytes_is_a_mistake_found_at_once() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        keyboard(((Button("x", "é" * 33),),))


def test_a_sensitive_reply_can_be_copied_and_has_a_button_that_deletes_it() -> None:
    (piece,) = pieces(Reply("six words", sensitive=True), "Delete this message")
    assert piece.keyboard is not None
    assert piece.keyboard["inline_keyboard"][-1][0]["callback_data"] == FORGET
    assert "protect_content" not in piece.arguments()
    assert "six words" not in repr(piece)
