"""Bands of a keyed MinHash: alike for like texts, apart for others, worth nothing without the key."""

from __future__ import annotations

from bot.tips.similarity import BANDS, bands

KEY, OTHER = bytes(32), bytes(range(32))
VAN = "Somebody sells bicycles out of a white van behind the market hall, always on Thursday evening around eight"
AGAIN = "somebody sells bicycles out of a white van behind the market hall. Always on thursday evening, I think"
KNIFE = "Two boys of the year above showed a knife in the changing room of the sports hall and laughed about it"


def shared(one: str, other: str, key: bytes = KEY) -> int:
    return sum(a == b for a, b in zip(bands(one, key), bands(other, key), strict=True))


def test_the_same_words_share_every_band_whatever_their_case_and_accents() -> None:
    assert shared(VAN, VAN.upper()) == BANDS
    assert shared("Un homme très pressé vend des vélos", "un homme tres presse vend des velos") == BANDS


def test_like_texts_share_bands_and_others_none() -> None:
    assert shared(VAN, AGAIN) >= 3
    assert shared(VAN, KNIFE) == 0


def test_another_key_makes_bands_that_cannot_be_compared() -> None:
    assert not set(bands(VAN, KEY)) & set(bands(VAN, OTHER))


def test_short_texts_have_no_bands() -> None:
    assert bands("he sells it there", KEY) == () and bands("", KEY) == ()


def test_a_long_text_costs_little_and_odd_characters_do_not_matter() -> None:
    assert len(bands("word \ud800 " + "and another one " * 1500 + " ".join(map(str, range(500))), KEY)) == BANDS
