"""The key that signs case packages: how its public half is written, and what its signature proves.

Ed25519 over the exact bytes of the manifest, 64 bytes in ``manifest.sig``: any tool that knows Ed25519 can check it. Sources:
RFC 8032 (Ed25519), RFC 8410 (the public key as "SubjectPublicKeyInfo", which OpenSSL reads).
"""

from __future__ import annotations

import base64
import hashlib
import textwrap

from nacl.exceptions import BadSignatureError

from bot.crypto import SigningKey, VerifyKey
from bot.errors import Invalid

SIGNATURE_BYTES = 64
_SPKI = bytes.fromhex("302a300506032b6570032100")
"""DER in front of the 32 bytes of an Ed25519 public key (RFC 8410, section 4)."""


def sign(key: SigningKey, manifest: bytes) -> bytes:
    """The signature of a manifest."""
    return key.sign(manifest).signature


def fits(public: VerifyKey, manifest: bytes, signature: bytes) -> bool:
    """Whether the holder of the private half signed exactly these bytes."""
    try:
        public.verify(manifest, signature)
    except (BadSignatureError, ValueError, TypeError):
        return False
    return True


def written(public: VerifyKey) -> str:
    """The public key as 64 hex digits."""
    return bytes(public).hex()


def read(typed: str) -> VerifyKey:
    """A public key that somebody typed or pasted.

    Raises:
        Invalid: ``key``: it is not 64 hex digits.
    """
    try:
        return VerifyKey(bytes.fromhex("".join(typed.split()).replace(":", "")))
    except (ValueError, TypeError) as error:
        raise Invalid("key", "key", "a public key has 64 hex digits; `faro case key` prints this installation's") from error


def short_name(public: VerifyKey) -> str:
    """Tells keys apart in a manifest: the first 16 hex digits of the public key's SHA-256."""
    return hashlib.sha256(bytes(public)).hexdigest()[:16]


def pem(public: VerifyKey) -> str:
    """The public key as OpenSSL reads it."""
    body = "\n".join(textwrap.wrap(base64.b64encode(_SPKI + bytes(public)).decode(), 64))
    return f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"
