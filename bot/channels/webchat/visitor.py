"""What a browser's cookie stands for: an address, and the key that opens its messages."""

from __future__ import annotations

import re
import secrets
from hashlib import blake2b

from bot.crypto import PrivateKey
from bot.messages import Address, Channel

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class Visitor:
    """The holder of a session cookie. The server keeps neither the token nor the private key.

    Raises:
        ValueError: the token is not one of ours by its form.
    """

    def __init__(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise ValueError("not a session token")
        self.token = token
        self.id = blake2b(token.encode(), digest_size=32, person=b"faro-chat-id").hexdigest()
        self.private_key = PrivateKey(blake2b(token.encode(), digest_size=32, person=b"faro-chat-key").digest())

    def __repr__(self) -> str:
        return "Visitor(hidden)"

    @classmethod
    def new(cls) -> Visitor:
        """A visitor with a fresh random token of 256 bits."""
        return cls(secrets.token_urlsafe(32))

    @classmethod
    def of(cls, cookie: str | None) -> Visitor | None:
        """The visitor of a cookie's value; None without one or when it is not of our making."""
        try:
            return cls(cookie) if cookie else None
        except ValueError:
            return None

    @property
    def address(self) -> Address:
        """Where this visitor can be reached."""
        return Address(Channel.WEBCHAT, self.id)
