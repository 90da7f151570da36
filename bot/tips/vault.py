"""Keys of tips. Pure cryptography over ``bot.crypto``: no database, no clock.

Each tip has an X25519 key pair. What the tip says is sealed with a content key derived from the private key, so only
somebody who holds that key can read or add, and a row written by anybody else does not open. The private key is sealed to
every entitled reader, to the recovery key and the escrow if there are, and, through Argon2id, to the receipt's words. Every
sealed value is bound to its tip, kind and place, so that swapped rows fail closed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.crypto import PasswordCost, PrivateKey, PublicKey, SymmetricKey, open_sealed, seal_to, unwrap, wrap
from bot.errors import NobodyToRead, SealBroken

RECEIPT_COST = PasswordCost(opslimit=3, memlimit=64 * 1024 * 1024)
"""About 60 ms on one core. The words carry 77 bits, so this only has to make guessing dear, not possible words safe."""

_CONTENT = b"faro tip content"  # 16 bytes, BLAKE2b's personalisation


class GrantKind(StrEnum):
    """To whom a tip's key is sealed."""

    READER = "reader"
    RECEIPT = "receipt"
    RECOVERY = "recovery"
    ESCROW = "escrow"


@dataclass(frozen=True, slots=True)
class ReaderKey:
    """A moderator to whom tips are sealed."""

    staff_id: str
    public_key: PublicKey


@dataclass(frozen=True, slots=True)
class Reader:
    """A moderator whose key is unlocked for this session."""

    staff_id: str
    private_key: PrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Grant:
    """A tip's private key, sealed to one holder. ``key_id`` names the key it is sealed to, empty for a receipt's words."""

    kind: GrantKind
    holder: str
    sealed: bytes = field(repr=False)
    key_id: str = ""


def key_id(public: PublicKey) -> str:
    """A short name of a public key: tells a holder's present key from one that a new password replaced."""
    return hashlib.blake2b(bytes(public), digest_size=8).hexdigest()


class TipKey:
    """One tip's key, unlocked. Holds the secret: never store or log it."""

    def __init__(self, tip_id: str, private: PrivateKey) -> None:
        self.tip_id = tip_id
        self._private = private
        self._content = SymmetricKey(hashlib.blake2b(key=bytes(private), person=_CONTENT, digest_size=32).digest())

    def __repr__(self) -> str:
        return "TipKey(hidden)"

    @property
    def public(self) -> bytes:
        """The public half, kept in the tip's row."""
        return bytes(self._private.public_key)

    @property
    def secret(self) -> bytes:
        """The private half, to be sealed under another key."""
        return bytes(self._private)

    def seal(self, value: object, *place: object) -> bytes:
        """Seal a JSON value for one place in this tip, padded."""
        return self._content.seal_json(value, self._context(place))

    def open(self, sealed: bytes, *place: object) -> object:
        """Open what :meth:`seal` sealed. Raises SealBroken: another key, tip or place, or changed bytes."""
        return self._content.open_json(sealed, self._context(place))

    def seal_file(self, data: bytes, *place: object) -> bytes:
        """Seal raw bytes for one place in this tip."""
        return self._content.seal(data, self._context(place))

    def open_file(self, sealed: bytes, *place: object) -> bytes:
        """Open what :meth:`seal_file` sealed. Raises SealBroken."""
        return self._content.open(sealed, self._context(place))

    def _context(self, place: tuple[object, ...]) -> str:
        return ":".join(["tip", self.tip_id, *map(str, place)])


class TipVault:
    """Makes tips' keys, seals them to those who may open, and opens them again.

    Args:
        cost: what deriving a key from a receipt's words costs; recorded in each grant.
    """

    def __init__(self, cost: PasswordCost = RECEIPT_COST) -> None:
        self._cost = cost
        # Opened when a locator is unknown, so that a wrong locator takes as long as wrong words.
        self._decoy = wrap(bytes(32), "no words open this", _context("", GrantKind.RECEIPT, ""), cost)

    def create(self, tip_id: str) -> TipKey:
        """A new key pair for a tip."""
        return TipKey(tip_id, PrivateKey.generate())

    def grants(
        self,
        key: TipKey,
        readers: Sequence[ReaderKey],
        passphrase: str,
        recovery: PublicKey | None = None,
        escrow: PublicKey | None = None,
    ) -> list[Grant]:
        """Seal a new tip's key to everybody who may open it. Slow (Argon2id): call it in a thread.

        Args:
            recovery: the city's recovery key, if it has one.
            escrow: the escrow's, if it has one.

        Raises:
            NobodyToRead: there is no reader. The tip must not be stored.
        """
        if not readers:
            raise NobodyToRead()
        sealed = [self.grant(key, reader) for reader in readers]
        if recovery is not None:
            sealed.append(self.grant_recovery(key, recovery))
        if escrow is not None:
            sealed.append(self.grant_escrow(key, escrow))
        receipt = wrap(key.secret, passphrase, _context(key.tip_id, GrantKind.RECEIPT, ""), self._cost)
        return [*sealed, Grant(GrantKind.RECEIPT, "", receipt)]

    def grant(self, key: TipKey, reader: ReaderKey) -> Grant:
        """Seal a tip's key to one more reader."""
        context = _context(key.tip_id, GrantKind.READER, reader.staff_id)
        return Grant(GrantKind.READER, reader.staff_id, seal_to(reader.public_key, key.secret, context), key_id(reader.public_key))

    def grant_recovery(self, key: TipKey, recovery: PublicKey) -> Grant:
        """Seal a tip's key to the recovery key."""
        return self._unheld(key, GrantKind.RECOVERY, recovery)

    def grant_escrow(self, key: TipKey, escrow: PublicKey) -> Grant:
        """Seal a tip's key to the escrow."""
        return self._unheld(key, GrantKind.ESCROW, escrow)

    def open(self, reader: Reader, tip_id: str, public_key: bytes, sealed: bytes) -> TipKey:
        """The tip's key, from a reader's grant. Raises SealBroken."""
        secret = open_sealed(reader.private_key, sealed, _context(tip_id, GrantKind.READER, reader.staff_id))
        return _checked(tip_id, secret, public_key)

    def open_as_recovery(self, private: PrivateKey, tip_id: str, public_key: bytes, sealed: bytes) -> TipKey:
        """The tip's key, from the recovery grant. Raises SealBroken."""
        return _checked(tip_id, open_sealed(private, sealed, _context(tip_id, GrantKind.RECOVERY, "")), public_key)

    def open_as_escrow(self, private: PrivateKey, tip_id: str, public_key: bytes, sealed: bytes) -> TipKey:
        """The tip's key, from the escrow's grant. Raises SealBroken: also for a grant to an escrow that was replaced."""
        return _checked(tip_id, open_sealed(private, sealed, _context(tip_id, GrantKind.ESCROW, "")), public_key)

    def open_with_words(self, passphrase: str, tip_id: str, public_key: bytes, sealed: bytes) -> TipKey:
        """The tip's key, from the receipt's words. Slow: call it in a thread. Raises SealBroken."""
        return _checked(tip_id, unwrap(sealed, passphrase, _context(tip_id, GrantKind.RECEIPT, "")), public_key)

    def spend_time(self, passphrase: str) -> None:
        """Take as long as :meth:`open_with_words` with wrong words. Always raises SealBroken."""
        unwrap(self._decoy, passphrase, _context("", GrantKind.RECEIPT, ""))
        raise SealBroken()

    def _unheld(self, key: TipKey, kind: GrantKind, public: PublicKey) -> Grant:
        """A grant that is no person's."""
        return Grant(kind, "", seal_to(public, key.secret, _context(key.tip_id, kind, "")), key_id(public))


def unlocked(tip_id: str, secret: bytes, public_key: bytes) -> TipKey:
    """A key that was unlocked before and kept sealed for some minutes. Raises SealBroken when it is not this tip's."""
    return _checked(tip_id, secret, public_key)


def _checked(tip_id: str, secret: bytes, public_key: bytes) -> TipKey:
    """A grant is only good if it holds the key that the tip's row names."""
    if len(secret) != PrivateKey.SIZE:
        raise SealBroken()
    key = TipKey(tip_id, PrivateKey(secret))
    if key.public != public_key:
        raise SealBroken("the grant holds another tip's key")
    return key


def _context(tip_id: str, kind: GrantKind, holder: str) -> str:
    return f"tip:{tip_id}:grant:{kind.value}:{holder}"
