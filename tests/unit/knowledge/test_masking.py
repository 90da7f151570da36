"""What could name somebody does not stay in a question."""

from __future__ import annotations

import pytest

from bot.knowledge.masking import LONGEST, MASK, mask

KNOWN = frozenset({"what", "my", "can", "how", "ai", "est", "mon", "puedo", "posso", "the"})


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("can i call +33 6 12 34 56 78 back", f"can i call {MASK} back"),
        ("who is 0612345678 really", f"who is {MASK} really"),
        ("mail from anna.b@mail.example.org is odd", f"mail from {MASK} is odd"),
        ("is https://evil.example/x?y=1 safe to open", f"is {MASK} safe to open"),
        ("is free-robux.com a real page", f"is {MASK} a real page"),
        ("somebody called @dark_wolf writes to me", f"somebody called {MASK} writes to me"),
        ("my card 4242424242424242 is gone", f"my card {MASK} is gone"),
        ("the code 4821 came by sms", f"the code {MASK} came by sms"),
        ("i live at number 12 and he knows", "i live at number 12 and he knows"),
        ("yesterday Maria Lopez sent my picture around", f"yesterday {MASK} sent my picture around"),
        ("Can I post that", "Can I post that"),
        ("Marco keeps writing to me", f"{MASK} keeps writing to me"),
        ("it is late. What now then", "it is late. What now then"),
        ("C'est mon frère Karim qui fait ça", f"C'est mon frère {MASK} qui fait ça"),
        ("¿Puedo grabar a la profe?", "¿Puedo grabar a la profe?"),
    ],
)
def test_names_numbers_and_addresses_are_taken_out(said: str, kept: str) -> None:
    assert mask(said, KNOWN) == kept


@pytest.mark.parametrize("said", ["", "hm", "Maria Lopez", "PLEASE HELP ME MARIA LOPEZ", "0612345678 Anna"])
def test_what_has_too_few_words_left_is_not_kept(said: str) -> None:
    assert mask(said, KNOWN) is None


def test_a_long_question_is_cut() -> None:
    kept = mask("word " * 500, KNOWN)
    assert kept is not None and len(kept) <= LONGEST
