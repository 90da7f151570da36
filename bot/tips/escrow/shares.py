"""Shares of the escrow's key as words on paper. Pure: no database, no clock.

Shamir's secret sharing, two of three, written as SLIP-39 mnemonics: 33 words of a list of 1024, of which the last three are
a checksum that finds three wrong words for sure. Any two shares give the key, one tells nothing about it. Source:
SLIP-0039, "Shamir's Secret-Sharing for Mnemonic Codes". The library's own messages are never passed on: they hold words.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics
from shamir_mnemonic import Share as Mnemonic
from shamir_mnemonic.wordlist import WORDLIST

from bot.crypto import PrivateKey
from bot.errors import Invalid

SHARES = 3
NEEDED = 2
WORDS = 33
"""Words of one share: 20 bits of identifier, 20 of parameters, 256 of the share, padding, 30 of checksum."""

_DISTINCT = 4
"""No two words of the list begin with the same four letters."""
_WORDS: dict[str, str] = {word[:_DISTINCT]: word for word in WORDLIST}
_GROUP = 6


@dataclass(frozen=True, slots=True)
class Share:
    """One holder's share. ``number``: 1 to 3. Two of them open every tip: never store or log one."""

    number: int
    words: tuple[str, ...] = field(repr=False)

    @property
    def written(self) -> str:
        """As it is shown and written down: numbered lines of six words."""
        lines = [self.words[start : start + _GROUP] for start in range(0, WORDS, _GROUP)]
        return "\n".join(f"{index * _GROUP + 1:>2}  {' '.join(line)}" for index, line in enumerate(lines))

    @property
    def fingerprint(self) -> str:
        """Tells a share without giving anything of it away: a hash over 256 random bits cannot be tried out."""
        return hashlib.blake2b(" ".join(self.words).encode(), digest_size=8, person=b"faro escrow").hexdigest()


def split(secret: bytes) -> list[Share]:
    """Three shares of a key of 32 bytes; different ones each time. Every pair is tried before they are given out."""
    # No passphrase, so stretching it would protect nothing.
    [mnemonics] = generate_mnemonics(1, [(NEEDED, SHARES)], secret, iteration_exponent=0)
    shares = [Share(number, tuple(words.split())) for number, words in enumerate(mnemonics, 1)]
    if any(join(pair) != secret for pair in itertools.combinations(shares, NEEDED)):
        raise RuntimeError("two of the new shares do not give the key back")
    return shares


def read(typed: str) -> Share:
    """A share as somebody typed it: any spacing and case, numbers of lines or none, four letters of each word at least.

    Raises:
        Invalid: ``share_length``; ``share_word``, which is not in the list; ``share_mistyped``; ``share_foreign``: sound, but no
            share of an escrow of Faro.
    """
    tokens = [token for token in typed.lower().replace(",", " ").split() if not token.strip(".:)").isdigit()]
    words = tuple(_word(token, number) for number, token in enumerate(tokens, 1))
    if len(words) != WORDS:
        raise Invalid("share", "share_length", f"a share has {WORDS} words, here are {len(words)}")
    try:
        mnemonic = Mnemonic.from_mnemonic(" ".join(words))
    except MnemonicError:
        raise Invalid("share", "share_mistyped", "a word is wrong or stands in another place; compare it line by line") from None
    if (mnemonic.member_threshold, mnemonic.group_threshold, mnemonic.group_count) != (NEEDED, 1, 1) or mnemonic.index >= SHARES:
        raise Invalid("share", "share_foreign", "this is no share of an escrow of Faro")
    return Share(mnemonic.index + 1, words)


def join(shares: Sequence[Share]) -> bytes:
    """The key that two shares give.

    Raises:
        Invalid: ``shares_same``: one share only, or twice the same number; ``shares_apart``: of different escrows, or changed.
    """
    if len(shares) != NEEDED or len({share.number for share in shares}) != NEEDED:
        raise Invalid("share", "shares_same", "two different shares are needed")
    try:
        secret: bytes = combine_mnemonics([" ".join(share.words) for share in shares])
    except MnemonicError:
        raise Invalid("share", "shares_apart", "these two shares do not belong together") from None
    if len(secret) != PrivateKey.SIZE:
        raise Invalid("share", "shares_apart", "these two shares do not belong together")
    return secret


def _word(token: str, number: int) -> str:
    word = _WORDS.get(token[:_DISTINCT])
    if word is None or not word.startswith(token):
        raise Invalid("share", "share_word", f"word {number} is not in the list; look at it again")
    return word
