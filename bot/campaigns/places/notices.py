"""What a channel tells about public places, written down. Anybody can add a bot to their own group: so a place only waits."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.places.tables import TITLE_LIMIT, PlaceRow, PlaceState
from bot.messages import Channel, Clock
from bot.places import News, PlaceMoved, PlaceSeen, Standing
from bot.storage import Database, insert_or_ignore

log = structlog.get_logger(__name__)

MOST_WAITING = 20
"""How many places may wait for a decision."""
MAKES_ROOM_AFTER = timedelta(days=1)
"""When all of those wait, the oldest one that has waited for so long makes room for the next; before, the next one is not noticed."""


class Notices:
    """Hears the news. The same news twice changes nothing."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def hear(self, news: News) -> None:
        """Write down what changed. What is said of places that nobody added the bot to is not kept."""
        if news.address.channel is not Channel.TELEGRAM:
            return
        async with self._database.begin() as session:
            if isinstance(news, PlaceMoved):
                await self._move(session, news)
            elif (row := await _row(session, news.address.id)) is not None:
                await self._change(session, row, news)
            elif news.standing in (Standing.PRESENT, Standing.MUTED):
                await self._notice(session, news, news.standing)

    async def stands(self, place_id: int, standing: Standing) -> None:
        """Posting has shown what Faro may do there."""
        async with self._database.begin() as session:
            row = await session.get(PlaceRow, place_id, with_for_update=True)
            if row is not None:
                self._stand(row, standing)

    async def _change(self, session: AsyncSession, row: PlaceRow, news: PlaceSeen) -> None:
        if news.standing is Standing.GONE and row.state == PlaceState.WAITING:
            await session.delete(row)
            return
        row.kind, row.title, row.username = news.kind, shown_title(news.title), news.username
        if news.standing is not None:
            self._stand(row, news.standing)

    def _stand(self, row: PlaceRow, standing: Standing) -> None:
        if row.standing != standing:
            row.standing, row.stood_since = standing, self._clock()

    async def _notice(self, session: AsyncSession, news: PlaceSeen, standing: Standing) -> None:
        if not await self._has_room(session):
            log.warning("place_not_noticed", reason="too many wait")
            return
        now = self._clock()
        about = {"kind": news.kind, "title": shown_title(news.title), "username": news.username, "language": None}
        stands = {"state": PlaceState.WAITING, "standing": standing, "noticed_at": now, "stood_since": now}
        await session.execute(insert_or_ignore(session, PlaceRow).values(chat=news.address.id, **about, **stands))

    async def _has_room(self, session: AsyncSession) -> bool:
        waiting = PlaceRow.state == PlaceState.WAITING
        if (await session.scalar(select(func.count()).where(waiting)) or 0) < MOST_WAITING:
            return True
        old = select(PlaceRow.id).where(waiting, PlaceRow.noticed_at <= self._clock() - MAKES_ROOM_AFTER)
        oldest = await session.scalar(old.order_by(PlaceRow.noticed_at).limit(1))
        if oldest is not None:
            await session.execute(delete(PlaceRow).where(PlaceRow.id == oldest))
        return oldest is not None

    async def _move(self, session: AsyncSession, news: PlaceMoved) -> None:
        """The old row keeps its number, language and permission. A decision that staff made about the new address stands."""
        row, other = await _row(session, news.address.id), await _row(session, news.to.id)
        if row is None:
            return
        if other is not None and other.state != PlaceState.WAITING:
            self._stand(row, Standing.GONE)
            return
        standing = Standing.PRESENT if other is None else Standing(other.standing)
        if other is not None:
            await session.delete(other)
            await session.flush()
        row.chat, row.kind = news.to.id, "supergroup"
        self._stand(row, standing)


async def _row(session: AsyncSession, chat: str) -> PlaceRow | None:
    found: PlaceRow | None = await session.scalar(select(PlaceRow).where(PlaceRow.chat == chat).with_for_update())
    return found


def shown_title(title: str) -> str:
    """A title as staff may see it: on one line, without invisible characters, which could turn the words around it."""
    visible = "".join(" " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one for one in title)
    visible = "".join(one for one in visible if unicodedata.category(one) not in ("Cf", "Cs"))
    return " ".join(visible.split())[:TITLE_LIMIT] or "?"
