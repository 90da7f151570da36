"""What became of a campaign in public places, and taking a post back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.places.book import Place, read_places
from bot.campaigns.places.notices import Notices
from bot.campaigns.places.tables import PostRow
from bot.campaigns.tables import DeliveryState, OccurrenceRow
from bot.errors import Conflict, Moved, NotAllowed, NotFound
from bot.messages import Address, Channel, Clock, Language
from bot.places import Board, PlaceMoved
from bot.storage import Database

DELETABLE_FOR = timedelta(hours=48)
"""How long Telegram lets a bot delete a message. Source: core.telegram.org/bots/api#deletemessage."""


@dataclass(frozen=True, slots=True)
class Post:
    """One occurrence in one place. ``link`` shows it to anybody who may see the place; None: there is no such address."""

    occurrence_id: int
    place: Place
    language: Language
    state: DeliveryState
    reason: str | None
    finished_at: datetime | None
    link: str | None
    taken_back_at: datetime | None

    def may_be_taken_back(self, now: datetime) -> bool:
        """Whether it stands there, as far as is known, and can still be deleted."""
        sent = self.state is DeliveryState.SENT and self.taken_back_at is None
        return sent and self.finished_at is not None and now < self.finished_at + DELETABLE_FOR


class PostBook:
    """Reads posts and takes them back.

    Args:
        board: None: nothing can be taken back from here.
    """

    def __init__(self, database: Database, board: Board | None, notices: Notices, clock: Clock) -> None:
        self._database = database
        self._board = board
        self._notices = notices
        self._clock = clock

    async def of_campaign(self, campaign_id: int) -> list[Post]:
        """All posts of a campaign, the newest occurrence first."""
        query = select(PostRow).join(OccurrenceRow, OccurrenceRow.id == PostRow.occurrence_id)
        query = query.where(OccurrenceRow.campaign_id == campaign_id)
        async with self._database.read() as session:
            rows = (await session.scalars(query.order_by(PostRow.occurrence_id.desc(), PostRow.place_id))).all()
            places = await read_places(session, (row.place_id for row in rows))
        return [_post(row, places[row.place_id]) for row in rows]

    async def take_back(self, member_id: str, campaign_id: int, occurrence_id: int, place_id: int) -> Post:
        """Delete a post from its place. Who has read it has read it.

        Raises:
            NotFound: there is no such post.
            Conflict: it was not posted, is deleted already, or is too old for Telegram to delete.
            NotAllowed: Telegram is not connected.
            DeliveryError: Telegram did not delete it.
        """
        async with self._database.read() as session:
            row = await _row(session, campaign_id, occurrence_id, place_id)
            post = _post(row, (await read_places(session, [place_id]))[place_id])
        if self._board is None:
            raise NotAllowed("Telegram is not connected")
        if not post.may_be_taken_back(self._clock()) or row.chat is None:
            raise Conflict("there is nothing to take back")
        await self._delete(self._board, row.chat, tuple(json.loads(row.messages)))
        async with self._database.begin() as session:
            row = await _row(session, campaign_id, occurrence_id, place_id)
            row.taken_back_at, row.taken_back_by = self._clock(), member_id
            return _post(row, post.place)

    async def _delete(self, board: Board, chat: str, messages: tuple[int, ...]) -> None:
        address = Address(Channel.TELEGRAM, chat)
        try:
            await board.take_back(address, messages)
        except Moved as moved:
            # What stands in the old group cannot be reached under its new number.
            await self._notices.hear(PlaceMoved(address, Address(Channel.TELEGRAM, moved.to)))
            raise


async def _row(session: AsyncSession, campaign_id: int, occurrence_id: int, place_id: int) -> PostRow:
    row = await session.get(PostRow, (occurrence_id, place_id))
    occurrence = await session.get(OccurrenceRow, occurrence_id)
    if row is None or occurrence is None or occurrence.campaign_id != campaign_id:
        raise NotFound
    return row


def _post(row: PostRow, place: Place) -> Post:
    return Post(
        occurrence_id=row.occurrence_id,
        place=place,
        language=Language(row.language),
        state=DeliveryState(row.state),
        reason=row.reason,
        finished_at=row.finished_at,
        link=row.link,
        taken_back_at=row.taken_back_at,
    )
