"""Receipts: strong enough in every language, kind, and read in any layout."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.messages import Language
from bot.tips.words import Receipt, WordLists, fold

LEFT_OUT = Path(__file__).parents[3] / "locales" / "words"
LANGUAGES = [Language(code) for code in ("en", "fr", "es", "it")]


@pytest.fixture(scope="module")
def lists() -> WordLists:
    return WordLists.load(LEFT_OUT, LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_six_words_carry_about_77_bits(lists: WordLists, language: Language) -> None:
    assert lists.bits(language) > 77


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_can_be_typed_on_any_phone(lists: WordLists, language: Language) -> None:
    assert all(word.isascii() and word.isalpha() and word.islower() and 4 <= len(word) <= 9 for word in lists._of(language))
    assert len(set(lists._of(language))) == len(lists._of(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_hurts_or_frightens(lists: WordLists, language: Language) -> None:
    never = {"death", "corpse", "murder", "mort", "tuer", "viol", "muerte", "matar", "morte", "uccidere", "puta", "merda", "mierda"}

    assert never.isdisjoint(lists._of(language))


def test_the_left_out_lists_name_nothing_twice() -> None:
    for language in LANGUAGES:
        lines = [line for line in (LEFT_OUT / f"{language}.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
        assert len(lines) == len(set(lines)) > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_is_read_back_in_any_layout(lists: WordLists, language: Language) -> None:
    for _ in range(20):
        receipt = lists.new_receipt(language)
        words = list(receipt.words)
        for layout in (
            f"{receipt.locator} {' '.join(words)}",
            f"{' '.join(words).upper()}\n{receipt.locator.lower()}",
            f"{receipt.locator}\n" + "\n".join(f"{n}. {word.title()}" for n, word in enumerate(words, 1)),
            f"{'-'.join(words)} , {receipt.locator.replace('-', ' ')}",
        ):
            typed = lists.read(layout)
            assert (typed.locator, typed.words, typed.unknown) == (receipt.locator, receipt.words, ())


def test_a_language_without_a_list_gets_english_words(lists: WordLists) -> None:
    assert set(lists.new_receipt(Language("lv")).words) <= set(lists._of(Language("en")))


def test_accents_and_case_do_not_change_the_key() -> None:
    assert Receipt("", ("Été", "MAÑANA")).passphrase == Receipt("", ("ete", "manana")).passphrase == "ete manana"


def test_the_order_of_the_words_matters() -> None:
    assert Receipt("", ("one", "two")).passphrase != Receipt("", ("two", "one")).passphrase


def test_a_mistyped_word_is_pointed_out_with_the_nearest_one(lists: WordLists) -> None:
    assert lists.read("handhelt parade acre qqqqqq").unknown == (("handhelt", "handheld"), ("qqqqqq", ""))


def test_a_slip_in_the_locator_is_told(lists: WordLists) -> None:
    receipt = lists.new_receipt(Language("en"))
    slip = receipt.locator[:-1] + ("2" if receipt.locator[-1] != "2" else "3")

    assert lists.read(f"{slip} {' '.join(receipt.words)}").mistyped


def test_folding_keeps_what_distinguishes_words() -> None:
    assert fold("Straße") == "strasse" and fold("naïve") == "naive"


def test_the_words_do_not_show_when_printed(lists: WordLists) -> None:
    receipt = lists.new_receipt(Language("en"))

    assert receipt.words[0] not in repr(receipt) and receipt.words[0] not in repr(lists.read(" ".join(receipt.words)))
