"""The city's recovery key: opens every tip that was sealed to it when all moderators have lost their passwords.

Its private half is shown once and never stored. It counts only after somebody has typed it back, so that a key nobody
noted never becomes the last hope. Of the public half only a sealed copy stands in the database.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from bot.crypto import PrivateKey, PublicKey, SymmetricKey
from bot.errors import Conflict, Invalid, SealBroken
from bot.messages import Clock
from bot.storage import Database, upsert
from bot.tips.tables import TipRecoveryKeyRow

log = logging.getLogger("faro.tips.recovery")

_CHECK_BYTES = 3
_GROUP = 4
_TYPED_FOR = str.maketrans({"0": "O", "1": "I", "8": "B"})
"""Base32 has no 0, 1 and 8: whoever types one has misread the letter."""


def written(private: PrivateKey) -> str:
    """A private key as people write it down: 14 groups of four letters and digits (Base32, RFC 4648), the last five signs a check."""
    raw = bytes(private)
    text = base64.b32encode(raw + _check(raw)).decode()
    return " ".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def read_back(typed: str) -> PrivateKey:
    """What :func:`written` wrote, in any spacing and case.

    Raises:
        Invalid: ``mistyped``; something is missing or mistyped.
    """
    text = "".join(letter for letter in typed.upper() if letter.isalnum()).translate(_TYPED_FOR)
    try:
        raw = base64.b32decode(text.encode("ascii"))
    except (binascii.Error, UnicodeEncodeError):
        raise Invalid("recovery_key", "mistyped") from None
    secret, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    if len(secret) != PrivateKey.SIZE or check != _check(secret):
        raise Invalid("recovery_key", "mistyped")
    return PrivateKey(secret)


def _check(secret: bytes) -> bytes:
    return hashlib.blake2b(secret, digest_size=_CHECK_BYTES, person=b"faro recovery").digest()


@dataclass(frozen=True, slots=True)
class Standing:
    """Since when there is a recovery key, and since when a new one waits to be typed back. ``broken``: its row does not open."""

    present_since: datetime | None
    pending_since: datetime | None
    broken: bool


class RecoveryKeys:
    """Makes recovery keys and knows the present one.

    Args:
        seal: seals the public half in the database (``Keyring.staff``).
    """

    def __init__(self, database: Database, seal: SymmetricKey, clock: Clock) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    async def begin(self) -> str:
        """A new key to write down; the present one stays until :meth:`confirm`."""
        private = PrivateKey.generate()
        async with self._database.begin() as session:
            await self._put(session, "pending", private.public_key)
        return written(private)

    async def confirm(self, typed: str) -> None:
        """The new key was typed back: from now on each new tip is sealed to it as well.

        Raises:
            Invalid: ``mistyped``; ``another`` a different key. The new one still waits.
            Conflict: no key waits.
        """
        public = read_back(typed).public_key
        async with self._database.begin() as session:
            pending = await session.get(TipRecoveryKeyRow, "pending", with_for_update=True)
            if pending is None:
                raise Conflict("no recovery key waits to be typed back")
            if bytes(self._opened(pending)) != bytes(public):
                raise Invalid("recovery_key", "another")
            await self._put(session, "present", public)
            await session.execute(delete(TipRecoveryKeyRow).where(TipRecoveryKeyRow.id == "pending"))

    async def present(self) -> PublicKey | None:
        """The key that counts. One whose row was tampered with is none: no tip is ever sealed to a key of unknown origin."""
        async with self._database.read() as session:
            row = await session.get(TipRecoveryKeyRow, "present")
        try:
            return None if row is None else self._opened(row)
        except SealBroken:
            log.error("the recovery key's row does not open; new tips are not sealed to it")
            return None

    async def standing(self) -> Standing:
        """How things stand, to be shown."""
        async with self._database.read() as session:
            present, pending = [await session.get(TipRecoveryKeyRow, name) for name in ("present", "pending")]
        usable = await self.present() is not None
        return Standing(present.made_at if present else None, pending.made_at if pending else None, present is not None and not usable)

    async def _put(self, session: AsyncSession, name: str, public: PublicKey) -> None:
        sealed = self._seal.seal(bytes(public), _context(name))
        await upsert(session, TipRecoveryKeyRow, id=name, public_key=sealed, made_at=self._clock())

    def _opened(self, row: TipRecoveryKeyRow) -> PublicKey:
        return PublicKey(self._seal.open(row.public_key, _context(row.id)))


def _context(name: str) -> str:
    return f"tip_recovery_key.public_key:{name}"
