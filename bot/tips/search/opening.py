"""Opening many tips at once: a handful of statements for a batch, and everything that has words in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import SealBroken
from bot.tips.masking import Veil
from bot.tips.masks import open_mask
from bot.tips.queue import seen_by
from bot.tips.review import TipSummary, summary_of
from bot.tips.sealing import open_details, open_entry
from bot.tips.tables import TipEntryRow, TipGrantRow, TipLabelRow, TipMaskRow, TipNoteRow, TipRow
from bot.tips.vault import GrantKind, Reader, TipKey, TipVault, key_id


class Place(StrEnum):
    """Where in a tip words stand."""

    TIPSTER = "tipster"
    MODERATOR = "moderator"
    WHERE = "where"
    WHEN = "when"
    ANSWER = "answer"
    NOTE = "note"
    LABEL = "label"
    REASON = "reason"


Text = tuple[Place, str]


@dataclass(frozen=True, slots=True)
class Opened:
    """A tip and its words, those that masks hide left out."""

    summary: TipSummary
    texts: Sequence[Text] = field(repr=False)


@dataclass(slots=True)
class Sealed:
    """The rows of one tip. ``grant`` None: this reader cannot open it."""

    tip: TipRow
    seen: int
    grant: bytes | None
    parts: dict[type[Any], list[Any]] = field(default_factory=lambda: defaultdict(list))


def tips_for(reader: Reader) -> Select[Any]:
    """Selects tips, what the reader saw of each, and their present grant to it; without a grant it is NULL."""
    key = key_id(reader.private_key.public_key)
    # Not a join: the order of the tips has to come from their own index, however few of them somebody may open.
    grant = select(TipGrantRow.sealed).where(
        TipGrantRow.tip_id == TipRow.id,
        TipGrantRow.kind == GrantKind.READER.value,
        # Written so that only the primary key fits: a store without fresh statistics would go through all grants of the holder.
        TipGrantRow.holder.concat("") == reader.staff_id,
        TipGrantRow.key_id.in_(("", key)),
    )
    return select(TipRow, seen_by(reader.staff_id), grant.scalar_subquery())


async def with_parts(session: AsyncSession, rows: Iterable[Any]) -> list[Sealed]:
    """The tips with all of their rows that hold words; those that cannot be opened stay without."""
    found = {tip.id: Sealed(tip, seen or 0, grant) for tip, seen, grant in rows}
    ids = [tip_id for tip_id, sealed in found.items() if sealed.grant is not None]
    tables: tuple[type[Any], ...] = (TipEntryRow, TipNoteRow, TipMaskRow)
    for table in tables:
        for row in await session.scalars(select(table).where(table.tip_id.in_(ids))):
            found[row.tip_id].parts[table].append(row)
    for label in await session.scalars(select(TipLabelRow).where(TipLabelRow.tip_id.in_(ids), TipLabelRow.sealed.is_not(None))):
        found[label.tip_id].parts[TipLabelRow].append(label)
    return list(found.values())


def opened(vault: TipVault, reader: Reader, sealed: Sealed) -> Opened:
    """Open a tip. Slow (a key exchange): call it in a thread. Raises SealBroken."""
    if sealed.grant is None:
        raise SealBroken("no grant to open")
    tip, parts = sealed.tip, sealed.parts
    key = vault.open(reader, tip.id, tip.public_key, sealed.grant)
    texts = [text for text in _texts(key, sealed) if text[1]]
    if parts[TipMaskRow]:
        hide = Veil(open_mask(key, mask) for mask in parts[TipMaskRow]).hide
        texts = [(place, hide(words)) for place, words in texts]
    return Opened(summary_of(tip, sealed.seen), texts)


def _texts(key: TipKey, sealed: Sealed) -> list[Text]:
    tip, parts = sealed.tip, sealed.parts
    details = open_details(key, tip.details)
    entries = sorted(parts[TipEntryRow], key=lambda row: row.number)
    texts = [(Place(row.author), open_entry(key, row).text) for row in entries]
    texts += [(Place.WHERE, details.where), (Place.WHEN, details.when)]
    texts += [(Place.ANSWER, words) for words in details.answers.values()]
    texts += [(Place.NOTE, str(key.open(row.sealed, "note", row.id, row.staff_id))) for row in parts[TipNoteRow]]
    texts += [(Place.LABEL, str(key.open(row.sealed, "label", row.code))) for row in parts[TipLabelRow]]
    if tip.hold_reason is not None:
        texts.append((Place.REASON, str(key.open(tip.hold_reason, "hold"))))
    return texts
