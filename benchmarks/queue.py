"""How long the queue of tips takes among many tips: ``python -m benchmarks.queue --tips 1000000 [--database URL]``.

Fills a store with tips whose columns are spread as in a busy city (3 % urgent, 1 % waiting, 95 % closed); sealed columns hold
random bytes, since the queue never opens them. Then asks for pages: each filter, the first page and pages far down, in turns, so that
a change of the machine's speed meets them all. Prints the 50th and 95th percentile in milliseconds and the slowest.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import secrets
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.figures import percentile
from bot.crypto import SymmetricKey
from bot.storage import Base, Database
from bot.tips.files import SealedFiles
from bot.tips.grants import GrantDesk
from bot.tips.queue import Filters, Order
from bot.tips.recovery import RecoveryKeys
from bot.tips.review import ReviewDesk
from bot.tips.status import Status
from bot.tips.tables import TipLabelRow, TipReadRow, TipRow, coarse
from bot.tips.vault import TipVault

_BATCH = 20_000
_READER = "s1"
_NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
_CATEGORIES = ("crime", "drugs", "weapon", "hate", "harm_online", "stolen_goods", "dangerous_place", "other")
_DISTRICTS = ("north", "south", "east", "west", "harbour", None)
_FILTERS = {
    "everything": Filters(),
    "new": Filters(status=Status.NEW),
    "closed": Filters(status=Status.CLOSED),
    "one category": Filters(category="weapon"),
    "one district": Filters(district="harbour"),
    "urgent, in review": Filters(urgent=True, status=Status.IN_REVIEW),
    "mine": Filters(assignee=_READER),
    "one label": Filters(label="school"),
    "unread": Filters(unread=True),
    "longest waiting": Filters(order=Order.WAITING),
    "new, category, district": Filters(status=Status.NEW, category="drugs", district="east"),
}


def rows(count: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Tips of five years, spread as above."""
    for _ in range(count):
        came = coarse(_NOW - timedelta(hours=chance.randrange(5 * 365 * 24)))
        fresh = chance.random() < 0.01
        yield {
            "id": chance.randbytes(16).hex(),
            "locator": chance.randbytes(5).hex()[:9],
            "category": chance.choice(_CATEGORIES),
            "district": chance.choice(_DISTRICTS),
            "status": chance.choices(list(Status), (50, 50, 0, 0, 0) if fresh else (0, 2, 2, 20, 76))[0].value,
            "urgent": chance.random() < 0.03,
            "created_at": came,
            "updated_at": came,
            "public_key": bytes(32),
            "details": bytes(300),
            "entries": 1,
            "last_from_tipster": 1,
            "assignee": chance.choice((_READER, "s2", None)),
            "waiting_since": came if fresh else None,
        }


async def fill(database: Database, count: int) -> None:
    """Write the tips, labels on a twentieth, and that one reader has read nearly all of them."""
    chance, made = random.Random(7), 0
    source = rows(count, chance)
    seen: set[str] = set()
    while made < count:
        batch = [row for row, _ in zip(source, range(min(_BATCH, count - made)), strict=False)]
        batch = list({row["locator"]: row for row in batch if row["locator"] not in seen}.values())
        seen.update(row["locator"] for row in batch)
        made += min(_BATCH, count - made)
        async with database.begin() as session:
            await session.execute(insert(TipRow), batch)
            read = [row["id"] for row in batch if row["waiting_since"] is None or chance.random() < 0.5]
            await session.execute(insert(TipReadRow), [{"tip_id": tip, "reader": _READER, "seen": 1} for tip in read])
            await session.execute(insert(TipLabelRow), [_label(row) for row in batch[::20]])


def _label(row: dict[str, Any]) -> dict[str, Any]:
    return {"tip_id": row["id"], "code": "school", "sealed": None, "urgent": row["urgent"], "created_at": row["created_at"]}


async def measure(desk: ReviewDesk, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each page, with the status counts that stand above it."""
    places: dict[str, list[str | None]] = {name: [None] for name in _FILTERS}
    for name, filters in _FILTERS.items():
        for _ in range(4):  # pages further down
            page = await desk.queue(filters, limit=51, before=places[name][-1], reader_id=_READER)
            if len(page) == 51:
                places[name].append(page[49].id)
    taken: dict[str, list[float]] = {name: [] for name in _FILTERS}
    for turn in range(rounds):
        for name, filters in _FILTERS.items():
            began = time.perf_counter()
            await desk.queue(filters, limit=51, before=places[name][turn % len(places[name])], reader_id=_READER)
            await desk.count_up_to(1000)
            taken[name].append((time.perf_counter() - began) * 1000)
    return taken


async def run(url: str, tips: int, rounds: int) -> None:
    """Fill and measure."""
    database, key = Database(url), SymmetricKey(secrets.token_bytes(32))
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    began = time.perf_counter()
    await fill(database, tips)
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("ANALYZE")
    print(f"{tips} tips written in {time.perf_counter() - began:.0f} s on {url.split(':', 1)[0]}")

    async def nobody() -> list[Any]:
        return []

    grants = GrantDesk(database, TipVault(), nobody, RecoveryKeys(database, key, lambda: _NOW))
    desk = ReviewDesk(database, grants, SealedFiles(Path(tempfile.gettempdir())), lambda: _NOW)
    taken = await measure(desk, rounds)
    print(f"{'page':26}{'p50':>9}{'p95':>9}{'slowest':>9}  ms, {rounds} pages each")
    taken["all together"] = list(chain.from_iterable(taken.values()))
    for name, pages in taken.items():
        print(f"{name:26}{percentile(pages, 50):9.1f}{percentile(pages, 95):9.1f}{max(pages):9.1f}")
    await database.close()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tips", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--database", help="an empty store; default: a SQLite file that is removed afterwards")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(options.database or f"sqlite+aiosqlite:///{folder}/queue.sqlite3", options.tips, options.rounds))


if __name__ == "__main__":
    main()
