"""Sealing: the few libsodium constructions that Faro uses, each with its context bound in.

Symmetric: XChaCha20-Poly1305 (IETF), random 24-byte nonce, the context as associated data. For a public key:
libsodium's sealed box (X25519 + XSalsa20-Poly1305); its context is checked inside the plaintext. Passwords: Argon2id.
Source: libsodium documentation, "AEAD constructions", "Sealed boxes", "Password hashing".
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nacl import bindings, pwhash
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.signing import SigningKey, VerifyKey

from bot.errors import SealBroken, SettingsError

__all__ = [
    "Keyring",
    "PasswordCost",
    "PrivateKey",
    "PublicKey",
    "SigningKey",
    "SymmetricKey",
    "VerifyKey",
    "open_sealed",
    "seal_to",
    "signing_public_key",
    "unwrap",
    "wrap",
]

_NONCE = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_KEY = bindings.crypto_aead_xchacha20poly1305_ietf_KEYBYTES


class SymmetricKey:
    """A 32-byte key that seals bytes under a context; the same context is needed to open them."""

    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY:
            raise ValueError(f"a symmetric key has {_KEY} bytes, not {len(key)}")
        self._key = key

    def __repr__(self) -> str:
        return "SymmetricKey(hidden)"

    @classmethod
    def generate(cls) -> SymmetricKey:
        """A new random key."""
        return cls(secrets.token_bytes(_KEY))

    @property
    def secret(self) -> bytes:
        """The raw key, to be sealed under another one."""
        return self._key

    def seal(self, plaintext: bytes, context: str) -> bytes:
        """Encrypt and authenticate; ``context`` names the row and column, so that sealed values cannot be swapped."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, context.encode(), nonce, self._key)

    def open(self, sealed: bytes, context: str) -> bytes:
        """Decrypt.

        Raises:
            SealBroken: wrong key or context, or the bytes were changed or cut.
        """
        try:
            return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
                sealed[_NONCE:], context.encode(), sealed[:_NONCE], self._key
            )
        except (CryptoError, ValueError) as error:
            raise SealBroken() from error

    def seal_json(self, value: Any, context: str) -> bytes:
        """Seal a JSON value, padded to multiples of 256 bytes so that its length tells little."""
        return self.seal(_pad(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")), context)

    def open_json(self, sealed: bytes, context: str) -> Any:
        """Open what :meth:`seal_json` sealed. Raises SealBroken."""
        return json.loads(_unpad(self.open(sealed, context)).decode("utf-8", "surrogatepass"))


def seal_to(public: PublicKey, plaintext: bytes, context: str) -> bytes:
    """Seal so that only the private key's holder can open; nobody can tell who sealed."""
    head = context.encode()
    return SealedBox(public).encrypt(len(head).to_bytes(2, "big") + head + plaintext)


def open_sealed(private: PrivateKey, sealed: bytes, context: str) -> bytes:
    """Open what :func:`seal_to` sealed.

    Raises:
        SealBroken: wrong key, wrong context, or changed bytes.
    """
    try:
        plain = SealedBox(private).decrypt(sealed)
    except (CryptoError, ValueError, TypeError) as error:
        raise SealBroken() from error
    head = context.encode()
    if plain[: 2 + len(head)] != len(head).to_bytes(2, "big") + head:
        raise SealBroken("sealed for another place")
    return plain[2 + len(head) :]


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """Argon2id's parameters: ``opslimit`` passes over ``memlimit`` bytes. Kept beside each wrapped key."""

    opslimit: int = 3
    memlimit: int = 128 * 1024 * 1024


def wrap(secret: bytes, password: str, context: str, cost: PasswordCost | None = None) -> bytes:
    """Seal ``secret`` under a password. The salt and the cost are stored in front of the sealed bytes."""
    cost = cost or PasswordCost()
    salt = secrets.token_bytes(pwhash.argon2id.SALTBYTES)
    return cost.opslimit.to_bytes(4, "big") + cost.memlimit.to_bytes(8, "big") + salt + _derived(password, salt, cost).seal(secret, context)


def unwrap(wrapped: bytes, password: str, context: str) -> bytes:
    """Open what :func:`wrap` sealed. Slow on purpose: call it in a thread.

    Raises:
        SealBroken: wrong password or context, or changed bytes.
    """
    size = pwhash.argon2id.SALTBYTES
    cost = PasswordCost(int.from_bytes(wrapped[:4], "big"), int.from_bytes(wrapped[4:12], "big"))
    # Bounded, so that changed bytes cannot ask for all the machine's memory.
    if len(wrapped) < 12 + size or not (1 <= cost.opslimit <= 20 and 8192 <= cost.memlimit <= 1 << 30):
        raise SealBroken()
    return _derived(password, wrapped[12 : 12 + size], cost).open(wrapped[12 + size :], context)


def _derived(password: str, salt: bytes, cost: PasswordCost) -> SymmetricKey:
    return SymmetricKey(
        pwhash.argon2id.kdf(_KEY, password.encode("utf-8", "surrogatepass"), salt, opslimit=cost.opslimit, memlimit=cost.memlimit)
    )


def _pad(data: bytes, block: int = 256) -> bytes:
    return data + b"\x80" + b"\x00" * (-(len(data) + 1) % block)


def _unpad(data: bytes) -> bytes:
    return data.rstrip(b"\x00")[:-1]


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """The application's own keys, one file each under ``FARO_DATA/keys``, readable by its user only.

    ``pseudonym`` hashes addresses; ``state`` seals conversation state, drafts and subscribers' addresses; ``notify``
    opens the addresses of tipsters who asked for news (only the process that sends needs it); ``staff`` seals
    second factors; ``signing`` signs case packages (Ed25519), and nothing else.
    """

    pseudonym: bytes
    state: SymmetricKey
    notify: PrivateKey
    staff: SymmetricKey
    signing: SigningKey

    @classmethod
    def open(cls, folder: Path) -> Keyring:
        """Load the keys, making the missing ones on first start.

        Raises:
            SettingsError: a key file has the wrong length or cannot be read or written.
        """
        names = ("pseudonym", "state", "notify", "staff", "signing")
        raw = {name: _load_or_create(folder / f"{name}.key") for name in names}
        state, staff = SymmetricKey(raw["state"]), SymmetricKey(raw["staff"])
        return cls(raw["pseudonym"], state, PrivateKey(raw["notify"]), staff, SigningKey(raw["signing"]))


def signing_public_key(folder: Path) -> VerifyKey:
    """The public half of this installation's signing key; makes none.

    Raises:
        SettingsError: there is none, or it cannot be read.
    """
    path = folder / "signing.key"
    try:
        return SigningKey(path.read_bytes()).verify_key
    except FileNotFoundError as error:
        raise SettingsError(f"there is no signing key at {path}; the first start of Faro makes it") from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"the signing key at {path} cannot be read") from error


def _load_or_create(path: Path) -> bytes:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            key = path.read_bytes()
        else:
            key = secrets.token_bytes(_KEY)
            with os.fdopen(handle, "wb") as file:
                file.write(key)
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        raise SettingsError(f"the key file {path} cannot be read or written: {error.strerror}") from error
    if len(key) != _KEY:
        raise SettingsError(f"the key file {path} has {len(key)} bytes instead of {_KEY}; restore it from the key backup")
    return key
