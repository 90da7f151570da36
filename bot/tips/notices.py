"""News for tipsters who asked: "there is an answer", never what it says. The only holder of the ``notify`` key.

At most once for each answer: a notice is taken off the list before it is sent. One whose fate is unknown is counted as such
and not sent again. A person who cannot be reached any more is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import delete, or_, select, update

from bot.crypto import PrivateKey
from bot.errors import NotSent, Refused, SealBroken, Unreachable
from bot.messages import Address, Channel, Clock, Language, Messenger, Reply
from bot.storage import Database, affected
from bot.tips.sealing import open_address
from bot.tips.tables import TipNoticeRow

_LEASE = timedelta(minutes=10)
_BATCH = 50


@dataclass(frozen=True, slots=True)
class NoticeReport:
    """What became of the notices of one run. ``later``: surely not sent, tried again; ``gone``: the address was destroyed."""

    sent: int = 0
    later: int = 0
    uncertain: int = 0
    gone: int = 0


class Notices:
    """Sends what is due.

    Args:
        notify: opens tipsters' addresses. Only the process that sends needs it.
    """

    def __init__(self, database: Database, notify: PrivateKey, clock: Clock) -> None:
        self._database = database
        self._notify = notify
        self._clock = clock

    async def run_once(self, messengers: Mapping[Channel, Messenger], compose: Callable[[Language], Reply]) -> NoticeReport:
        """Send each due notice once; ``compose`` words it in a language."""
        report = NoticeReport(uncertain=await self._give_up_expired())
        for tip_id, sealed in await self._claim():
            outcome = await self._send(tip_id, sealed, messengers, compose)
            await self._settle(tip_id, outcome)
            report = replace(report, **{outcome: getattr(report, outcome) + 1})
        return report

    async def forget(self, address: Address) -> int:
        """Destroy every notice that leads to an address; returns how many. Opens all of them, so it is slow on purpose."""
        async with self._database.read() as session:
            rows = (await session.execute(select(TipNoticeRow.tip_id, TipNoticeRow.address))).all()
        found = [tip_id for tip_id, sealed in rows if self._leads_to(address, tip_id, sealed)]
        async with self._database.begin() as session:
            await session.execute(delete(TipNoticeRow).where(TipNoticeRow.tip_id.in_(found)))
        return len(found)

    async def _claim(self) -> list[tuple[str, bytes]]:
        async with self._database.begin() as session:
            rows = (
                await session.scalars(
                    select(TipNoticeRow).where(TipNoticeRow.state == "due").limit(_BATCH).with_for_update(skip_locked=True)
                )
            ).all()
            for row in rows:
                row.state, row.lease_until = "sending", self._clock() + _LEASE
            return [(row.tip_id, row.address) for row in rows]

    async def _send(
        self, tip_id: str, sealed: bytes, messengers: Mapping[Channel, Messenger], compose: Callable[[Language], Reply]
    ) -> str:
        try:
            target = open_address(self._notify, tip_id, sealed)
            messenger = messengers.get(target.address.channel)
            if messenger is None:
                return "later"
            await messenger.send(target.address, compose(target.language))
        except (Unreachable, Refused, SealBroken):
            return "gone"
        except NotSent:
            return "later"
        except Exception:
            # Uncertain, or a fault nobody foresaw: either way it may have arrived, and the other notices still go out.
            return "uncertain"
        return "sent"

    async def _settle(self, tip_id: str, outcome: str) -> None:
        claimed = (TipNoticeRow.tip_id == tip_id, TipNoticeRow.state == "sending")
        async with self._database.begin() as session:
            if outcome == "gone":
                await session.execute(delete(TipNoticeRow).where(*claimed))
            else:
                state = "due" if outcome == "later" else "idle"
                await session.execute(update(TipNoticeRow).where(*claimed).values(state=state, lease_until=None))

    async def _give_up_expired(self) -> int:
        """Claimed by a process that died: nobody knows whether it was sent, so it is not sent again."""
        expired = or_(TipNoticeRow.lease_until.is_(None), TipNoticeRow.lease_until < self._clock())
        async with self._database.begin() as session:
            done = await session.execute(
                update(TipNoticeRow).where(TipNoticeRow.state == "sending", expired).values(state="idle", lease_until=None)
            )
        return affected(done)

    def _leads_to(self, address: Address, tip_id: str, sealed: bytes) -> bool:
        try:
            return open_address(self._notify, tip_id, sealed).address == address
        except SealBroken:
            return False
