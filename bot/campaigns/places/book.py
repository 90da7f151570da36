"""What staff see and decide about public places. Who may decide is asked before, by role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.city import CityFacts
from bot.campaigns.places.tables import PlaceRow, PlaceState
from bot.errors import Invalid, NotFound
from bot.messages import Language
from bot.places import PlaceKind, Standing
from bot.storage import Database

_ORDER = case((PlaceRow.state == PlaceState.WAITING, 0), (PlaceRow.state == PlaceState.ALLOWED, 1), else_=2)


@dataclass(frozen=True, slots=True)
class Place:
    """A public place. ``title`` is what its owner calls it: foreign words. ``language`` None: nobody has decided."""

    id: int
    chat: str
    kind: PlaceKind
    title: str
    username: str | None
    language: Language | None
    state: PlaceState
    standing: Standing
    noticed_at: datetime
    stood_since: datetime

    @property
    def link(self) -> str | None:
        """Where anybody can look at it; None: it has no public name."""
        return f"https://t.me/{self.username}" if self.username else None

    @property
    def is_open(self) -> bool:
        """Whether campaigns may be planned for it."""
        return self.state is PlaceState.ALLOWED and self.standing is Standing.PRESENT and self.language is not None


class PlaceBook:
    """All places that Faro knows."""

    def __init__(self, database: Database, city: CityFacts) -> None:
        self._database = database
        self._city = city

    async def list(self) -> list[Place]:
        """All of them: first those that wait, then those that are allowed."""
        async with self._database.read() as session:
            return [_place(row) for row in await session.scalars(select(PlaceRow).order_by(_ORDER, PlaceRow.id))]

    async def allow(self, member_id: str, place_id: int, language: str) -> Place:
        """Let campaigns be posted there, in a language; also to change the language.

        Raises:
            NotFound: there is no such place.
            Invalid: the city does not speak the language.
        """
        if language not in self._city.languages:
            raise Invalid("language", "language_unknown")
        return await self._decide(member_id, place_id, PlaceState.ALLOWED, Language(language))

    async def refuse(self, member_id: str, place_id: int) -> Place:
        """Post nothing there (any more); what is under way stops. Raises NotFound."""
        return await self._decide(member_id, place_id, PlaceState.REFUSED, None)

    async def _decide(self, member_id: str, place_id: int, state: PlaceState, language: Language | None) -> Place:
        async with self._database.begin() as session:
            row = await session.get(PlaceRow, place_id, with_for_update=True)
            if row is None:
                raise NotFound
            row.state, row.decided_by = state, member_id
            row.language = language or row.language
            return _place(row)


async def read_places(session: AsyncSession, ids: Iterable[int]) -> dict[int, Place]:
    """The places of these numbers that there are."""
    rows = await session.scalars(select(PlaceRow).where(PlaceRow.id.in_(list(ids))))
    return {row.id: _place(row) for row in rows}


async def lost_places(session: AsyncSession) -> list[Place]:
    """Those that staff allow and where Faro may not post (any more)."""
    lost = select(PlaceRow).where(PlaceRow.state == PlaceState.ALLOWED, PlaceRow.standing != Standing.PRESENT)
    return [_place(row) for row in await session.scalars(lost.order_by(PlaceRow.id))]


def _place(row: PlaceRow) -> Place:
    return Place(
        id=row.id,
        chat=row.chat,
        kind=PlaceKind(row.kind),
        title=row.title,
        username=row.username,
        language=Language(row.language) if row.language else None,
        state=PlaceState(row.state),
        standing=Standing(row.standing),
        noticed_at=row.noticed_at,
        stood_since=row.stood_since,
    )
