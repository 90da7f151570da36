"""Every text that is sealed in a tip, wherever it stands: to look for words in all of them, and to write them anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.tips.sealing import Words, open_details, open_entry, seal_details, seal_entry
from bot.tips.tables import TipEntryRow, TipLabelRow, TipNoteRow, TipRow
from bot.tips.vault import TipKey


@dataclass(frozen=True, slots=True)
class Piece:
    """One text of a tip. ``put(text, gone)`` seals another in its place; ``gone``: how many words were taken out."""

    text: str = field(repr=False)
    put: Callable[[str, int], None]


class Contents:
    """Opens all texts of a tip, in the caller's transaction: what is put is committed with it.

    Args:
        tip: its row, locked when anything is to be put.
    """

    def __init__(self, session: AsyncSession, key: TipKey, tip: TipRow) -> None:
        self._session = session
        self._key = key
        self._tip = tip
        self._dropped: list[TipLabelRow] = []

    async def pieces(self) -> list[Piece]:
        """Messages, place, time and answers, notes, free labels, the reason of a hold. Raises SealBroken."""
        tip_id = self._tip.id
        entries = await self._session.scalars(select(TipEntryRow).where(TipEntryRow.tip_id == tip_id).order_by(TipEntryRow.number))
        notes = await self._session.scalars(select(TipNoteRow).where(TipNoteRow.tip_id == tip_id))
        labels = await self._session.scalars(select(TipLabelRow).where(TipLabelRow.tip_id == tip_id, TipLabelRow.sealed.is_not(None)))
        found = [self._entry(row) for row in entries] + list(self._details())
        found += [self._note(row) for row in notes] + [self._label(row) for row in labels]
        return found + list(self._reason())

    async def flush(self) -> None:
        """Write what was put. A free label with words taken out is gone: it is found by the hash of its words."""
        for row in self._dropped:
            await self._session.delete(row)
        await self._session.flush()

    def _entry(self, row: TipEntryRow) -> Piece:
        words = open_entry(self._key, row)

        def put(text: str, gone: int) -> None:
            row.sealed = seal_entry(self._key, row, Words(text, words.redacted + gone))

        return Piece(words.text, put)

    def _details(self) -> Iterator[Piece]:
        details = open_details(self._key, self._tip.details)
        yield Piece(details.where, partial(self._put_detail, "where"))
        yield Piece(details.when, partial(self._put_detail, "when"))
        for question, answer in details.answers.items():
            yield Piece(answer, partial(self._put_answer, question))

    def _put_detail(self, name: str, text: str, gone: int) -> None:
        details = open_details(self._key, self._tip.details)
        changed: dict[str, Any] = {name: text, "redacted": details.redacted + gone}
        self._tip.details = seal_details(self._key, replace(details, **changed))

    def _put_answer(self, question: str, text: str, gone: int) -> None:
        details = open_details(self._key, self._tip.details)
        answers = {**details.answers, question: text}
        self._tip.details = seal_details(self._key, replace(details, answers=answers, redacted=details.redacted + gone))

    def _note(self, row: TipNoteRow) -> Piece:
        place = ("note", row.id, row.staff_id)

        def put(text: str, gone: int) -> None:
            row.sealed = self._key.seal(text, *place)

        return Piece(str(self._key.open(row.sealed, *place)), put)

    def _label(self, row: TipLabelRow) -> Piece:
        def put(text: str, gone: int) -> None:
            self._dropped.append(row)

        return Piece(str(self._key.open(row.sealed or b"", "label", row.code)), put)

    def _reason(self) -> Iterator[Piece]:
        def put(text: str, gone: int) -> None:
            self._tip.hold_reason = self._key.seal(text, "hold")

        if self._tip.hold_reason is not None:
            yield Piece(str(self._key.open(self._tip.hold_reason, "hold")), put)
