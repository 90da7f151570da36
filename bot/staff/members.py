"""A member of staff as the rest of Faro sees them: no hash, no secret, no key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import NotFound
from bot.messages import Language
from bot.staff.roles import Permission, Role, may
from bot.staff.tables import MemberRoleRow, MemberRow


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff. ``has_key``: owns a key pair to read tips with."""

    id: str
    login: str
    name: str
    roles: frozenset[Role]
    language: Language
    must_change_password: bool
    second_factor: bool
    has_key: bool
    disabled: bool
    created_at: datetime
    last_sign_in_at: datetime | None

    def may(self, permission: Permission) -> bool:
        """Whether this member may do it now."""
        return not self.disabled and may(self.roles, permission)


def member_of(row: MemberRow, roles: Iterable[str]) -> Member:
    """The member that a row and its role names describe."""
    return Member(
        id=row.id,
        login=row.login,
        name=row.name,
        roles=frozenset(Role(role) for role in roles),
        language=Language(row.language),
        must_change_password=row.must_change_password,
        second_factor=row.totp_secret is not None,
        has_key=row.public_key is not None,
        disabled=row.disabled_at is not None,
        created_at=row.created_at,
        last_sign_in_at=row.last_sign_in_at,
    )


async def row_of(session: AsyncSession, member_id: str, *, lock: bool = True) -> MemberRow:
    """The member's row, locked for writing where the database can, unless it is only read.

    Raises:
        NotFound: no such member.
    """
    row = await session.get(MemberRow, member_id, with_for_update=lock)
    if row is None:
        raise NotFound()
    return row


async def roles_of(session: AsyncSession, member_id: str) -> frozenset[Role]:
    """The roles that the member holds."""
    names = await session.scalars(select(MemberRoleRow.role).where(MemberRoleRow.member_id == member_id))
    return frozenset(Role(name) for name in names)


async def load(session: AsyncSession, member_id: str) -> Member:
    """Read one member. Raises NotFound."""
    return member_of(await row_of(session, member_id, lock=False), await roles_of(session, member_id))
