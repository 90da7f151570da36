"""Passwords: Argon2id hashes, rules that refuse what is guessed first, and generated first passwords.

Rules follow NIST SP 800-63B, section 5.1.1.2: length over composition, no forced mixtures, no periodic change,
refusal of common, repetitive, sequential and context-specific values.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.errors import Invalid

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 256

_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "azertyuiop", "asdfghjkl", "zxcvbnm")
_COMMON = frozenset(
    {"password", "passwort", "contrasena", "contraseña", "motdepasse", "passe", "password1", "admin", "administrator",
     "welcome", "letmein", "iloveyou", "monkey", "dragon", "football", "qwerty", "azerty", "sunshine", "princess", "master",
     "shadow", "superman", "michael", "bonjour", "soleil", "ciao", "juventus", "amore", "realmadrid", "barcelona", "secret",
     "changeme", "default", "login", "guest", "test", "lighthouse", "faro", "police", "moderator", "officer", "city"}
)
_LEET = str.maketrans("0134578@$!", "oleastbasi")

T = TypeVar("T")


def normalise(password: str) -> str:
    """One form for the same characters typed on different keyboards (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check_strength(password: str, about: Iterable[str] = ()) -> None:
    """Accept a new password or say why not. ``about``: login, name, city: what a guesser tries first.

    Raises:
        Invalid: field ``password``; the code is the catalogue key of the reason.
    """
    text = normalise(password)
    if len(text) < MINIMUM_LENGTH:
        raise Invalid("password", "error.password_short")
    if len(text) > MAXIMUM_LENGTH:
        raise Invalid("password", "error.password_long")
    if _is_simple(text):
        raise Invalid("password", "error.password_simple")
    plain = text.casefold()
    if any(word in plain for value in about for word in re.split(r"\W+", value.casefold()) if len(word) >= 4):
        raise Invalid("password", "error.password_personal")
    if _is_common(plain):
        raise Invalid("password", "error.password_common")


def _is_simple(text: str) -> bool:
    """Few different characters, one piece repeated, or mostly a run such as ``abcdef`` or ``qwerty``."""
    plain = text.casefold()
    if len(set(plain)) < 5 or re.fullmatch(r"(.{1,6}?)\1+", plain):
        return True
    in_runs = sum(any(pair in run or pair[::-1] in run for run in _RUNS) for pair in map("".join, itertools.pairwise(plain)))
    return in_runs >= len(plain) * 0.6


def _is_common(plain: str) -> bool:
    """A well-known word, dressed with digits, signs or look-alike characters, is most of it."""
    for form in (plain, plain.translate(_LEET)):
        letters = rest = re.sub(r"[\W\d_]+", "", form)
        for word in sorted(_COMMON, key=len, reverse=True):
            rest = rest.replace(word, "")
        if rest != letters and len(rest) < MINIMUM_LENGTH / 2:
            return True
    return False


def generate() -> str:
    """A first password: four groups of five readable characters, about 99 bits."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(5)) for _ in range(4))


class Passwords:
    """Hashes and checks passwords, two at a time, in threads: a flood of sign-ins cannot take all memory.

    Args:
        hasher: Argon2id with its parameters; old hashes are renewed at sign-in when these change.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        # RFC 9106 with the memory of bot.crypto.PasswordCost: the hash is no cheaper to attack than the wrapped key.
        self._hasher = hasher or PasswordHasher(time_cost=3, memory_cost=128 * 1024, parallelism=1)
        self._turns = asyncio.Semaphore(2)
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """The encoded Argon2id hash with salt and parameters."""
        return await self.run(lambda: self._hasher.hash(normalise(password)))

    async def matches(self, encoded: str | None, password: str) -> bool:
        """Whether the password fits. With no hash (nobody has that login) it takes as long and says no."""
        if encoded is None:
            if self._nobody is None:
                self._nobody = await self.hash(secrets.token_hex(16))
            await self.run(lambda: self._fits(self._nobody or "", password))
            return False
        return await self.run(lambda: self._fits(encoded, password))

    def outdated(self, encoded: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(encoded)

    def _fits(self, encoded: str, password: str) -> bool:
        try:
            return self._hasher.verify(encoded, normalise(password))
        except (VerificationError, InvalidHashError):
            return False

    async def run(self, work: Callable[[], T]) -> T:
        """Run slow key derivation in a thread, at most two at once."""
        async with self._turns:
            return await asyncio.to_thread(work)
