"""Hands a tip on: opens it as its reader may see it, and packs what was chosen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version

from bot.crypto import SigningKey, VerifyKey
from bot.errors import Invalid, NotFound
from bot.messages import Clock, Language
from bot.tips.case.manifest import Item, Kind, Manifest, Purpose, moment
from bot.tips.case.packing import Package, Packer
from bot.tips.case.signing import short_name
from bot.tips.casework import Casework, Label, Note
from bot.tips.kinds import FileKind
from bot.tips.masks import Masks
from bot.tips.review import ReviewDesk, TipView
from bot.tips.vault import Reader

MAX_REASON = 300


@dataclass(frozen=True, slots=True)
class Wanted:
    """What goes into a package. ``notes``, ``copies`` and ``originals`` are ids; whatever is not named stays out."""

    purpose: Purpose
    reason: str = field(repr=False)
    language: Language
    notes: frozenset[str] = frozenset()
    copies: frozenset[str] = frozenset()
    originals: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What the document is written from: masked words are hidden in all of it, whoever exports it."""

    tip: TipView
    labels: Sequence[Label]
    notes: Sequence[Note]
    files: Sequence[Item]
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Documents:
    """What a case file is written into: for reading and printing, and the same words as text, which no font can distort."""

    pdf: bytes = field(repr=False)
    text: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """An attachment to be packed, and under which name: by its place in the dialogue, never as the tipster's device called it."""

    id: str
    name: str
    kind: Kind


class CaseDesk:
    """Makes case packages.

    Args:
        key: signs them; nothing else is signed with it.
        city: the city's name.
    """

    def __init__(self, review: ReviewDesk, masks: Masks, casework: Casework, key: SigningKey, city: str, clock: Clock) -> None:
        self._review = review
        self._masks = masks
        self._casework = casework
        self._key = key
        self._city = city
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    @property
    def public_key(self) -> VerifyKey:
        """What packages are checked with."""
        return self._key.verify_key

    async def export(self, reader: Reader, tip_id: str, wanted: Wanted, by: str, write: Callable[[CaseFile], Documents]) -> Package:
        """Pack a tip.

        Args:
            by: name of the member of staff.
            write: makes the documents; called in a thread.

        Raises:
            Invalid: ``reason`` (``empty``, ``too_long``), or ``files`` (``too_large``).
            NotFound: no such tip, note or attachment. NotAllowed, SealBroken: see ``GrantDesk.key``.
        """
        if not 0 < len(wanted.reason) <= MAX_REASON:
            raise Invalid("reason", "too_long" if wanted.reason else "empty")
        tip = await self._review.open(reader, tip_id)
        notes = [note for note in await self._casework.notes(reader, tip_id) if note.id in wanted.notes]
        chosen = _chosen(tip, wanted)
        if len(notes) < len(wanted.notes) or len(chosen) < len(wanted.copies) + len(wanted.originals):
            raise NotFound()
        labels = await self._casework.labels(reader, tip_id)
        wanted = replace(wanted, reason=await self._masks.hide(reader, tip_id, wanted.reason))
        async with self._one_at_a_time:
            packer = Packer(self._clock())
            for one in chosen:
                await self._add(packer, reader, tip_id, one)
            case = CaseFile(tip, labels, notes, tuple(packer.items), wanted)
            written = await asyncio.to_thread(write, case)
            packer.add("case.pdf", written.pdf, Kind.DOCUMENT)
            packer.add("case.txt", written.text, Kind.DOCUMENT)
            return await asyncio.to_thread(packer.close, self._manifest(tip, wanted, by, packer.items), self._key)

    async def _add(self, packer: Packer, reader: Reader, tip_id: str, one: _Chosen) -> None:
        original = one.kind is Kind.ORIGINAL
        file = await self._review.attachment(reader, tip_id, one.id, original=original)
        packer.add(one.name, file.data, one.kind, "" if original else file.sha256)

    def _manifest(self, tip: TipView, wanted: Wanted, by: str, items: Sequence[Item]) -> Manifest:
        return Manifest(
            locator=tip.summary.locator,
            city=self._city,
            exported_at=moment(self._clock()),
            exported_by=by,
            purpose=wanted.purpose.value,
            reason=wanted.reason,
            language=wanted.language,
            faro=version("faro"),
            key=short_name(self.public_key),
            files=tuple(items),
        )


def _chosen(tip: TipView, wanted: Wanted) -> list[_Chosen]:
    """In the order of the dialogue, a copy before its original. What was sealed off leaves by nobody; only photos have copies."""
    found: list[_Chosen] = []
    for entry in tip.entries:
        for number, file in enumerate(entry.files, 1):
            place, is_open = f"message-{entry.number}-{number}", not file.sealed_off
            if is_open and file.kind is FileKind.PHOTO and file.id in wanted.copies:
                found.append(_Chosen(file.id, f"attachments/{place}.jpg", Kind.COPY))
            if is_open and file.id in wanted.originals:
                found.append(_Chosen(file.id, f"originals/{place}.{file.suffix}", Kind.ORIGINAL))
    return found
