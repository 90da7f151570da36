"""What stands sealed in the rows of a tip: made and opened here, nowhere else, so that both sides agree on the places."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from bot.crypto import PrivateKey, PublicKey, open_sealed, seal_to
from bot.errors import SealBroken
from bot.messages import Address, Channel, Language
from bot.tips.tables import TipAttachmentRow, TipEntryRow, coarse
from bot.tips.vault import TipKey


class Author(StrEnum):
    """Who wrote an entry."""

    TIPSTER = "tipster"
    MODERATOR = "moderator"


@dataclass(frozen=True, slots=True)
class Details:
    """Where and when, in the tipster's words (or a code of ``tip.when_code``), and the language they write in.

    ``moment``: how the words of ``when`` were understood, and confirmed (:class:`bot.tips.moments.Moment`). ``answers``:
    words, by question; ``choices``: codes of ``bot.tips.draft.CHOICES``, by question. ``redacted``: how many words were taken
    out of them for good.
    """

    language: Language
    where: str = field(default="", repr=False)
    when: str = field(default="", repr=False)
    when_code: str | None = None
    moment: dict[str, Any] | None = field(default=None, repr=False)
    answers: dict[str, str] = field(default_factory=dict, repr=False)
    choices: dict[str, str] = field(default_factory=dict, repr=False)
    redacted: int = 0


def seal_details(key: TipKey, details: Details) -> bytes:
    """For ``tip.details``."""
    return key.seal(asdict(details), "details")


def open_details(key: TipKey, sealed: bytes) -> Details:
    """Raises SealBroken."""
    return Details(**cast(dict[str, Any], key.open(sealed, "details")))


def entry_row(key: TipKey, number: int, author: Author, text: str, now: datetime, entry_id: str | None = None) -> TipEntryRow:
    """A new entry, sealed for its number and author."""
    entry_id = entry_id or secrets.token_hex(16)
    row = TipEntryRow(id=entry_id, tip_id=key.tip_id, number=number, author=author.value, at=coarse(now))
    row.sealed = seal_entry(key, row, Words(text))
    return row


@dataclass(frozen=True, slots=True)
class Words:
    """What an entry says. ``redacted``: how many words were taken out for good."""

    text: str = field(repr=False)
    redacted: int = 0


def seal_entry(key: TipKey, row: TipEntryRow, words: Words) -> bytes:
    """For ``tip_entry.sealed``: bound to the row, its number and author."""
    return key.seal(asdict(words), "entry", row.id, row.number, row.author)


def open_entry(key: TipKey, row: TipEntryRow) -> Words:
    """What an entry says. Raises SealBroken: also when number or author was changed, or the row belongs elsewhere."""
    return Words(**cast(dict[str, Any], key.open(row.sealed, "entry", row.id, row.number, row.author)))


@dataclass(frozen=True, slots=True)
class SealedAttachment:
    """A file that is stored already, and what its row will seal about it."""

    id: str
    details: dict[str, Any] = field(repr=False)


def attachment_rows(key: TipKey, attachments: Sequence[SealedAttachment], entry: int) -> list[TipAttachmentRow]:
    """The rows of an entry's files, each sealed for its place."""
    rows = []
    for number, one in enumerate(attachments):
        details = key.seal(one.details, "attachment", one.id, entry, number)
        rows.append(TipAttachmentRow(id=one.id, tip_id=key.tip_id, entry=entry, number=number, details=details))
    return rows


@dataclass(frozen=True, slots=True)
class NoticeAddress:
    """Where a tipster wants news, and in which language. It identifies somebody: only the sender may open it."""

    address: Address
    language: Language


_ADDRESS_BYTES = 256
"""All sealed addresses have one length."""


def seal_address(notify: PublicKey, tip_id: str, address: Address, language: Language) -> bytes:
    """For ``tip_notice.address``."""
    plain = "\n".join((address.channel.value, language, address.id)).encode()
    return seal_to(notify, plain.ljust(_ADDRESS_BYTES, b"\0"), f"tip:{tip_id}:notice")


def open_address(notify: PrivateKey, tip_id: str, sealed: bytes) -> NoticeAddress:
    """Raises SealBroken."""
    plain = open_sealed(notify, sealed, f"tip:{tip_id}:notice").rstrip(b"\0").decode()
    try:
        channel, language, identity = plain.split("\n", 2)
        return NoticeAddress(Address(Channel(channel), identity), Language(language))
    except ValueError as error:
        raise SealBroken() from error
