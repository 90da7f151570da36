"""The words that every package uses to speak about a message: who, what came in, what to say, what goes out.

A channel turns its own objects into an :class:`Incoming` and hands it to the conversation. Flows answer with
:class:`Utterance` (the *name* of a text); the conversation renders each into a :class:`Reply` in the person's
language; the channel shows it. Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NewType, Protocol

Pseudonym = NewType("Pseudonym", str)
"""Keyed hash of an address: stable for the bot, meaningless without its key. The only name Rasa ever sees."""

Language = NewType("Language", str)
"""ISO 639-1 code of one of the city's languages, such as ``"fr"``."""


class Channel(StrEnum):
    """Where a conversation takes place."""

    TELEGRAM = "telegram"
    WEBCHAT = "webchat"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person can be reached. It identifies somebody: never log it, never store it unsealed."""

    channel: Channel
    id: str

    def __repr__(self) -> str:
        return f"Address({self.channel.value}, hidden)"


class MediaKind(StrEnum):
    """What kind of non-text message came in."""

    PHOTO = "photo"
    VIDEO = "video"
    VOICE = "voice"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    POLL = "poll"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Text:
    """Words the person typed, not cleaned yet. ``edited``: they changed a message sent before."""

    text: str = field(repr=False)
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command of the channel, such as ``/start``, without the slash."""

    name: str
    argument: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Press:
    """A button of ours that was pressed. ``payload`` comes from the network: validate before use."""

    payload: str


@dataclass(frozen=True, slots=True)
class Media:
    """Something that is not text. Nothing is downloaded until ``fetch`` is awaited; flows decide whether it may be.

    ``fetch`` returns the file's bytes, and raises :class:`bot.errors.MediaUnavailable` when the channel cannot
    give it (too large, expired). ``name`` is the file's name as it came: it may name its owner, and is never trusted.
    """

    kind: MediaKind
    caption: str = field(default="", repr=False)
    size: int | None = None
    media_type: str | None = None
    fetch: Callable[[], Awaitable[bytes]] | None = field(default=None, repr=False)
    name: str = field(default="", repr=False)
    latitude: float | None = field(default=None, repr=False)
    longitude: float | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Membership:
    """The person blocked the bot (``reachable`` false) or came back."""

    reachable: bool


Content = Text | Command | Press | Media | Membership


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from one person.

    ``id`` is unique per channel and the same when the channel delivers the message twice; a repeated id changes
    nothing and gets the same replies again. ``group`` marks a chat with several people in it.
    """

    id: str
    address: Address
    content: Content
    sent_at: datetime
    language_hint: str | None = None
    group: bool = False


@dataclass(frozen=True, slots=True)
class Citizen:
    """The person a flow talks with, for the length of one message."""

    pseudonym: Pseudonym
    language: Language
    address: Address
    now: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """A button to offer.

    ``payload`` is ``"<flow>:<rest>"``, at most 64 bytes in UTF-8 (Telegram's limit). ``label`` is a catalogue key, or
    plain text when ``literal`` (a district's name). ``answers`` lets a typed yes or no press it, or words of that need.
    """

    payload: str
    label: str = ""
    literal: bool = False
    answers: str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        if len(self.payload.encode("utf-8", "replace")) > 64:
            raise ValueError(f"payload of {len(self.payload)} characters is over Telegram's 64 bytes")


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something to say, by the name of its text. Parameters may hold the person's own words: they stay out of ``repr``."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)
    choices: tuple[tuple[Choice, ...], ...] = ()
    sensitive: bool = False
    """Shown once: not kept for replay beyond the turn, marked so that a channel can offer to delete it."""


class Deed(StrEnum):
    """What a channel does about the numbers of messages that stand in a chat."""

    NOTE = "note"
    """Remember those of this exchange, for as long as the channel could delete them (Telegram: 48 hours)."""
    SWEEP = "sweep"
    """Delete what was remembered from the chat, and tell the person what stays there."""
    FORGET = "forget"
    """Remember nothing any more; the messages stay."""


@dataclass(frozen=True, slots=True)
class Trail:
    """Messages of both sides that belong together. ``mark`` names them within the chat; empty: all that are remembered."""

    deed: Deed
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What a flow answers. ``state`` None: the flow is over; else it is sealed and given back with the next message.

    ``erase`` asks the channel to delete the person's message from the chat, where it can. ``resting``: the state is kept,
    but typed words are not for this flow until one of its buttons is pressed. ``keep_for``: after this time the state is
    deleted, whether the person writes again or not; None: after a day. ``trail``: what becomes of the chat's messages.
    """

    say: tuple[Utterance, ...] = ()
    state: dict[str, Any] | None = field(default=None, repr=False)
    erase: bool = False
    resting: bool = False
    keep_for: timedelta | None = None
    trail: Trail | None = None


class Flow(Protocol):
    """A guided piece of conversation owned by a domain package: tips, topics, helplines.

    Its payloads start with ``name + ":"``. ``state`` is what the flow's last :class:`Step` returned, None when it is
    not under way. A flow never sees a message that the safety net has not seen first.
    """

    name: str

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """Answer a button. An unknown or outdated ``rest`` raises :class:`bot.errors.StaleButton`."""

    async def text(self, citizen: Citizen, text: str, state: dict[str, Any]) -> Step:
        """Take typed words while the flow is under way."""

    async def media(self, citizen: Citizen, media: Media, state: dict[str, Any]) -> Step:
        """Take, or refuse, something that is not text while the flow is under way."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button as shown: words and payload, or words and link."""

    label: str
    payload: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a campaign.

    ``digest``: SHA-256 (hexadecimal) of its bytes, a JPEG; equal digests are the same picture. ``alt``: what it shows, in
    plain words, for whoever does not see it. ``fetch`` gives the bytes where it is on its way to a channel; it raises
    :class:`bot.errors.Refused` when they are gone, or are not those of the digest.
    """

    digest: str
    alt: str
    fetch: Callable[[], Awaitable[bytes]] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """A message ready to show, in small markup (see ``bot/markup.py``). ``picture`` stands above it; only a messenger shows it.

    ``urgent``: a messenger sends it with the replies, before everything else that nobody asked for. ``emergency``: before all other
    messages to many. ``quiet``: it makes no sound.
    """

    text: str = field(repr=False)
    buttons: tuple[tuple[Button, ...], ...] = ()
    sensitive: bool = False
    picture: Picture | None = None
    urgent: bool = False
    quiet: bool = False
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything a channel has to do after one incoming message."""

    replies: tuple[Reply, ...] = ()
    erase: bool = False
    language: Language | None = None
    trail: Trail | None = None


Confirm = Callable[[], Awaitable[None]]
"""Asked at the last moment before a message leaves; what it raises goes to the caller, and nothing is sent."""


class Messenger(Protocol):
    """Sends a message that nobody just asked for (campaigns, news about a tip)."""

    async def send(self, address: Address, reply: Reply, confirm: Confirm | None = None) -> None:
        """Deliver once.

        Args:
            confirm: awaited after every wait of the channel's own (limits, halts), right before the message leaves.

        Raises:
            Unreachable: the person blocked the bot or the chat is gone; do not try again until they return.
            Refused: the channel will never take this message.
            NotSent: surely not delivered; may be tried again (``retry_after`` seconds).
            Uncertain: nobody can know whether it arrived (a time-out after sending).
        """


Clock = Callable[[], datetime]
"""Returns the present moment, in UTC, aware. Passed in everywhere, so that tests own time."""
