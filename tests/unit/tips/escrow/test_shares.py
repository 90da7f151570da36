"""Shares of the escrow: written, read back, put together; and everything that must not open."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.tips.escrow.memory import held, wipe
from bot.tips.escrow.shares import WORDS, Share, join, read, split

KEY = bytes(range(32))
PAPERS = (
    "ending moment academic acid auction hamster tolerate trouble inherit provide grumpy regret acquire bolt marvel credit software "
    "multiple flavor hamster smell column inform viral forecast answer prevent garlic imply papa exercise counter saver",
    "ending moment academic agency average hanger muscle blue payroll news change threaten hamster piece acne fortune boundary "
    "alien nuclear decent impact percent cleanup edge payment behavior ounce lyrics keyboard material move friar ruin",
    "ending moment academic always arena guilt airline large stilt pecan twice adapt safari various manual pencil froth "
    "rebuild snapshot rapids pecan teaspoon spider upgrade replace webcam silver python laser language regret prune crowd",
)
FINGERPRINTS = ("c2b15faf019d8435", "3c5e4bfb33176980", "57e8ec6566cea9af")
"""Written once by this version: papers have to be readable for years."""


def code(typed: str) -> str:
    with pytest.raises(Invalid) as caught:
        read(typed)
    return caught.value.code


@pytest.mark.parametrize("pair", list(itertools.permutations(range(3), 2)))
def test_any_two_papers_of_long_ago_still_give_the_key(pair: tuple[int, int]) -> None:
    assert join([read(PAPERS[number]) for number in pair]) == KEY


def test_papers_keep_their_numbers_and_fingerprints() -> None:
    shares = [read(paper) for paper in PAPERS]
    assert [share.number for share in shares] == [1, 2, 3]
    assert tuple(share.fingerprint for share in shares) == FINGERPRINTS


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=20, deadline=None)
def test_every_key_comes_back_from_each_pair_as_written(key: bytes) -> None:
    shares = split(key)
    assert [len(share.words) for share in shares] == [WORDS] * 3
    for pair in itertools.combinations(shares, 2):
        assert join([read(share.written) for share in pair]) == key


def test_four_letters_of_each_word_are_enough_in_any_case_and_spacing() -> None:
    short = "\n".join(word[:4].upper() for word in PAPERS[0].split())
    assert read(short) == read(PAPERS[0])


@given(st.integers(0, WORDS - 1), st.sampled_from(["academic", "zero", "unhappy"]))
@settings(max_examples=30, deadline=None)
def test_one_wrong_word_is_always_found(place: int, wrong: str) -> None:
    words = PAPERS[1].split()
    if words[place] != wrong:
        words[place] = wrong
        assert code(" ".join(words)) == "share_mistyped"


def test_what_is_no_share_is_refused_with_its_reason() -> None:
    words = PAPERS[0].split()
    assert code(" ".join(words[:-1])) == "share_length"
    assert code(" ".join([*words[:-1], "faro"])) == "share_word"
    assert code(" ".join([*words[:-1], "ac"])) == "share_word"
    assert code("") == "share_length"


def test_a_share_of_another_scheme_is_refused() -> None:
    from shamir_mnemonic import generate_mnemonics

    [[paper, *_]] = generate_mnemonics(1, [(3, 5)], KEY, iteration_exponent=0)
    assert code(paper) == "share_foreign"


def test_the_message_about_a_wrong_word_never_repeats_it() -> None:
    with pytest.raises(Invalid) as caught:
        read(" ".join([*PAPERS[0].split()[:-1], "secretword"]))
    assert "secretword" not in str(caught.value) and caught.value.__cause__ is None


@pytest.mark.parametrize("count", [0, 1, 3])
def test_only_exactly_two_shares_open(count: int) -> None:
    with pytest.raises(Invalid, match="two different shares"):
        join([read(paper) for paper in PAPERS[:count]])


def test_the_same_share_twice_is_one_share() -> None:
    with pytest.raises(Invalid, match="two different shares"):
        join([read(PAPERS[0]), read(PAPERS[0])])


def test_shares_of_two_escrows_do_not_give_a_key() -> None:
    with pytest.raises(Invalid, match="do not belong together"):
        join([read(PAPERS[0]), split(bytes(32))[1]])


def test_a_share_with_another_ones_value_does_not_give_a_key() -> None:
    """Checksum and identifier fit, the value is of another splitting: the digest inside finds it."""
    from shamir_mnemonic import Share as Mnemonic

    mine, other = Mnemonic.from_mnemonic(PAPERS[0]), Mnemonic.from_mnemonic(" ".join(split(KEY)[0].words))
    swapped = Mnemonic(*(getattr(mine, name) for name in ("identifier", "extendable", "iteration_exponent", "group_index")),
                       *(getattr(mine, name) for name in ("group_threshold", "group_count", "index", "member_threshold")), other.value)
    with pytest.raises(Invalid, match="do not belong together"):
        join([read(swapped.mnemonic()), read(PAPERS[1])])


def test_one_share_says_nothing_of_the_key_and_does_not_show_itself() -> None:
    share = read(PAPERS[0])
    assert PAPERS[0].split()[8] not in repr(share)
    assert split(KEY)[0].words != split(KEY)[0].words, "each splitting is another one"


def test_a_secret_is_overwritten_when_its_work_is_over() -> None:
    secret = bytes(bytearray(KEY))
    with pytest.raises(ValueError), held(secret) as whole:
        assert whole == KEY
        raise ValueError
    assert secret == bytes(32)
    wipe(b"")


def test_lines_of_a_share_are_numbered_for_the_paper() -> None:
    share = Share(1, tuple(PAPERS[0].split()))
    assert [line.split()[0] for line in share.written.splitlines()] == ["1", "7", "13", "19", "25", "31"]
