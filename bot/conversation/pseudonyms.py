"""From an address to the only name that anything behind the conversation sees."""

from __future__ import annotations

import hashlib
import hmac

from bot.messages import Address, Pseudonym


class Pseudonyms:
    """Keyed hash (HMAC-SHA-256, 128 bits) of channel and address. Without the key nobody can test a guess."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, address: Address) -> Pseudonym:
        """The pseudonym of an address: 32 hexadecimal characters, always the same."""
        message = f"{address.channel.value}:{address.id}".encode()
        return Pseudonym(hmac.digest(self._key, message, hashlib.sha256).hex()[:32])
