"""How a member wants to be reached: an e-mail address beside the linked chat, pages or none, a digest at an hour or none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.crypto import SymmetricKey
from bot.errors import Invalid, SealBroken
from bot.staff.audit import AuditTrail
from bot.staff.tables import ReachRow
from bot.storage import Database, affected, upsert

_EMAIL = re.compile(r"[^\s@<>\"',;:\\]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_LONGEST = 254


@dataclass(frozen=True, slots=True)
class Wishes:
    """``digest_hour``: hour of the city's day, None for no digest. ``pages``: to be paged for urgent tips."""

    email: str | None = field(default=None, repr=False)
    pages: bool = True
    digest_hour: int | None = None


class Reach:
    """Keeps what members wish.

    Args:
        seal: seals e-mail addresses (``Keyring.staff``).
    """

    def __init__(self, database: Database, audit: AuditTrail, seal: SymmetricKey) -> None:
        self._database = database
        self._audit = audit
        self._seal = seal

    async def wishes(self, member_id: str) -> Wishes:
        """What a member wishes; who never said anything is paged where a chat is linked."""
        async with self._database.read() as session:
            row = await session.get(ReachRow, member_id)
        return Wishes() if row is None else Wishes(self._email(row), row.pages, row.digest_hour)

    async def change(self, member_id: str, wishes: Wishes) -> None:
        """Keep other wishes.

        Raises:
            Invalid: the e-mail address or the hour is none.
        """
        email, hour = wishes.email, wishes.digest_hour
        if email is not None and (len(email) > _LONGEST or not _EMAIL.fullmatch(email)):
            raise Invalid("email", "error.email")
        if hour is not None and not 0 <= hour <= 23:
            raise Invalid("digest_hour", "unknown")
        sealed = None if email is None else self._seal.seal_json(email, _context(member_id))
        async with self._database.begin() as session:
            await upsert(session, ReachRow, member_id=member_id, email=sealed, pages=wishes.pages, digest_hour=hour)
            detail = {"email": email is not None, "pages": wishes.pages, "digest": hour is not None}
            await self._audit.append(session, member_id, "account.reach", member_id, detail)

    async def claim_digests(self, today: date, hour: int) -> list[str]:
        """Members whose digest of today is due at this hour; each is given once a day, to one process."""
        due = (ReachRow.digest_hour <= hour, or_(ReachRow.digest_on.is_(None), ReachRow.digest_on < today))
        async with self._database.begin() as session:
            members = (await session.scalars(select(ReachRow.member_id).where(*due))).all()
            return [member for member in members if await _claimed(session, member, today)]

    def _email(self, row: ReachRow) -> str | None:
        try:
            return None if row.email is None else str(self._seal.open_json(row.email, _context(row.member_id)))
        except SealBroken:
            return None


async def _claimed(session: AsyncSession, member_id: str, today: date) -> bool:
    free = or_(ReachRow.digest_on.is_(None), ReachRow.digest_on < today)
    return affected(await session.execute(update(ReachRow).where(ReachRow.member_id == member_id, free).values(digest_on=today))) == 1


def _context(member_id: str) -> str:
    return f"staff_reach.email:{member_id}"
