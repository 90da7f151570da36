"""Documents of plain words."""

from __future__ import annotations

import io
import logging
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from bot.paper import Paper, PlainPaper, legible, plain

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def text_of(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def paper(words: str) -> bytes:
    made = Paper("Dossier", "Portclair", "fr", NOW)
    made.headline("Dossier")
    made.section("Messages")
    made.pairs([("Où", "Vieux-Port")])
    made.entry("Témoin", words)
    made.paragraph("Fin", muted=True)
    return made.finished()


def test_words_of_the_four_languages_can_be_read_back() -> None:
    words = "Œuvre, cœur, « ça »… ’ – ¿Qué pasó? ¡Sí! Mañana. Perché, città, è così. Naïve façade €"
    assert words in text_of(paper(words))


def test_other_alphabets_are_kept_and_what_no_font_has_is_named() -> None:
    shown = text_of(paper("Привет, Γειά, zażółć 🙂 漢"))
    assert "Привет, Γειά, zażółć [U+1F642] [U+6F22]" in shown


def test_arabic_stands_joined_and_in_the_order_in_which_it_is_drawn_on_as_many_lines_as_it_needs() -> None:
    salam, drawn = "\u0633\u0644\u0627\u0645", "\ufeb3\ufefc\u0645"  # alone, the last letter looks as it always does
    made = paper(" ".join([salam] * 60) + "\nbeside words: " + salam)
    shown = text_of(made)  # which turns back what runs from right to left
    assert shown.count(drawn) == 61 and "[U+" not in shown


def test_the_same_document_as_text_keeps_every_sign() -> None:
    made = PlainPaper("Portclair")
    words = "\u0633\u0644\u0627\u0645, \u05e9\u05dc\u05d5\u05dd, \u0939\u093f\u0928\u094d\u0926\u0940, 漢字, 🙂, \u202e"
    made.headline("Dossier")
    made.section("Messages")
    made.pairs([("Où", "Vieux-Port")])
    made.entry("Témoin", words)
    made.paragraph("half: \ud83d", muted=True)
    assert made.finished().decode() == (
        f"Portclair\n\nDossier\n=======\n\nMessages\n--------\n\nOù: Vieux-Port\n\nTémoin\n{words}\n\nhalf: ?\n"
    )


def test_a_name_in_a_table_can_be_read_in_any_alphabet() -> None:
    assert legible("Привет, 漢 🙂") == "Привет, [U+6F22] [U+1F642]"
    assert legible("\u05e9\u05dc (1)") == "(1) \u05dc\u05e9"


def test_nothing_in_a_text_is_taken_for_markup() -> None:
    words = "**not bold** {nb} __nor this__ <b>nor</b> [link](https://example.org)"
    assert words in text_of(paper(words))


def test_signs_that_turn_writing_round_are_named_and_unseen_ones_left_out() -> None:
    assert plain("a\u202eb\u00adc\ud800\x00\u2066") == "a[U+202E]bc[U+D800][U+0000][U+2066]"


def test_long_words_and_many_pages_fit() -> None:
    made = Paper("Dossier", "Portclair", "fr", NOW)
    made.entry("Témoin", "x" * 3_500)
    for _ in range(40):
        made.section("Messages")
        made.entry("Témoin", "Un mot. " * 60)
    reader = PdfReader(io.BytesIO(made.finished()))
    assert len(reader.pages) > 3 and reader.pages[1].extract_text().rstrip().endswith("2")


def test_equal_input_gives_equal_bytes_and_words_stay_out_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert paper("🙂 secret") == paper("🙂 secret")
    assert "secret" not in caplog.text and "1f642" not in caplog.text.casefold()
