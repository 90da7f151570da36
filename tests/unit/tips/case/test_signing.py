"""The signature of case packages."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bot.crypto import SigningKey, signing_public_key
from bot.errors import Invalid, SettingsError
from bot.tips.case import signing

# RFC 8032, section 7.1, tests 1 to 3: secret key, public key, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("secret", "public", "message", "signature"), VECTORS)
def test_it_signs_as_the_standard_says(secret: str, public: str, message: str, signature: str) -> None:
    key, data = SigningKey(bytes.fromhex(secret)), bytes.fromhex(message)
    assert signing.written(key.verify_key) == public
    assert signing.sign(key, data).hex() == signature
    assert signing.fits(signing.read(public), data, bytes.fromhex(signature))


def test_a_signature_fits_its_bytes_and_its_key_only() -> None:
    key = SigningKey(bytes(32))
    signature = signing.sign(key, b"manifest")
    assert not signing.fits(key.verify_key, b"manifesT", signature)
    assert not signing.fits(key.verify_key, b"manifest", signature[:-1])
    assert not signing.fits(key.verify_key, b"manifest", signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not signing.fits(SigningKey(b"1" * 32).verify_key, b"manifest", signature)


@pytest.mark.parametrize("typed", ["", "zz", "00" * 31, "00" * 33])
def test_a_key_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="64 hex digits"):
        signing.read(typed)


def test_a_key_may_be_typed_with_spaces() -> None:
    public = SigningKey(bytes(32)).verify_key
    written = signing.written(public)
    assert signing.read(f" {written[:32]} {written[32:].upper()}\n") == public


def test_openssl_agrees(tmp_path: Path) -> None:
    """The way of checking that needs nothing of Faro, as docs/case-packages.md says it."""
    key = SigningKey(bytes(32))
    (tmp_path / "key.pem").write_text(signing.pem(key.verify_key))
    (tmp_path / "manifest.json").write_bytes(b"{}\n")
    (tmp_path / "manifest.sig").write_bytes(signing.sign(key, b"{}\n"))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin"]
    command += ["-in", "manifest.json", "-sigfile", "manifest.sig"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "manifest.json").write_bytes(b"[]\n")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_asking_for_the_public_key_makes_none(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="first start"):
        signing_public_key(tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "signing.key").write_bytes(bytes(32))
    assert signing_public_key(tmp_path) == SigningKey(bytes(32)).verify_key
    (tmp_path / "signing.key").write_bytes(bytes(31))
    with pytest.raises(SettingsError):
        signing_public_key(tmp_path)


def test_keys_are_told_apart_by_their_short_names() -> None:
    first, second = (signing.short_name(SigningKey(bytes([number] * 32)).verify_key) for number in (1, 2))
    assert len(first) == 16 and first != second
