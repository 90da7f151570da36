"""One message of a visitor: to the conversation, and both sides onto the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.webchat.entries import Author, Entry, Shown, label_of
from bot.channels.webchat.forms import Form, Upload
from bot.channels.webchat.pulse import Pulse
from bot.channels.webchat.store import Chats
from bot.channels.webchat.visitor import Visitor
from bot.messages import Address, Channel, Clock, Command, Content, Deed, Incoming, Language, Media, MediaKind, Press, Text, Turn

log = structlog.get_logger(__name__)

_BUBBLE = 4_000
"""Most characters of a person's message that are kept for the page; the conversation gets all of them."""
_KINDS = {"image": MediaKind.PHOTO, "audio": MediaKind.AUDIO, "video": MediaKind.VIDEO}
"""By what the browser says; whoever takes the file looks at its bytes."""
_FORGET = Press("privacy:forget_yes")
"""Has the conversation delete everything about a person; the page then forgets too."""


class Talk(Protocol):
    """What the web chat needs of the conversation."""

    async def handle(self, incoming: Incoming) -> Turn:
        """Answer one message; a repeated id changes nothing."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one message led to.

    ``unkept``: the store failed, so this is all that can be shown of it. ``anew``: what stood there before is deleted.
    """

    language: Language | None = None
    unkept: tuple[Shown, ...] = ()
    anew: bool = False


class Chat:
    """Takes messages for any visitor with an open session."""

    def __init__(self, talk: Talk, chats: Chats, pulse: Pulse, clock: Clock) -> None:
        self._talk = talk
        self._chats = chats
        self._pulse = pulse
        self._clock = clock

    async def take(self, visitor: Visitor, form: Form, hint: Language, opening: Sequence[Entry] = ()) -> Exchange:
        """Answer a form, once: a double click or a reload finds its id kept and changes nothing.

        Args:
            hint: the language that the page is shown in.
            opening: what stood on the page before the session began, to be kept as its first entries.

        Raises:
            Malformed: the form has no id.
            SessionEnded: the visitor has left meanwhile.
        """
        turn_id = form.message_id
        try:
            if await self._chats.knows(visitor.id, turn_id):
                return Exchange()
            shown = await self._chats.entries(visitor) or [Shown(0, entry) for entry in opening]
        except SQLAlchemyError:
            shown = [Shown(0, entry) for entry in opening]
        content = content_of(form)
        incoming = Incoming(f"{visitor.id[:16]}:{turn_id}", visitor.address, content, self._clock(), language_hint=hint)
        turn = await self._talk.handle(incoming)
        said = said_by_person(content, form, shown, erased=turn.erase)
        answers = [Entry.from_reply(reply) for reply in turn.replies]
        anew = content == _FORGET or (turn.trail is not None and turn.trail.deed is Deed.SWEEP)
        return await self._keep(visitor, turn_id, answers if anew else [*opening, *said, *answers], turn.language, anew)

    async def forget(self, session_id: str) -> None:
        """End the session, and have everything deleted that the bot keeps about its visitor."""
        await self._chats.end(session_id)
        self._pulse.beat(session_id)
        await self._talk.handle(Incoming(f"{session_id[:16]}:leave", Address(Channel.WEBCHAT, session_id), _FORGET, self._clock()))

    async def _keep(self, visitor: Visitor, turn_id: str, entries: list[Entry], language: Language | None, anew: bool) -> Exchange:
        try:
            await self._chats.add_turn(visitor.id, turn_id, entries, self._clock(), language, anew=anew)
        except SQLAlchemyError as error:
            log.error("webchat.store_failed", error=type(error).__name__)
            return Exchange(language, tuple(Shown(0, entry) for entry in entries))
        self._pulse.beat(visitor.id)
        return Exchange(language, anew=anew)


def content_of(form: Form) -> Content:
    """What the fields of a form mean to the conversation."""
    if form.upload is not None:
        return _media(form.upload, form.fields.get("text", ""))
    if form.fields.get("press"):
        return Press(form.fields["press"])
    if form.fields.get("command") == "start":
        return Command("start")
    return Text(form.fields.get("text", ""))


def _media(upload: Upload, caption: str) -> Media:
    async def fetch() -> bytes:
        return upload.data

    kind = _KINDS.get(upload.media_type.partition("/")[0], MediaKind.DOCUMENT)
    return Media(kind, caption, len(upload.data), upload.media_type, fetch, upload.name)


def said_by_person(content: Content, form: Form, shown: Sequence[Shown], *, erased: bool) -> list[Entry]:
    """How the person's message stands on the page."""
    if erased:
        return [Entry(Author.PERSON, "", note="webchat.removed")]
    match content:
        case Press(payload):
            number = form.fields.get("of", "")
            source = int(number) if number.isdecimal() and len(number) < 16 else None
            label = label_of(shown, payload, source)
            return [Entry(Author.PERSON, label, press=payload, pressed_in=source)] if label else []
        case Media(kind, caption):
            note = "webchat.photo_sent" if kind is MediaKind.PHOTO else "webchat.file_sent"
            return [Entry(Author.PERSON, caption[:_BUBBLE], note=note)]
        case Text(text) if text.strip():
            return [Entry(Author.PERSON, text if len(text) <= _BUBBLE else f"{text[: _BUBBLE // 10]}…")]
    return []
