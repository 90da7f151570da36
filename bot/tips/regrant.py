"""Granting all tips that one key opens to another key: in batches, in the background, with progress.

A tip that the target has already is left alone, so a run that was interrupted is simply begun again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.crypto import PrivateKey
from bot.errors import NotAllowed, NotFound
from bot.storage import Database
from bot.tips.escrow.register import EscrowRegister
from bot.tips.grants import GrantDesk
from bot.tips.handing import (
    Handing,
    Source,
    Target,
    escrow_source,
    escrow_target,
    reader_source,
    reader_target,
    recovery_source,
    recovery_target,
    sealed_anew,
)
from bot.tips.recovery import RecoveryKeys
from bot.tips.vault import Reader, TipVault

log = logging.getLogger("faro.tips.regrant")

RECOVERY = "recovery"
"""The target that is the recovery key. No staff id is that short."""
ESCROW = "escrow"
"""The target that is the escrow."""


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


class Regrant:
    """Hands on access to many tips at once.

    Args:
        grants: says who is entitled.
        recovery: knows the recovery key.
        escrow: knows the escrow's public key.
    """

    def __init__(self, database: Database, vault: TipVault, grants: GrantDesk, recovery: RecoveryKeys, escrow: EscrowRegister) -> None:
        self._handing = Handing(database)
        self._vault = vault
        self._grants = grants
        self._recovery = recovery
        self._escrow = escrow
        self._runs: dict[tuple[str, str], Progress] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, staff_id: str, to: str, reader: Callable[[], Reader | None], done: Callable[[Progress], Awaitable[None]]) -> Progress:
        """Start handing everything that a moderator may read to ``to`` (a moderator's id, :data:`RECOVERY` or :data:`ESCROW`).

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
        await self._hand_over(recovery_source(self._vault, private), "this recovery key opens no tip", staff_id, progress, shown)

    async def open_escrow(
        self, private: PrivateKey, staff_id: str, category: str, progress: Progress, shown: Callable[[Progress], None]
    ) -> None:
        """Hand everything that the escrow's key opens, or what is of one category, to a moderator.

        Raises:
            NotFound: nobody of that id is entitled to read tips (any more).
            NotAllowed: this key opens no tip of that category.
        """
        await self._hand_over(escrow_source(self._vault, private, category), "the escrow opens no such tip", staff_id, progress, shown)

    async def _hand_over(self, source: Source, nothing: str, staff_id: str, progress: Progress, shown: Callable[[Progress], None]) -> None:
        if not await self._handing.opens(source):
            raise NotAllowed(nothing)
        progress.total = await self._handing.missing(source, await self._target(staff_id))
        await self._run(lambda: source, staff_id, progress, shown)
        if progress.stopped:
            raise NotFound()

    async def _run_guarded(
        self, to: str, reader: Callable[[], Reader | None], progress: Progress, done: Callable[[Progress], Awaitable[None]]
    ) -> None:
        def source() -> Source | None:
            return reader_source(self._vault, found) if (found := reader()) else None

        try:
            if (first := source()) is not None:
                progress.total = await self._handing.missing(first, await self._target(to))
            await self._run(source, to, progress)
            await done(progress)
        except Exception as error:  # nobody waits for the task: the page shows that it stopped, the log shows where
            progress.stopped = True
            log.error("granting tips stopped: %s", type(error).__name__)
        finally:
            progress.over = True

    async def _run(
        self, source: Callable[[], Source | None], to: str, progress: Progress, shown: Callable[[Progress], None] = lambda _: None
    ) -> None:
        last = ""
        while (opener := source()) is not None:
            try:
                target = await self._target(to)
            except NotFound:
                break
            batch = await self._handing.batch(opener, target, last)
            if not batch:
                return
            last = batch[-1][0]
            made = await asyncio.to_thread(sealed_anew, opener, target, batch)
            await self._handing.store(opener, made)
            progress.done += len(made)
            progress.failed += len(batch) - len(made)
            shown(progress)
        progress.stopped = True

    async def _target(self, to: str) -> Target:
        """Asked before each batch: the target's key may be replaced meanwhile. Raises NotFound."""
        if to not in (RECOVERY, ESCROW):
            return reader_target(self._vault, await self._grants.entitled(to))
        public = await (self._recovery.present() if to == RECOVERY else self._escrow.present())
        if public is None:
            raise NotFound()
        return recovery_target(self._vault, public) if to == RECOVERY else escrow_target(self._vault, public)


__all__ = ["ESCROW", "RECOVERY", "Progress", "Regrant"]
