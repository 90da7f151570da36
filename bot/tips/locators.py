"""Locators: the public half of a receipt, such as ``K7QF-2M9D``. They find a tip and open nothing.

Seven random symbols of Crockford's Base32 and a check symbol. The check is a polynomial over GF(32), so every single
wrong symbol and every swap of two neighbours is noticed before anything is looked up.
Source of the alphabet and of reading I, L, O as 1, 1, 0: Douglas Crockford, "Base 32".
"""

from __future__ import annotations

import re
import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("ILO", "110")
_PLAIN_DIGITS = frozenset("23456789")
_CANDIDATE = re.compile(r"(?<![0-9A-Z])([0-9A-Z]{4})[\s\-\u2010-\u2015._]{0,3}([0-9A-Z]{4})(?![0-9A-Z])", re.IGNORECASE)


def new_locator() -> str:
    """A random locator with a digit from 2 to 9 in each half, so that no word beside it can be taken for a half."""
    while True:
        values = [secrets.randbelow(32) for _ in range(7)]
        symbols = "".join(_ALPHABET[value] for value in [*values, _check(values)])
        if _has_digits(symbols):
            return f"{symbols[:4]}-{symbols[4:]}"


def find_locator(typed: str) -> tuple[str | None, str]:
    """The first locator in what a person typed, and the rest of the text.

    Any case, any dash, lookalikes read as meant. ``None`` when there is none whose check symbol is right.
    """
    for match in _candidates(typed):
        symbols = _read(match)
        if _is_sound(symbols):
            return f"{symbols[:4]}-{symbols[4:]}", typed[: match.start()] + " " + typed[match.end() :]
    return None, typed


def looks_like_locator(typed: str) -> bool:
    """Whether somebody tried to type a locator, right or wrong: two groups of four with a digit in each."""
    return any(_has_digits(_read(match)) for match in _candidates(typed))


def _candidates(typed: str) -> list[re.Match[str]]:
    found = []
    position = 0
    while match := _CANDIDATE.search(typed, position):
        found.append(match)
        position = match.start() + 1  # "told ABCD-EFGH": the pair that starts one word earlier must not hide it.
    return found


def _read(match: re.Match[str]) -> str:
    return (match[1] + match[2]).upper().translate(_LOOKALIKES)


def _is_sound(symbols: str) -> bool:
    if not _has_digits(symbols) or not set(symbols) <= set(_ALPHABET):
        return False
    values = [_ALPHABET.index(symbol) for symbol in symbols]
    return _check(values[:7]) == values[7]


def _has_digits(symbols: str) -> bool:
    return bool(_PLAIN_DIGITS & set(symbols[:4]) and _PLAIN_DIGITS & set(symbols[4:]))


def _check(values: list[int]) -> int:
    total = 0
    for value in values:
        total = (total ^ value) << 1
        if total & 32:
            total ^= 0b100101  # x^5 + x^2 + 1, primitive: multiplying by x visits every element.
    return total
