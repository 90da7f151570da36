"""Moderators' key pairs: made here, wrapped with their passwords, unlocked into memory for one session only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.crypto import PasswordCost, PrivateKey, unwrap, wrap
from bot.staff.passwords import normalise


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A public key and its private key under the owner's password."""

    public: bytes
    wrapped: bytes


def new_pair(member_id: str, password: str, cost: PasswordCost | None = None) -> KeyPair:
    """A fresh X25519 pair. Slow on purpose: call it in a thread."""
    private = PrivateKey.generate()
    return KeyPair(bytes(private.public_key), wrap(bytes(private), normalise(password), _context(member_id), cost))


def open_wrapped(wrapped: bytes, member_id: str, password: str) -> PrivateKey:
    """The private key. Slow on purpose. Raises SealBroken for a wrong password."""
    return PrivateKey(unwrap(wrapped, normalise(password), _context(member_id)))


def rewrap(wrapped: bytes, member_id: str, old: str, new: str, cost: PasswordCost | None = None) -> bytes:
    """The same private key under a new password. Raises SealBroken for a wrong old one."""
    private = open_wrapped(wrapped, member_id, old)
    return wrap(bytes(private), normalise(new), _context(member_id), cost)


def set_aside(private: PrivateKey, member_id: str, password: str, cost: PasswordCost | None = None) -> bytes:
    """A key that was replaced, to be kept until the grants to it are renewed. Opens in no other place than there."""
    return wrap(bytes(private), normalise(password), _former(member_id), cost)


def open_set_aside(wrapped: bytes, member_id: str, password: str) -> PrivateKey:
    """The key that :func:`set_aside` keeps. Raises SealBroken for a wrong password."""
    return PrivateKey(unwrap(wrapped, normalise(password), _former(member_id)))


def _context(member_id: str) -> str:
    return f"staff_member.wrapped_key:{member_id}"


def _former(member_id: str) -> str:
    return f"staff_member.former_key:{member_id}"


class KeyHolder:
    """Unlocked private keys by session, in this process's memory only: a restart forgets them all."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[PrivateKey, datetime]] = {}

    def put(self, session_id: str, key: PrivateKey, until: datetime) -> None:
        """Hold a key until then."""
        self._held[session_id] = (key, until)

    def get(self, session_id: str, now: datetime) -> PrivateKey | None:
        """The session's key, None when it is locked or its time is over."""
        self.sweep(now)
        held = self._held.get(session_id)
        return held[0] if held else None

    def extend(self, session_id: str, until: datetime) -> None:
        """The session is in use: hold its key until then, if there is one."""
        if held := self._held.get(session_id):
            self._held[session_id] = (held[0], until)

    def move(self, old: str, new: str) -> None:
        """The session got another id."""
        if held := self._held.pop(old, None):
            self._held[new] = held

    def drop(self, session_id: str) -> None:
        """Forget one key."""
        self._held.pop(session_id, None)

    def sweep(self, now: datetime) -> None:
        """Forget every key whose time is over. Also called by the clock, so that nobody has to come by."""
        for session_id in [s for s, (_, until) in self._held.items() if until <= now]:
            del self._held[session_id]

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        return f"KeyHolder({len(self._held)} keys, hidden)"
