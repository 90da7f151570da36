"""Which escrow there is, who holds its shares, and when each share was last proven. Knows no private key."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.crypto import PublicKey, SymmetricKey
from bot.errors import Invalid, NotFound, SealBroken
from bot.messages import Clock
from bot.storage import Database
from bot.tips.escrow.shares import NEEDED, Share
from bot.tips.escrow.tables import EscrowRow, EscrowShareRow
from bot.tips.tables import TipGrantRow
from bot.tips.vault import GrantKind, key_id

log = logging.getLogger("faro.tips.escrow")

PRESENT = "present"
FORMER = "former"
PROVEN_FOR = timedelta(days=365)
"""A share that was not proven for so long is asked for: by the page and by ``faro doctor``."""

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Held:
    """One share: who holds it, when it was last proven, and since when it is reported lost."""

    number: int
    holder: str
    proven_at: datetime
    lost_at: datetime | None

    def is_due(self, now: datetime) -> bool:
        """Whether its holder should prove it again."""
        return now - self.proven_at >= PROVEN_FOR


@dataclass(frozen=True, slots=True)
class Escrow:
    """An escrow as it stands. ``tips``: how many are sealed to it. ``broken``: its public key was changed by somebody."""

    id: str
    present: bool
    made_at: datetime
    shares: tuple[Held, ...]
    tips: int
    broken: bool

    @property
    def must_rotate(self) -> bool:
        """A share is lost, or the key was changed: a new escrow has to replace it."""
        return self.broken or any(share.lost_at for share in self.shares)


class EscrowRegister:
    """Keeps the escrow's public side.

    Args:
        seal: seals the public key in the database (``Keyring.staff``).
    """

    def __init__(self, database: Database, seal: SymmetricKey, clock: Clock) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    async def present(self) -> PublicKey | None:
        """The key that new tips are sealed to. One whose row was tampered with is none: nothing is sealed to a key of unknown origin."""
        async with self._database.read() as session:
            row = await session.scalar(select(EscrowRow).where(EscrowRow.state == PRESENT))
        try:
            return None if row is None else self._opened(row)
        except SealBroken:
            log.error("the escrow's row does not open; new tips are not sealed to it")
            return None

    async def standing(self) -> list[Escrow]:
        """The present escrow first, then those that some tips are still sealed to."""
        async with self._database.read() as session:
            rows = (await session.scalars(select(EscrowRow).order_by(EscrowRow.state.desc(), EscrowRow.made_at.desc()))).all()
            return [await self._standing(session, row) for row in rows]

    async def is_held_by(self, member: str) -> bool:
        """Whether a member holds a share of the present escrow, or of one that some tips are still sealed to."""
        async with self._database.read() as session:
            return await session.scalar(select(EscrowShareRow.number).where(EscrowShareRow.holder == member).limit(1)) is not None

    def deed(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction for a deed and its line in the audit trail."""
        return self._database.begin()

    async def replace(self, session: AsyncSession, public: PublicKey, shares: Mapping[str, Share]) -> str:
        """The escrow that counts from now on; returns its name. The one before becomes a former one.

        Args:
            shares: by the id of who holds each.
        """
        for row in await session.scalars(select(EscrowRow).where(EscrowRow.state == PRESENT).with_for_update()):
            await self._step_down(session, row)
        name, now = key_id(public), self._clock()
        session.add(EscrowRow(id=name, public_key=self._sealed(public, name, PRESENT), state=PRESENT, made_at=now))
        await session.flush()
        for holder, share in shares.items():
            values = {"number": share.number, "holder": holder, "fingerprint": share.fingerprint, "proven_at": now}
            session.add(EscrowShareRow(escrow_id=name, **values))
        return name

    async def owner(self, share: Share) -> tuple[str, str]:
        """To which escrow a share belongs, and whose it is. Raises Invalid: ``share_unknown``; to none there is, or to none any more."""
        async with self._database.read() as session:
            row = await self._row_of(session, share)
        return row.escrow_id, row.holder

    async def prove(self, session: AsyncSession, holder: str, share: Share) -> None:
        """A holder typed their share and it is right.

        Raises:
            Invalid: ``share_unknown``; ``share_other``: it is another holder's.
        """
        row = await self._row_of(session, share)
        if row.holder != holder:
            raise Invalid("share", "share_other", "this share belongs to another holder")
        row.proven_at = self._clock()

    async def report_lost(self, session: AsyncSession, holder: str) -> None:
        """A holder's share of the present escrow is gone or may be known to somebody: it has to be replaced. Raises NotFound."""
        mine = select(EscrowShareRow).join(EscrowRow, EscrowRow.id == EscrowShareRow.escrow_id)
        found = mine.where(EscrowRow.state == PRESENT, EscrowShareRow.holder == holder, EscrowShareRow.lost_at.is_(None))
        row = await session.scalar(found.with_for_update())
        if row is None:
            raise NotFound()
        row.lost_at = self._clock()

    async def agree_on(self, shares: Sequence[Share]) -> str:
        """The escrow that two shares open; nothing is computed with them before.

        Raises:
            Invalid: ``share_unknown``; ``shares_apart``: of two escrows; ``shares_same``: of one person, or fewer than two.
        """
        owners = [await self.owner(share) for share in shares]
        if len({holder for _, holder in owners}) != NEEDED:
            raise Invalid("share", "shares_same", "two shares of two people are needed")
        names = {name for name, _ in owners}
        if len(names) != 1:
            raise Invalid("share", "shares_apart", "these two shares do not belong together: one is of an escrow that was replaced")
        return names.pop()

    async def retire(self, session: AsyncSession) -> None:
        """There is no escrow from now on; :meth:`settle` takes the seals away. Raises NotFound: there was none."""
        names = list(await session.scalars(select(EscrowRow.id).with_for_update()))
        if not names:
            raise NotFound("there is no escrow")
        await session.execute(delete(EscrowShareRow))
        await session.execute(delete(EscrowRow))

    async def settle(self) -> int:
        """Delete seals of escrows that are gone, and former escrows that no tip is sealed to any more; returns how many seals went."""
        async with self._database.read() as session:
            known: dict[str, str] = dict(iter(await session.execute(select(EscrowRow.id, EscrowRow.state))))
        if list(known.values()) == [PRESENT]:
            return 0  # the usual state: there is nothing to look for among a million tips
        gone = 0
        while deleted := await self._drop_seals(list(known)):
            gone += deleted
        for name in (name for name, state in known.items() if state == FORMER):
            await self._drop_if_empty(name)
        return gone

    async def _drop_seals(self, known: list[str]) -> int:
        """One batch of seals to none of these."""
        stray = select(TipGrantRow.tip_id).where(*_SEALS, TipGrantRow.key_id.not_in(known)).limit(_BATCH)
        async with self._database.begin() as session:
            tips = list(await session.scalars(stray))
            await session.execute(delete(TipGrantRow).where(*_SEALS, TipGrantRow.tip_id.in_(tips), TipGrantRow.key_id.not_in(known)))
        return len(tips)

    async def _drop_if_empty(self, name: str) -> None:
        async with self._database.begin() as session:
            if await session.scalar(select(TipGrantRow.tip_id).where(*_SEALS, TipGrantRow.key_id == name).limit(1)) is None:
                await session.execute(delete(EscrowShareRow).where(EscrowShareRow.escrow_id == name))
                await session.execute(delete(EscrowRow).where(EscrowRow.id == name, EscrowRow.state == FORMER))

    async def _standing(self, session: AsyncSession, row: EscrowRow) -> Escrow:
        found = select(EscrowShareRow).where(EscrowShareRow.escrow_id == row.id).order_by(EscrowShareRow.number)
        shares = tuple(Held(one.number, one.holder, one.proven_at, one.lost_at) for one in await session.scalars(found))
        tips = await session.scalar(select(func.count()).select_from(TipGrantRow).where(*_SEALS, TipGrantRow.key_id == row.id)) or 0
        return Escrow(row.id, row.state == PRESENT, row.made_at, shares, tips, self._is_broken(row))

    async def _row_of(self, session: AsyncSession, share: Share) -> EscrowShareRow:
        found = select(EscrowShareRow).where(EscrowShareRow.fingerprint == share.fingerprint)
        row = await session.scalar(found)
        if row is None:
            raise Invalid("share", "share_unknown", "this share belongs to no escrow of this city, or to one that was replaced or ended")
        return row

    async def _step_down(self, session: AsyncSession, row: EscrowRow) -> None:
        if self._is_broken(row):
            # Somebody put it there: no tip was sealed to it, and no share opens it.
            await session.execute(delete(EscrowShareRow).where(EscrowShareRow.escrow_id == row.id))
            await session.delete(row)
        else:
            row.public_key, row.state = self._sealed(self._opened(row), row.id, FORMER), FORMER
        await session.flush()

    def _is_broken(self, row: EscrowRow) -> bool:
        try:
            return key_id(self._opened(row)) != row.id
        except SealBroken:
            return True

    def _sealed(self, public: PublicKey, name: str, state: str) -> bytes:
        return self._seal.seal(bytes(public), _context(name, state))

    def _opened(self, row: EscrowRow) -> PublicKey:
        return PublicKey(self._seal.open(row.public_key, _context(row.id, row.state)))


_SEALS = (TipGrantRow.kind == GrantKind.ESCROW.value, TipGrantRow.holder == "")


def _context(name: str, state: str) -> str:
    """The state is bound in, so that a former escrow is not put back in the place of the present one."""
    return f"tip_escrow.public_key:{name}:{state}"
