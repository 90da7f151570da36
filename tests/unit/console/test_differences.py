"""Two texts as one, with what went and what came."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.console.differences import stretches

WORDS = st.text(alphabet="ab \n", max_size=40)


def test_changed_words_stand_where_they_were() -> None:
    found = [(one.kind, one.words) for one in stretches("Lock it twice.", "Lock it now.")]
    assert found == [("same", "Lock it "), ("gone", "twice."), ("new", "now.")]


@given(before=WORDS, after=WORDS)
def test_both_texts_can_be_read_from_it(before: str, after: str) -> None:
    found = stretches(before, after)
    assert "".join(one.words for one in found if one.kind != "new") == before
    assert "".join(one.words for one in found if one.kind != "gone") == after
