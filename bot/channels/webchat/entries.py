"""What stands on the page: messages of both sides, as they are sealed and as they are shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from bot.messages import Button, Reply

_PAD = 256


class Author(StrEnum):
    """Who said it."""

    FARO = "faro"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Entry:
    """One message on the page. ``text`` of Faro is markup, of the person plain."""

    author: Author
    text: str = field(repr=False)
    buttons: tuple[tuple[Button, ...], ...] = ()
    sensitive: bool = False
    note: str | None = None
    """Catalogue key of what stands there instead of words: a file, a message that was removed."""
    press: str | None = None
    """Payload of the button that the person pressed."""
    pressed_in: int | None = None
    """Number of the entry whose button it was."""
    picture: tuple[str, str] | None = None
    """The digest of a picture above the words, and what it shows."""

    @classmethod
    def from_reply(cls, reply: Reply) -> Entry:
        """What Faro says."""
        picture = (reply.picture.digest, reply.picture.alt) if reply.picture else None
        return cls(Author.FARO, reply.text, reply.buttons, reply.sensitive, picture=picture)

    def to_bytes(self) -> bytes:
        """JSON, padded with spaces so that its length tells little."""
        data = json.dumps(asdict(self)).encode()
        return data + b" " * (-len(data) % _PAD)

    @classmethod
    def from_bytes(cls, data: bytes) -> Entry:
        """The entry of :meth:`to_bytes`."""
        raw: dict[str, Any] = json.loads(data)
        buttons = tuple(tuple(Button(**button) for button in row) for row in raw["buttons"])
        picture = tuple(raw["picture"]) if raw.get("picture") else None
        return cls(**raw | {"author": Author(raw["author"]), "buttons": buttons, "picture": picture})


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with its number on the page; 0: it is not kept."""

    number: int
    entry: Entry


def label_of(shown: Sequence[Shown], payload: str, number: int | None) -> str | None:
    """The words on the button with this payload, as it was shown; None when it never was."""
    candidates = [item for item in reversed(shown) if number is None or item.number == number]
    for item in candidates:
        for button in (button for row in item.entry.buttons for button in row):
            if button.payload == payload:
                return button.label
    return None
