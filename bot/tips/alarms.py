"""What a tipster adds may tell of danger to a life: then the tip becomes urgent and people are called, again if need be.

Written in the transaction of the added words, as the first call is in that of the tip: there is no moment at which the words are
stored and nobody will be called.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.tips.paging import CALLING, page_row
from bot.tips.tables import TipCallRow, TipLabelRow, TipPageRow, TipRow
from bot.tips.urgency import Reason


async def raise_alarm(session: AsyncSession, tip: TipRow, reasons: Iterable[Reason], now: datetime) -> None:
    """Make a locked tip urgent for these reasons and have people called for its newest entry.

    Where somebody is being called already, that goes on. Else it begins anew, and the buttons of the calls before count no more.
    """
    known = [code for code in tip.urgency.split(",") if code]
    tip.urgency = ",".join(dict.fromkeys([*known, *reasons]))
    if not tip.urgent:
        tip.urgent = True
        # Labels repeat it, for the order of the queue.
        await session.execute(update(TipLabelRow).where(TipLabelRow.tip_id == tip.id).values(urgent=True))
    page = await session.get(TipPageRow, tip.id, with_for_update=True)
    if page is not None and page.state == CALLING:
        page.entry = tip.entries
        return
    if page is not None:
        await session.execute(delete(TipCallRow).where(TipCallRow.tip_id == tip.id))
        await session.delete(page)
        await session.flush()
    session.add(page_row(tip.id, now, tip.entries))
