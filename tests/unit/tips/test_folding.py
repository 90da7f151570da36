"""Reading words as people mean them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tips.folding import fold, folded


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Noël", "noel"), ("L’ÉCOLE", "l'ecole"), ("Straße", "strasse"), ("mo\u00adped", "moped"), ("Σίσυφος", "σισυφοσ"), ("ﬁn", "fin")],
)
def test_case_accents_and_unseen_signs_go(text: str, plain: str) -> None:
    assert fold(text) == plain


@given(st.text(alphabet=st.one_of(st.characters(max_codepoint=0x2FF), st.sampled_from("’ʼ“…€\u00ad\u0301ς한"))))
def test_the_quick_way_reads_like_the_one_that_knows_places(text: str) -> None:
    assert fold(text) == folded(text)[0]


@given(st.text())
def test_each_folded_character_has_a_place_in_the_text(text: str) -> None:
    plain, places = folded(text)
    assert len(places) == len(plain) + 1 and places == sorted(places) and places[-1] == len(text)
