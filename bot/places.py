"""The words for public places, such as a channel or a group on Telegram: everybody there reads what Faro posts.

A channel's adapter tells what it learns about such places as :data:`News`, and posts through a :class:`Board`. Nothing here does I/O.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.messages import Address, Confirm, Reply


class PlaceKind(StrEnum):
    """What kind of place it is."""

    CHANNEL = "channel"
    GROUP = "group"
    SUPERGROUP = "supergroup"


class Standing(StrEnum):
    """What Faro may do there, as far as is known: post; be there without posting; nothing, since it is not there (any more)."""

    PRESENT = "present"
    MUTED = "muted"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class PlaceSeen:
    """Something about a place changed. ``standing`` None: not that.

    ``title`` and ``username`` (its public name, if it has one) are foreign words: whoever owns the place chose them.
    """

    address: Address
    kind: PlaceKind
    title: str
    username: str | None
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class PlaceMoved:
    """The place is the same, its address is another one."""

    address: Address
    to: Address


News = PlaceSeen | PlaceMoved


@dataclass(frozen=True, slots=True)
class Posted:
    """What was posted: the numbers of its messages there, and the address that shows the first one, if it has any."""

    messages: tuple[int, ...]
    link: str | None = None


class Board(Protocol):
    """Posts in public places."""

    @property
    def link(self) -> str | None:
        """The address that opens a private chat with Faro; None: not connected (yet)."""

    async def post(self, address: Address, reply: Reply, confirm: Confirm | None = None) -> Posted:
        """Post once; ``confirm`` as for :class:`bot.messages.Messenger`.

        Raises:
            Unreachable: Faro is not there any more, or the place is gone.
            Muted: Faro is there, and may not write.
            Moved: the place has another address now.
            Refused, NotSent, Uncertain: as for :class:`bot.messages.Messenger`.
        """

    async def take_back(self, address: Address, messages: tuple[int, ...]) -> None:
        """Delete messages that were posted; one that is gone already counts as deleted.

        Raises:
            Refused: the channel does not delete it (any more).
            Unreachable, Muted, Moved, NotSent, Uncertain: as for :meth:`post`.
        """
