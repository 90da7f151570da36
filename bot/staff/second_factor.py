"""The second factor: time-based codes (RFC 6238) and recovery codes. Secrets are sealed, bound to their member."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno

from bot.crypto import SymmetricKey

PERIOD = 30
"""Seconds of one time step."""

RECOVERY_CODES = 10

_DRIFT = (-1, 0, 1)  # RFC 6238, section 5.2: at most one step of delay; one more for a clock that runs ahead.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app needs: the QR code as inline SVG, and the same as text to type."""

    qr_svg: str
    text_key: str


def matching_step(secret: str, code: str, last_step: int, now: datetime) -> int | None:
    """The time step whose code this is, None when none fits. A step up to ``last_step`` was used and fits no more."""
    typed = "".join(code.split())
    if len(typed) != 6 or not typed.isascii() or not typed.isdigit():
        return None
    present = int(now.timestamp()) // PERIOD
    totp = pyotp.TOTP(secret)
    fitting = [present + d for d in _DRIFT if hmac.compare_digest(totp.generate_otp(present + d), typed)]
    return next((step for step in fitting if step > last_step), None)


class SecondFactor:
    """Makes, seals and opens second factors with the keyring's staff key.

    Args:
        key: ``Keyring.staff``.
        issuer: the name that the authenticator app shows, such as ``"Faro Rivemar"``.
    """

    def __init__(self, key: SymmetricKey, issuer: str) -> None:
        self._key = key
        self._issuer = issuer

    def new_secret(self, member_id: str) -> bytes:
        """A sealed new secret, 160 bits as RFC 4226 recommends."""
        return self._key.seal(pyotp.random_base32().encode(), _context(member_id))

    def enrolment(self, sealed: bytes, member_id: str, login: str) -> Enrolment:
        """What to show while the member sets up the app. Raises SealBroken."""
        secret = self._open(sealed, member_id)
        uri = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=self._issuer)
        svg = segno.make(uri, error="m").svg_inline(omitsize=True, border=2, light="#ffffff", dark="#000000", svgclass="qr")
        return Enrolment(svg, " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)))

    def step(self, sealed: bytes, member_id: str, code: str, last_step: int, now: datetime) -> int | None:
        """The unused time step that the code belongs to, or None. Raises SealBroken."""
        return matching_step(self._open(sealed, member_id), code, last_step, now)

    def new_recovery_codes(self) -> tuple[str, ...]:
        """Ten codes of about 49 bits, to be shown once."""
        return tuple("-".join("".join(secrets.choice(_READABLE) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES))

    def recovery_hash(self, member_id: str, code: str) -> bytes:
        """What is stored of a recovery code: a keyed hash, so that a stolen database cannot be searched for it."""
        typed = "".join(c for c in code.casefold() if c.isalnum())
        return hmac.new(self._key.secret, f"recovery:{member_id}:{typed}".encode(), hashlib.sha256).digest()

    def _open(self, sealed: bytes, member_id: str) -> str:
        return self._key.open(sealed, _context(member_id)).decode()


def _context(member_id: str) -> str:
    return f"staff_member.totp:{member_id}"
