"""Which tips may say the same, without keeping what they say: a keyed MinHash of pairs of words. Pure.

Of each text remain 12 numbers ("bands"). Two texts share a band with probability J**3, J being the part of their word pairs that
they have in common (Jaccard): with half in common they share at least one band in 80 of 100 cases, with a third in 36,
with a tenth in 1. Source: Broder 1997, "On the resemblance and containment of documents"; Leskovec, Rajaraman, Ullman,
"Mining of Massive Datasets", chapter 3.
"""

from __future__ import annotations

import hashlib
import re
from itertools import pairwise

from bot.tips.words import fold

BANDS = 12
_ROWS = 3
_FEWEST = 4
"""Texts of fewer word pairs are alike by chance."""
_WORD = re.compile(r"\w+")


def bands(text: str, key: bytes) -> tuple[bytes, ...]:
    """The bands of a text under a key, eight bytes each; none for a text of a few words."""
    words = _WORD.findall(fold(text))
    pairs = {f"{one} {other}".encode("utf-8", "surrogatepass") for one, other in pairwise(words)}
    if len(pairs) < _FEWEST:
        return ()
    # One wide hash for each pair, cut into as many independent hashes as the signature has rows.
    hashes = [b"".join(_hash(pair, key, part) for part in range(_PARTS)) for pair in pairs]
    rows = [min(wide[start : start + 8] for wide in hashes) for start in range(0, BANDS * _ROWS * 8, 8)]
    return tuple(_hash(b"".join(rows[band * _ROWS : (band + 1) * _ROWS]), key, _PARTS + band)[:8] for band in range(BANDS))


_PARTS = -(-BANDS * _ROWS * 8 // 64)


def _hash(data: bytes, key: bytes, part: int) -> bytes:
    return hashlib.blake2b(data, key=key, salt=part.to_bytes(2, "big")).digest()
