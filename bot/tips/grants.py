"""Who may open which tip: granting one, taking it back, and counting. What many tips need stands in ``regrant.py``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Conflict, NotAllowed, NotFound
from bot.storage import Database, upsert
from bot.tips.book import locked_tip
from bot.tips.recovery import RecoveryKeys
from bot.tips.tables import TipGrantRow, TipRow
from bot.tips.vault import Grant, GrantKind, Reader, ReaderKey, TipKey, TipVault, key_id

_BATCH = 500

Readers = Callable[[], Awaitable[Sequence[ReaderKey]]]
"""Returns every moderator to whom a new tip is sealed, with their present keys."""


@dataclass(frozen=True, slots=True)
class Revoked:
    """``gone``: grants taken away. ``kept``: those of tips that nobody else can open."""

    gone: int
    kept: int


def grant_row(tip_id: str, grant: Grant) -> TipGrantRow:
    """The row of a grant."""
    return TipGrantRow(tip_id=tip_id, kind=grant.kind.value, holder=grant.holder, sealed=grant.sealed, key_id=grant.key_id)


async def put_grant(session: AsyncSession, tip_id: str, grant: Grant) -> None:
    """Write a grant over whatever its holder had before."""
    values = {"kind": grant.kind.value, "holder": grant.holder, "sealed": grant.sealed, "key_id": grant.key_id}
    await upsert(session, TipGrantRow, tip_id=tip_id, **values)


class GrantDesk:
    """Grants to moderators, tip by tip.

    Args:
        readers: asked anew each time, so that nobody is granted anything under a key that was replaced.
    """

    def __init__(self, database: Database, vault: TipVault, readers: Readers, recovery: RecoveryKeys) -> None:
        self._database = database
        self._vault = vault
        self._readers = readers
        self._recovery = recovery

    async def key(self, reader: Reader, tip_id: str) -> TipKey:
        """The tip's key.

        Raises:
            NotFound: no such tip. NotAllowed: it is not sealed to this reader. SealBroken: the grant was tampered with.
        """
        async with self._database.read() as session:
            tip = await session.get(TipRow, tip_id)
            grant = await session.get(TipGrantRow, (tip_id, GrantKind.READER.value, reader.staff_id))
        if tip is None:
            raise NotFound()
        # A grant to a key that was replaced is none: the moderator has to be granted access again.
        if grant is None or grant.key_id not in ("", key_id(reader.private_key.public_key)):
            raise NotAllowed("this tip is not sealed to you")
        return self._vault.open(reader, tip_id, tip.public_key, grant.sealed)

    async def holders(self, tip_id: str) -> list[str]:
        """Ids of the moderators who can open the tip now."""
        async with self._database.read() as session:
            return await self._holders(session, tip_id)

    async def counts(self) -> dict[str, int]:
        """How many tips each moderator can open now, by id; everyone entitled is named."""
        readers = await self._readers()
        query = select(TipGrantRow.holder, func.count()).where(_usable(readers)).group_by(TipGrantRow.holder)
        async with self._database.read() as session:
            counted = dict(iter(await session.execute(query)))
        return {reader.staff_id: counted.get(reader.staff_id, 0) for reader in readers}

    async def recoverable(self) -> int:
        """How many tips the present recovery key opens."""
        public = await self._recovery.present()
        if public is None:
            return 0
        mine = (TipGrantRow.kind == GrantKind.RECOVERY.value, TipGrantRow.key_id == key_id(public))
        async with self._database.read() as session:
            return await session.scalar(select(func.count()).select_from(TipGrantRow).where(*mine)) or 0

    async def total(self) -> int:
        """How many tips there are."""
        async with self._database.read() as session:
            return await session.scalar(select(func.count()).select_from(TipRow)) or 0

    async def grant(self, reader: Reader, tip_id: str, staff_id: str) -> None:
        """Let one more moderator read a tip.

        Raises:
            NotFound: no such tip, or nobody of that id is entitled to read tips. NotAllowed, SealBroken: see :meth:`key`.
        """
        key = await self.key(reader, tip_id)
        grant = self._vault.grant(key, await self.entitled(staff_id))
        async with self._database.begin() as session:
            await locked_tip(session, tip_id)
            await put_grant(session, tip_id, grant)

    async def revoke(self, tip_id: str, staff_id: str) -> None:
        """Take a moderator's grant away. What they copied while they had it is out of reach.

        Raises:
            NotFound: they have none. Conflict: nobody else could read the tip then.
        """
        async with self._database.begin() as session:
            await locked_tip(session, tip_id)
            mine = await session.get(TipGrantRow, (tip_id, GrantKind.READER.value, staff_id))
            if mine is None:
                raise NotFound()
            if not set(await self._holders(session, tip_id)) - {staff_id}:
                raise Conflict("nobody could read the tip any more")
            await session.delete(mine)

    async def revoke_all(self, staff_id: str) -> Revoked:
        """Take all of a moderator's grants away, except for tips that nobody else could read then."""
        gone, kept, last = 0, 0, ""
        while True:
            async with self._database.begin() as session:
                batch = await self._locked_grants(session, staff_id, last)
                others = await self._read_by_others(session, batch, staff_id)
                mine = (TipGrantRow.kind == GrantKind.READER.value, TipGrantRow.holder == staff_id)
                await session.execute(delete(TipGrantRow).where(*mine, TipGrantRow.tip_id.in_(others)))
            if not batch:
                return Revoked(gone, kept)
            gone, kept, last = gone + len(others), kept + len(batch) - len(others), batch[-1]

    async def entitled(self, staff_id: str) -> ReaderKey:
        """The present key of a moderator. Raises NotFound: nobody of that id is entitled to read tips."""
        found = [reader for reader in await self._readers() if reader.staff_id == staff_id]
        if not found:
            raise NotFound()
        return found[0]

    async def _locked_grants(self, session: AsyncSession, staff_id: str, last: str) -> list[str]:
        """The next tips that a moderator holds grants for, locked, so that two moderators are never revoked at once."""
        mine = (TipGrantRow.kind == GrantKind.READER.value, TipGrantRow.holder == staff_id)
        held = select(TipGrantRow.tip_id).where(*mine, TipGrantRow.tip_id > last).order_by(TipGrantRow.tip_id).limit(_BATCH)
        ids = list(await session.scalars(held))
        await session.execute(select(TipRow.id).where(TipRow.id.in_(ids)).order_by(TipRow.id).with_for_update())
        return ids

    async def _read_by_others(self, session: AsyncSession, tips: list[str], staff_id: str) -> set[str]:
        others = [reader for reader in await self._readers() if reader.staff_id != staff_id]
        return set(await session.scalars(select(TipGrantRow.tip_id).where(TipGrantRow.tip_id.in_(tips), _usable(others))))

    async def _holders(self, session: AsyncSession, tip_id: str) -> list[str]:
        usable = _usable(await self._readers())
        return list(await session.scalars(select(TipGrantRow.holder).where(TipGrantRow.tip_id == tip_id, usable)))


def _usable(readers: Sequence[ReaderKey]) -> ColumnElement[bool]:
    """Grants that one of these readers opens with the present key. One of an earlier version may open or not: it does not count."""
    present = [and_(TipGrantRow.holder == reader.staff_id, TipGrantRow.key_id == key_id(reader.public_key)) for reader in readers]
    return and_(TipGrantRow.kind == GrantKind.READER.value, or_(false(), *present))
