"""One store, two kinds of session: ``begin()`` writes in one transaction, ``read()`` only reads.

``write()`` and ``fetch()`` do the same for work that is known beforehand, as a function of a connection: less to write
with, and much quicker on SQLite (:mod:`bot.storage.short_work`). What happens with every message uses them.

On SQLite there is one writer at a time: ``begin()`` takes an in-process lock and then ``BEGIN IMMEDIATE``, so that a
second process waits (``busy_timeout``) instead of failing halfway. PostgreSQL uses its own row locks.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from bot.storage.liveness import Liveness
from bot.storage.short_work import ShortWork, T, Work

_BUSY_MILLISECONDS = 10_000
_BUSY = {"timeout": _BUSY_MILLISECONDS / 1000, "check_same_thread": False}


class Database:
    """The store behind all packages.

    Args:
        url: SQLAlchemy address with an async driver, ``sqlite+aiosqlite:///…`` or ``postgresql+asyncpg://…``.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._write = asyncio.Lock()
        self.engine = self._connect(url)
        self._engines = {write: self.engine.execution_options(faro_write=write) for write in (True, False)}
        # Without BEGIN and ROLLBACK: at PostgreSQL's usual isolation they change nothing for who only reads, and are two journeys.
        self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._short = self._short_work(url) if self.is_sqlite else None

    def _connect(self, url: str) -> AsyncEngine:
        # hide_parameters: an error message never carries what was being written.
        if not self.is_sqlite:
            engine = create_async_engine(url, hide_parameters=True, pool_size=10, max_overflow=10)
            Liveness().watch(engine.sync_engine)
            return engine
        Path(make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(url, hide_parameters=True, connect_args=_BUSY)
        _tune(engine.sync_engine)
        return engine

    def _short_work(self, url: str) -> ShortWork:
        engine = create_engine(make_url(url).set(drivername="sqlite"), hide_parameters=True, connect_args=_BUSY)
        _tune(engine)
        return ShortWork(engine, self._write)

    async def write(self, work: Work[T], *, durable: bool = False) -> T:
        """Do short ``work`` in one write transaction: committed when it returns, taken back when it raises.

        Args:
            work: only statements. On SQLite it runs in a thread, and may share its transaction with other work.
            durable: what is committed survives a power cut, and with it all that was committed before. Otherwise it
                survives the end of the process, and the newest transactions may be missing after a power cut.
        """
        if self._short is not None:
            return await self._short.write(work, durable=durable)
        async with self.engine.begin() as connection:
            return await connection.run_sync(work)

    async def fetch(self, work: Work[T]) -> T:
        """Do short ``work`` that only reads: on one state of the store, on PostgreSQL each statement on that of its own moment."""
        if self._short is not None:
            return await self._short.read(work)
        async with self._reading.connect() as connection:
            return await connection.run_sync(work)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """A session in one write transaction: committed at the end, rolled back on any exception."""
        if not self.is_sqlite:
            async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
            return
        async with self._write, self._session(write=True) as session, session.begin():
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for reading; nothing it does is committed."""
        async with self._session(write=False) as session:
            yield session

    @asynccontextmanager
    async def _session(self, *, write: bool) -> AsyncIterator[AsyncSession]:
        async with AsyncSession(self._engines[write], expire_on_commit=False) as session:
            yield session

    async def check(self) -> None:
        """Ask the database for one row; raises whatever keeps it from answering."""
        async with self.read() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Give all connections back."""
        if self._short is not None:
            await self._short.close()
        await self.engine.dispose()


def _tune(engine: Engine) -> None:
    event.listen(engine, "connect", _tune_sqlite)
    event.listen(engine, "begin", _begin_as_asked)


def _tune_sqlite(connection: Any, _record: Any) -> None:
    """Write-ahead log, enforced foreign keys, and deleted content overwritten with zeros (a deleted draft is gone)."""
    connection.isolation_level = None  # SQLAlchemy's BEGIN must be ours: see _begin_as_asked.
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", f"busy_timeout={_BUSY_MILLISECONDS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_as_asked(connection: Any) -> None:
    write = connection.get_execution_options().get("faro_write", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
