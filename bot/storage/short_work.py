"""Short work on SQLite, in one journey: the statements of a transaction run one after the other in a thread of the store's.

aiosqlite carries every single statement to a thread and back, a dozen journeys for a transaction of three statements;
with every message that is most of the time Faro takes. Here a whole transaction is one function and one journey, and
what waits meanwhile is committed together (group commit).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")
Work = Callable[[Connection], T]
"""Statements on a connection, and nothing else: it runs outside of the event loop."""


@dataclass(slots=True)
class _Waiting:
    work: Work[Any]
    durable: bool
    done: asyncio.Future[Any]


class ShortWork:
    """One thread that writes, one that reads.

    Args:
        engine: a synchronous one; its connections begin as their execution option ``faro_write`` asks.
        turn: held while writing, by whoever writes in this process.
    """

    def __init__(self, engine: Engine, turn: asyncio.Lock) -> None:
        self._engine = engine
        self._readable = engine.execution_options(faro_write=False)
        self._turn = turn
        self._writer = ThreadPoolExecutor(1, "store-writer")
        self._reader = ThreadPoolExecutor(1, "store-reader")
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def read(self, work: Work[T]) -> T:
        """Do ``work`` on one state of the store."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._read, work)

    async def write(self, work: Work[T], *, durable: bool) -> T:
        """Do ``work`` and commit it, perhaps together with other work; its own failure takes back only its own."""
        waiting = _Waiting(work, durable, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        result: T = await waiting.done
        return result

    async def close(self) -> None:
        """Finish what waits, then end the threads."""
        if self._writing is not None:
            await asyncio.gather(self._writing, return_exceptions=True)
        self._writer.shutdown()
        self._reader.shutdown()
        self._engine.dispose()

    async def _write_all(self) -> None:
        while self._waiting:
            async with self._turn:
                batch = [waiting for waiting in self._waiting if not waiting.done.cancelled()]
                self._waiting.clear()
                outcomes = await asyncio.get_running_loop().run_in_executor(self._writer, self._committed, batch)
            for waiting, outcome in zip(batch, outcomes, strict=True):
                _settle(waiting.done, outcome)

    def _read(self, work: Work[T]) -> T:
        with self._readable.connect() as connection:
            return work(connection)

    def _committed(self, batch: list[_Waiting]) -> list[Any]:
        """What each work gave, or the exception that took it back. Never raises."""
        try:
            with self._engine.connect() as connection:
                _sync(connection, durable=any(waiting.durable for waiting in batch))
                with connection.begin():
                    if len(batch) == 1:
                        return [batch[0].work(connection)]
                    return [_apart(connection, waiting.work) for waiting in batch]
        except Exception as error:
            return [error] * len(batch)


def _sync(connection: Connection, *, durable: bool) -> None:
    """FULL waits until the disk has the log, so also what was committed before it; NORMAL leaves that to the next one."""
    raw: Any = connection.connection.driver_connection
    raw.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")


def _apart(connection: Connection, work: Work[Any]) -> Any:
    try:
        with connection.begin_nested():
            return work(connection)
    except Exception as error:
        return error


def _settle(done: asyncio.Future[Any], outcome: Any) -> None:
    if done.cancelled():
        return
    if isinstance(outcome, Exception):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)
