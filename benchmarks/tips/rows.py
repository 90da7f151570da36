"""Rows of tips, spread as in a busy city: 3 % urgent, 1 % waiting for an answer, 95 % closed, over five years.

Sealed columns hold zeros of the usual length, since the queue never opens them. The newest tips are real: sealed to the moderator, with
words in them, so that a search has something to open.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from bot.crypto import PasswordCost
from bot.messages import Language
from bot.storage import Base
from bot.tips.sealing import Author, Details, entry_row, seal_details
from bot.tips.status import Status
from bot.tips.tables import TipEntryRow, TipGrantRow, TipLabelRow, TipReadRow, TipRow, coarse
from bot.tips.vault import GrantKind, ReaderKey, TipVault, key_id

LABEL = "school"
_BATCH = 20_000
_HOURS = 5 * 365 * 24
_CHEAP = PasswordCost(opslimit=1, memlimit=8192 * 1024)
_STORY = """
every evening two people sell small bags behind the station and leave on a grey scooter the light in the underpass has been
broken since the market somebody paints signs on the wall of the school and waits for the bus near the old harbour
"""

Row = dict[str, Any]
Batch = dict[type[Base], list[Row]]
TABLES: tuple[type[Base], ...] = (TipRow, TipReadRow, TipLabelRow, TipGrantRow, TipEntryRow)


@dataclass(frozen=True, slots=True)
class Filling:
    """What to write: ``count`` tips, the newest ``real`` of which ``reader`` can open."""

    count: int
    real: int
    reader: ReaderKey
    categories: Sequence[str]
    districts: Sequence[str]
    language: Language
    now: datetime


def batches(filling: Filling) -> Iterator[Batch]:
    """All rows, in the order of the tips' ids, which every store takes quickest. One seed: always the same tips."""
    chance, vault = random.Random(7), TipVault(_CHEAP)
    ids = sorted(chance.randbytes(16).hex() for _ in range(filling.count))
    real = frozenset(chance.sample(ids, filling.real))
    tips = (_Tip(filling, chance, number, tip_id, vault if tip_id in real else None) for number, tip_id in enumerate(ids))
    while some := list(islice(tips, _BATCH)):
        yield {
            TipRow: [tip.row for tip in some],
            TipReadRow: [tip.read_mark for tip in some if tip.is_read],
            TipLabelRow: [tip.label for tip in some[::20]],
            TipGrantRow: [tip.grant for tip in some],
            TipEntryRow: [tip.entry for tip in some if tip.entry is not None],
        }


class _Tip:
    """One tip's rows."""

    def __init__(self, filling: Filling, chance: random.Random, number: int, tip_id: str, vault: TipVault | None) -> None:
        hours = chance.randrange(24) if vault else 24 + chance.randrange(_HOURS)
        came, fresh = coarse(filling.now - timedelta(hours=hours)), chance.random() < 0.01
        self._reader, self._id = filling.reader.staff_id, tip_id
        self.is_read = not fresh or chance.random() < 0.5
        self.row: Row = {
            "id": tip_id,
            "locator": f"{number:09d}",
            "category": chance.choice(filling.categories),
            "district": chance.choice((*filling.districts, None)),
            "status": chance.choices(list(Status), (50, 50, 0, 0, 0) if fresh else (0, 2, 2, 20, 76))[0].value,
            "urgent": chance.random() < 0.03,
            "created_at": came,
            "updated_at": came,
            "public_key": bytes(32),
            "details": bytes(296),
            "entries": 1,
            "last_from_tipster": 1,
            "assignee": chance.choice((filling.reader.staff_id, "another", None)),
            "waiting_since": came if fresh else None,
            "holds": 0,
        }
        self.entry: Row | None = None
        self.grant = self._granted(bytes(150), key_id(filling.reader.public_key))
        if vault is not None:
            self._seal(filling, chance, vault)

    @property
    def read_mark(self) -> Row:
        return {"tip_id": self._id, "reader": self._reader, "seen": 1}

    @property
    def label(self) -> Row:
        return {"tip_id": self._id, "code": LABEL, "sealed": None, "urgent": self.row["urgent"], "created_at": self.row["created_at"]}

    def _granted(self, sealed: bytes, key: str) -> Row:
        return {"tip_id": self._id, "kind": GrantKind.READER.value, "holder": self._reader, "sealed": sealed, "key_id": key}

    def _seal(self, filling: Filling, chance: random.Random, vault: TipVault) -> None:
        key = vault.create(self._id)
        story = " ".join(chance.choices(_STORY.split(), k=60))
        entry = entry_row(key, 1, Author.TIPSTER, story, filling.now, chance.randbytes(16).hex())
        self.row |= {"public_key": key.public, "details": seal_details(key, Details(filling.language, "behind the station"))}
        self.grant = self._granted(vault.grant(key, filling.reader).sealed, self.grant["key_id"])
        self.entry = {name: getattr(entry, name) for name in ("id", "tip_id", "number", "author", "sealed", "at")}
