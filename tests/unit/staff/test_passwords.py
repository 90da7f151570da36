"""Which passwords are refused, and that hashing keeps its promises."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from bot.errors import Invalid
from bot.staff import passwords
from bot.staff.passwords import Passwords, check_strength


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short-one", "error.password_short"),
        ("x" * 300, "error.password_long"),
        ("aaaaaaaaaaaaaa", "error.password_simple"),
        ("abcabcabcabcabc", "error.password_simple"),
        ("wordywordywordy", "error.password_simple"),
        ("abcdefghijklmnop", "error.password_simple"),
        ("qwertyuiopasdfgh", "error.password_simple"),
        ("9876543210abcde", "error.password_simple"),
        ("Password2026!", "error.password_common"),
        ("P4$$w0rd-2026", "error.password_common"),
        ("faro-police-2026", "error.password_common"),
        ("rosalind.keller77", "error.password_personal"),
        ("i-love-testville-now", "error.password_personal"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_strength(password, ("r.keller", "Rosalind Keller", "Testville"))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "password", ["tidal-copper-wagon-noon", "le chat dort sous la pluie", "7hQ!vbz2_Lw0pRt", "ñandú verde y tranquilo"]
)
def test_long_and_unusual_passwords_are_accepted_without_forced_mixtures(password: str) -> None:
    check_strength(password, ("r.keller", "Rosalind Keller", "Testville"))


def test_generated_passwords_are_acceptable_and_differ() -> None:
    made = {passwords.generate() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        check_strength(password)


async def test_a_hash_matches_its_password_only() -> None:
    hasher = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    encoded = await hasher.hash("tidal-copper-wagon-noon")
    assert encoded.startswith("$argon2id$")
    assert await hasher.matches(encoded, "tidal-copper-wagon-noon")
    assert not await hasher.matches(encoded, "tidal-copper-wagon-moon")
    assert not await hasher.matches("no hash at all", "tidal-copper-wagon-noon")
    assert not await hasher.matches(None, "tidal-copper-wagon-noon")


async def test_the_same_characters_typed_differently_are_the_same_password() -> None:
    hasher = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    assert await hasher.matches(await hasher.hash("cafe\u0301 sous la pluie"), "caf\u00e9 sous la pluie")


def test_outdated_parameters_are_noticed() -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x")
    assert Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)).outdated(old)
    assert not Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)).outdated(old)
