"""How long it takes to list a large audience in the ledger, and what that costs in memory: one tick of the clockwork."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import text

from benchmarks.sending.office import TOPIC, Office

_AGO = "2026-01-02 03:04:05.000000"
_PEOPLE = {
    # Random names, as keyed hashes are; the addresses are not opened here.
    True: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
    "INSERT INTO recipient (pseudonym, channel, address, language, reachable) "
    "SELECT lower(hex(randomblob(16))), 'telegram', zeroblob(72), substr('enfresit', 1 + i % 4 * 2, 2), 1 FROM n",
    False: "INSERT INTO recipient (pseudonym, channel, address, language, reachable) "
    "SELECT md5(random()::text || i), 'telegram', decode(repeat('00', 72), 'hex'), substr('enfresit', 1 + i % 4 * 2, 2), true "
    "FROM generate_series(1, {count}) AS n(i)",
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``grown``: MB (10⁶ bytes) by which this process grew at most meanwhile."""

    people: int
    seconds: float
    grown: float


async def snapshot(people: int, url: str | None = None) -> Snapshot:
    """Fill a store and list everybody. ``url`` None: SQLite."""
    with tempfile.TemporaryDirectory(prefix="faro-bench-") as folder:
        async with Office.open(Path(folder), url) as office:
            await _fill(office, people)
            await office.approve()
            with _growth() as grown:
                began = time.perf_counter()
                await office.fire()
                seconds = time.perf_counter() - began
            assert (await office.states())["pending"] == people
            return Snapshot(people, seconds, grown[-1])


async def _fill(office: Office, people: int) -> None:
    is_sqlite = office.database.is_sqlite
    async with office.database.begin() as session:
        await session.execute(text(_PEOPLE[is_sqlite].format(count=people).replace("::", "\\:\\:")))
        since = f"'{_AGO}'" if is_sqlite else f"TIMESTAMPTZ '{_AGO}+00'".replace(":", "\\:")
        wishes = f"INSERT INTO subscription (pseudonym, topic, since) SELECT pseudonym, '{TOPIC}', {since} FROM recipient"
        await session.execute(text(wishes))
        if not is_sqlite:
            await session.execute(text("ANALYZE"))  # As it does by itself; people do not all come in one minute.


@contextmanager
def _growth() -> Iterator[list[float]]:
    """The largest growth so far, in MB; looked at from a thread, because SQLite keeps its own busy."""
    process, done = psutil.Process(), threading.Event()
    before, grown = process.memory_info().rss, [0.0]

    def watch() -> None:
        while not done.wait(0.02):
            grown[0] = max(grown[0], (process.memory_info().rss - before) / 1e6)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield grown
    finally:
        done.set()
        thread.join()
