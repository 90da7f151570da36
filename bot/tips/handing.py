"""From whose grants tips are opened, and to whom they are sealed: the two ends of handing on access, and the batches between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.crypto import PrivateKey, PublicKey
from bot.errors import SealBroken
from bot.storage import Database
from bot.tips.grants import put_grant
from bot.tips.tables import TipGrantRow, TipRow
from bot.tips.vault import Grant, GrantKind, Reader, ReaderKey, TipKey, TipVault, key_id

BATCH = 200
"""Tips in one step: 80 ms of elliptic curves, then one transaction."""

Batch = Sequence[tuple[str, bytes, bytes]]
"""Tip id, public key, and the source's sealed grant."""
_Grants = Select[str, bytes, bytes]


@dataclass(frozen=True, slots=True)
class Source:
    """Whose grants are opened, and how. ``category``: only tips of this one, empty: all."""

    kind: GrantKind
    holder: str
    public: PublicKey
    open: Callable[[str, bytes, bytes], TipKey]
    category: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """To whom tips are sealed, and how."""

    kind: GrantKind
    holder: str
    public: PublicKey
    seal: Callable[[TipKey], Grant]


def reader_source(vault: TipVault, reader: Reader) -> Source:
    """A moderator whose key is unlocked."""

    def opened(tip_id: str, public: bytes, sealed: bytes) -> TipKey:
        return vault.open(reader, tip_id, public, sealed)

    return Source(GrantKind.READER, reader.staff_id, reader.private_key.public_key, opened)


def recovery_source(vault: TipVault, private: PrivateKey) -> Source:
    """Whoever has the paper with the recovery key."""

    def opened(tip_id: str, public: bytes, sealed: bytes) -> TipKey:
        return vault.open_as_recovery(private, tip_id, public, sealed)

    return Source(GrantKind.RECOVERY, "", private.public_key, opened)


def escrow_source(vault: TipVault, private: PrivateKey, category: str) -> Source:
    """Two holders of shares together."""

    def opened(tip_id: str, public: bytes, sealed: bytes) -> TipKey:
        return vault.open_as_escrow(private, tip_id, public, sealed)

    return Source(GrantKind.ESCROW, "", private.public_key, opened, category)


def reader_target(vault: TipVault, reader: ReaderKey) -> Target:
    """A moderator, with their present key."""
    return Target(GrantKind.READER, reader.staff_id, reader.public_key, lambda key: vault.grant(key, reader))


def recovery_target(vault: TipVault, public: PublicKey) -> Target:
    """The recovery key."""
    return Target(GrantKind.RECOVERY, "", public, lambda key: vault.grant_recovery(key, public))


def escrow_target(vault: TipVault, public: PublicKey) -> Target:
    """The escrow. A seal to a former one is written over."""
    return Target(GrantKind.ESCROW, "", public, lambda key: vault.grant_escrow(key, public))


class Handing:
    """The batches' way out of the store and back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def opens(self, source: Source) -> int:
        """How many tips the source may open."""
        return await self._count(_granted(source))

    async def missing(self, source: Source, target: Target) -> int:
        """How many of them the target cannot open with the present key."""
        return await self._count(_missing(source, target))

    async def batch(self, source: Source, target: Target, last: str) -> Batch:
        """The next of them, after tip ``last``."""
        query = _missing(source, target).where(TipRow.id > last).order_by(TipRow.id).limit(BATCH)
        async with self._database.read() as session:
            return [(tip_id, public, sealed) for tip_id, public, sealed in await session.execute(query)]

    async def store(self, source: Source, grants: Sequence[tuple[str, Grant]]) -> None:
        """Write what a batch gave."""
        async with self._database.begin() as session:
            there = await _still_there(session, [tip_id for tip_id, _ in grants])
            for tip_id, grant in grants:
                if (grant.kind, grant.holder) == (source.kind, source.holder):
                    await _put_instead(session, tip_id, grant, source.public)
                elif tip_id in there:
                    await put_grant(session, tip_id, grant)

    async def _count(self, query: _Grants) -> int:
        async with self._database.read() as session:
            return await session.scalar(select(func.count()).select_from(query.subquery())) or 0


async def _put_instead(session: AsyncSession, tip_id: str, grant: Grant, former: PublicKey) -> None:
    """A holder's own grant under their new key. One that was taken away meanwhile does not come back by this."""
    mine = (TipGrantRow.tip_id == tip_id, TipGrantRow.kind == grant.kind.value, TipGrantRow.holder == grant.holder)
    renewed = update(TipGrantRow).where(*mine, TipGrantRow.key_id.in_(["", key_id(former)]))
    await session.execute(renewed.values(sealed=grant.sealed, key_id=grant.key_id))


async def _still_there(session: AsyncSession, tips: list[str]) -> set[str]:
    """Deleted meanwhile: a grant without its tip is not to be written."""
    return set(await session.scalars(select(TipRow.id).where(TipRow.id.in_(tips)).with_for_update()))


def _granted(source: Source) -> _Grants:
    """Tips that the source opens. A grant without a key's name may open or not: it is tried."""
    mine = [TipGrantRow.kind == source.kind.value, TipGrantRow.holder == source.holder]
    if source.category:
        mine.append(TipRow.category == source.category)
    return (
        select(TipRow.id, TipRow.public_key, TipGrantRow.sealed)
        .join(TipGrantRow, TipGrantRow.tip_id == TipRow.id)
        .where(*mine, TipGrantRow.key_id.in_(["", key_id(source.public)]))
    )


def _missing(source: Source, target: Target) -> _Grants:
    """Of these, the tips that the target cannot open with the present key."""
    theirs = aliased(TipGrantRow)
    had = and_(
        theirs.tip_id == TipRow.id,
        theirs.kind == target.kind.value,
        theirs.holder == target.holder,
        theirs.key_id == key_id(target.public),
    )
    return _granted(source).outerjoin(theirs, had).where(theirs.tip_id.is_(None))


def sealed_anew(source: Source, target: Target, batch: Batch) -> list[tuple[str, Grant]]:
    """One batch, sealed to the target. A grant that was tampered with is left out: it does not keep the others from being handed on."""
    made: list[tuple[str, Grant]] = []
    for tip_id, public, sealed in batch:
        try:
            made.append((tip_id, target.seal(source.open(tip_id, public, sealed))))
        except SealBroken:
            continue
    return made
