"""Keys of tips: fixed vectors, what must hold for any content, and every misuse fails closed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.crypto import PasswordCost, PrivateKey
from bot.errors import NobodyToRead, SealBroken
from bot.tips.vault import GrantKind, Reader, ReaderKey, TipKey, TipVault, unlocked

CHEAP = PasswordCost(opslimit=1, memlimit=8192 * 1024)
TIP = PrivateKey(bytes(range(32)))
STAFF = PrivateKey(bytes(range(32, 64)))
WORDS = "able baker candle delta eagle forest"

PUBLIC = bytes.fromhex("8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f")
SEALED_FILE = bytes.fromhex(
    "5a07b2ca13e6c8fd287239b2c33600064138900cf368b374a0384af88be8c1d364f4fe3d35b06ba8f70b2f58db109e"
)
READER_GRANT = bytes.fromhex(
    "b2da42830259ebb52c77fe05027d5c83bbd56c5d91aa7cdb2c840e84ad521041a2a8d069f09c2c375181819ec194c3bd"
    "b68a8a68d72d31f4034a6f58e00f9944516b4b6ce76683d27ed91200241f6f26b4a598259901a074727cbc3a04294c10dd90106ad1b8b0df9ec04c"
)
RECEIPT_GRANT = bytes.fromhex(
    "0000000100000000008000004e8e4b5851ce262b16c047d6a30a8ffd74ed5d36c29806be3f13d1520bc893239aa42b747c7d6dd5"
    "5110cb862a337db0143a0f3a3f769c2227428f33d676b3af5b9b2304b89921793847aec8c63c6e4c66a59c561b0c8707"
)


@pytest.fixture
def vault() -> TipVault:
    return TipVault(cost=CHEAP)


def test_what_was_sealed_by_an_earlier_version_still_opens(vault: TipVault) -> None:
    key = TipKey("tip-1", TIP)

    assert key.public == PUBLIC
    assert key.open_file(SEALED_FILE, "attachment", "p1", "view") == b"a photo"
    assert vault.open(Reader("s1", STAFF), "tip-1", PUBLIC, READER_GRANT).secret == bytes(TIP)
    assert vault.open_with_words(WORDS, "tip-1", PUBLIC, RECEIPT_GRANT).secret == bytes(TIP)


@given(text=st.text(max_size=600), place=st.lists(st.text(max_size=10), min_size=1, max_size=3))
def test_anything_sealed_opens_at_its_place_and_nowhere_else(text: str, place: list[str]) -> None:
    key = TipKey("a", TIP)
    sealed = key.seal({"text": text}, *place)

    assert key.open(sealed, *place) == {"text": text}
    with pytest.raises(SealBroken):
        key.open(sealed, *place, "elsewhere")
    with pytest.raises(SealBroken):
        TipKey("b", TIP).open(sealed, *place)
    with pytest.raises(SealBroken):
        TipKey("a", STAFF).open(sealed, *place)


@given(cut=st.integers(min_value=0, max_value=300), flip=st.integers(min_value=0, max_value=200))
def test_cut_or_changed_bytes_do_not_open(cut: int, flip: int) -> None:
    key = TipKey("a", TIP)
    sealed = key.seal("told", "entry", 1)
    changed = bytearray(sealed)
    changed[flip] ^= 1

    for broken in (sealed[: min(cut, len(sealed) - 1)], bytes(changed)):
        with pytest.raises(SealBroken):
            key.open(broken, "entry", 1)


@given(first=st.integers(0, 200), second=st.integers(0, 200))
def test_the_length_of_a_short_text_does_not_show(first: int, second: int) -> None:
    key = TipKey("a", TIP)

    assert len(key.seal("x" * first, "entry")) == len(key.seal("y" * second, "entry"))


def test_a_tip_opens_for_every_reader_the_recovery_key_and_the_receipt() -> None:
    readers = {f"s{n}": PrivateKey.generate() for n in range(3)}
    recovery = PrivateKey.generate()
    vault = TipVault(CHEAP)
    key = vault.create("t")
    grants = {
        (grant.kind, grant.holder): grant.sealed
        for grant in vault.grants(key, [ReaderKey(name, one.public_key) for name, one in readers.items()], WORDS, recovery.public_key)
    }

    for name, private in readers.items():
        assert vault.open(Reader(name, private), "t", key.public, grants[GrantKind.READER, name]).secret == key.secret
    assert vault.open_as_recovery(recovery, "t", key.public, grants[GrantKind.RECOVERY, ""]).secret == key.secret
    assert vault.open_with_words(WORDS, "t", key.public, grants[GrantKind.RECEIPT, ""]).secret == key.secret


def test_without_any_reader_no_grant_is_made(vault: TipVault) -> None:
    with pytest.raises(NobodyToRead):
        vault.grants(vault.create("t"), [], WORDS)


def test_the_recovery_key_alone_does_not_count_as_a_reader() -> None:
    vault = TipVault(CHEAP)

    with pytest.raises(NobodyToRead):
        vault.grants(vault.create("t"), [], WORDS, PrivateKey.generate().public_key)


def test_a_grant_opens_for_its_holder_only(vault: TipVault) -> None:
    key = vault.create("t")
    sealed = vault.grant(key, ReaderKey("s1", STAFF.public_key)).sealed

    for reader, tip_id in ((Reader("s1", TIP), "t"), (Reader("s2", STAFF), "t"), (Reader("s1", STAFF), "other")):
        with pytest.raises(SealBroken):
            vault.open(reader, tip_id, key.public, sealed)


def test_a_grant_of_another_key_planted_in_the_row_is_refused(vault: TipVault) -> None:
    key, planted = vault.create("t"), vault.create("t")
    sealed = vault.grant(planted, ReaderKey("s1", STAFF.public_key)).sealed

    with pytest.raises(SealBroken):
        vault.open(Reader("s1", STAFF), "t", key.public, sealed)


def test_wrong_words_do_not_open(vault: TipVault) -> None:
    for words in ("", "able baker candle delta eagle", "baker able candle delta eagle forest", WORDS.upper()):
        with pytest.raises(SealBroken):
            vault.open_with_words(words, "tip-1", PUBLIC, RECEIPT_GRANT)


def test_a_receipt_grant_moved_to_another_tip_does_not_open(vault: TipVault) -> None:
    with pytest.raises(SealBroken):
        vault.open_with_words(WORDS, "tip-2", PUBLIC, RECEIPT_GRANT)


def test_the_same_words_make_another_grant_each_time(vault: TipVault) -> None:
    key = vault.create("t")
    reader = ReaderKey("s1", STAFF.public_key)

    first, second = (vault.grants(key, [reader], WORDS)[-1].sealed for _ in range(2))
    assert first != second and first[12:28] != second[12:28], "salt"


def test_the_cost_of_the_receipt_is_recorded_so_that_it_can_be_raised_later(vault: TipVault) -> None:
    dearer = TipVault(cost=PasswordCost(2, 16384 * 1024))

    assert dearer.open_with_words(WORDS, "tip-1", PUBLIC, RECEIPT_GRANT).secret == bytes(TIP)


def test_an_unknown_locator_spends_the_same_derivation(vault: TipVault) -> None:
    with pytest.raises(SealBroken):
        vault.spend_time(WORDS)
    assert vault._decoy[:12] == RECEIPT_GRANT[:12], "passes and memory of the decoy are those of a receipt"


def test_a_key_kept_for_some_minutes_must_still_be_the_tips(vault: TipVault) -> None:
    assert unlocked("tip-1", bytes(TIP), PUBLIC).secret == bytes(TIP)
    for secret in (bytes(STAFF), b"", bytes(31)):
        with pytest.raises(SealBroken):
            unlocked("tip-1", secret, PUBLIC)


def test_secrets_do_not_show_when_printed(vault: TipVault) -> None:
    key = TipKey("tip-1", TIP)
    shown = repr([key, Reader("s1", STAFF), vault.grant(key, ReaderKey("s1", STAFF.public_key))])

    assert "hidden" in shown and "sealed" not in shown and bytes(TIP).hex() not in shown
