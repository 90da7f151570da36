"""Granting all tips that one key opens to another key: in batches, in the background, with progress.

A tip that the target has already is left alone, so a run that was interrupted is simply begun again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased

from bot.crypto import PrivateKey, PublicKey
from bot.errors import NotAllowed, NotFound, SealBroken
from bot.storage import Database
from bot.tips.grants import GrantDesk, put_grant
from bot.tips.recovery import RecoveryKeys
from bot.tips.tables import TipGrantRow, TipRow
from bot.tips.vault import Grant, GrantKind, Reader, TipKey, TipVault, key_id

log = logging.getLogger("faro.tips.regrant")

BATCH = 200
"""Tips in one step: 80 ms of elliptic curves, then one transaction."""

RECOVERY = "recovery"
"""The target that is the recovery key. No staff id is that short."""

_Grants = Select[str, bytes, bytes]
"""Rows of tip id, public key, and the source's sealed grant."""


@dataclass(slots=True)
class Progress:
    """How far a run is. ``failed``: grants that did not open. ``stopped``: it ended early, since one of the keys was gone."""

    total: int = 0
    done: int = 0
    failed: int = 0
    over: bool = False
    stopped: bool = False

    @property
    def worked(self) -> int:
        """How many tips were looked at."""
        return self.done + self.failed


@dataclass(frozen=True, slots=True)
class _Source:
    """Whose grants are opened, and how."""

    kind: GrantKind
    holder: str
    public: PublicKey
    open: Callable[[str, bytes, bytes], TipKey]


@dataclass(frozen=True, slots=True)
class _Target:
    """To whom tips are sealed, and how."""

    kind: GrantKind
    holder: str
    public: PublicKey
    seal: Callable[[TipKey], Grant]


class Regrant:
    """Hands on access to many tips at once.

    Args:
        grants: says who is entitled.
        recovery: knows the recovery key.
    """

    def __init__(self, database: Database, vault: TipVault, grants: GrantDesk, recovery: RecoveryKeys) -> None:
        self._database = database
        self._vault = vault
        self._grants = grants
        self._recovery = recovery
        self._runs: dict[tuple[str, str], Progress] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, staff_id: str, to: str, reader: Callable[[], Reader | None], done: Callable[[Progress], Awaitable[None]]) -> Progress:
        """Start handing everything that a moderator may read to ``to`` (a moderator's id, or :data:`RECOVERY`).

        Returns at once; a run of the same two that is under way goes on, and no second one begins.

        Args:
            reader: the moderator with their key, asked before each batch: a run never outlives the session.
            done: called when it has ended.
        """
        running = self._runs.get((staff_id, to))
        if running is not None and not running.over:
            return running
        progress = self._runs[staff_id, to] = Progress()
        task = asyncio.create_task(self._run_guarded(to, reader, progress, done))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return progress

    def progress(self, staff_id: str) -> dict[str, Progress]:
        """The runs that a moderator began since the last start, by target."""
        return {to: progress for (begun_by, to), progress in self._runs.items() if begun_by == staff_id}

    async def recover(self, private: PrivateKey, staff_id: str, progress: Progress, shown: Callable[[Progress], None]) -> None:
        """Hand everything that the recovery key opens to a moderator; ``shown`` is called after each batch.

        Raises:
            NotFound: nobody of that id is entitled to read tips (any more).
            NotAllowed: this key opens no tip.
        """
        source = self._recovery_source(private)
        if not await self._count(_granted(source)):
            raise NotAllowed("this recovery key opens no tip")
        target = await self._target(staff_id)
        progress.total = await self._count(_missing(source, target))
        await self._run(lambda: source, staff_id, progress, shown)
        if progress.stopped:
            raise NotFound()

    async def _run_guarded(
        self, to: str, reader: Callable[[], Reader | None], progress: Progress, done: Callable[[Progress], Awaitable[None]]
    ) -> None:
        def source() -> _Source | None:
            return self._reader_source(found) if (found := reader()) else None

        try:
            if (first := source()) is not None:
                progress.total = await self._count(_missing(first, await self._target(to)))
            await self._run(source, to, progress)
            await done(progress)
        except Exception as error:  # nobody waits for the task: the page shows that it stopped, the log shows where
            progress.stopped = True
            log.error("granting tips stopped: %s", type(error).__name__)
        finally:
            progress.over = True

    async def _run(
        self, source: Callable[[], _Source | None], to: str, progress: Progress, shown: Callable[[Progress], None] = lambda _: None
    ) -> None:
        last = ""
        while (opener := source()) is not None:
            try:
                target = await self._target(to)
            except NotFound:
                break
            batch = await self._batch(opener, target, last)
            if not batch:
                return
            last = batch[-1][0]
            await self._store(await asyncio.to_thread(_sealed_anew, opener, target, batch, progress))
            shown(progress)
        progress.stopped = True

    async def _target(self, to: str) -> _Target:
        """Asked before each batch: the target's key may be replaced meanwhile. Raises NotFound."""
        if to != RECOVERY:
            reader = await self._grants.entitled(to)
            return _Target(GrantKind.READER, to, reader.public_key, lambda key: self._vault.grant(key, reader))
        public = await self._recovery.present()
        if public is None:
            raise NotFound()
        return _Target(GrantKind.RECOVERY, "", public, lambda key: self._vault.grant_recovery(key, public))

    def _reader_source(self, reader: Reader) -> _Source:
        def opened(tip_id: str, public: bytes, sealed: bytes) -> TipKey:
            return self._vault.open(reader, tip_id, public, sealed)

        return _Source(GrantKind.READER, reader.staff_id, reader.private_key.public_key, opened)

    def _recovery_source(self, private: PrivateKey) -> _Source:
        def opened(tip_id: str, public: bytes, sealed: bytes) -> TipKey:
            return self._vault.open_as_recovery(private, tip_id, public, sealed)

        return _Source(GrantKind.RECOVERY, "", private.public_key, opened)

    async def _batch(self, source: _Source, target: _Target, last: str) -> list[tuple[str, bytes, bytes]]:
        query = _missing(source, target).where(TipRow.id > last).order_by(TipRow.id).limit(BATCH)
        async with self._database.read() as session:
            return [(tip_id, public, sealed) for tip_id, public, sealed in await session.execute(query)]

    async def _store(self, grants: list[tuple[str, Grant]]) -> None:
        async with self._database.begin() as session:
            asked = [tip_id for tip_id, _ in grants]
            # Deleted meanwhile: a grant without its tip is not to be written.
            there = set(await session.scalars(select(TipRow.id).where(TipRow.id.in_(asked)).with_for_update()))
            for tip_id, grant in grants:
                if tip_id in there:
                    await put_grant(session, tip_id, grant)

    async def _count(self, query: _Grants) -> int:
        async with self._database.read() as session:
            return await session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _granted(source: _Source) -> _Grants:
    """Tips that the source opens. A grant without a key's name may open or not: it is tried."""
    mine = (TipGrantRow.kind == source.kind.value, TipGrantRow.holder == source.holder)
    return (
        select(TipRow.id, TipRow.public_key, TipGrantRow.sealed)
        .join(TipGrantRow, TipGrantRow.tip_id == TipRow.id)
        .where(*mine, TipGrantRow.key_id.in_(["", key_id(source.public)]))
    )


def _missing(source: _Source, target: _Target) -> _Grants:
    """Of these, the tips that the target cannot open with the present key."""
    theirs = aliased(TipGrantRow)
    had = and_(
        theirs.tip_id == TipRow.id,
        theirs.kind == target.kind.value,
        theirs.holder == target.holder,
        theirs.key_id == key_id(target.public),
    )
    return _granted(source).outerjoin(theirs, had).where(theirs.tip_id.is_(None))


def _sealed_anew(source: _Source, target: _Target, batch: list[tuple[str, bytes, bytes]], progress: Progress) -> list[tuple[str, Grant]]:
    """One batch. A grant that was tampered with does not keep the others from being handed on."""
    made: list[tuple[str, Grant]] = []
    for tip_id, public, sealed in batch:
        try:
            made.append((tip_id, target.seal(source.open(tip_id, public, sealed))))
            progress.done += 1
        except SealBroken:
            progress.failed += 1
    return made
