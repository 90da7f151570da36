"""The first start: one account for each role, when there is nobody at all."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.staff.accounts import Accounts
from bot.staff.audit import SYSTEM, AuditTrail
from bot.staff.roles import Role
from bot.staff.tables import MemberRow
from bot.storage import Database

Name = Callable[[Role], str]


def _plain_name(role: Role) -> str:
    return role.value.capitalize()


async def create_first_staff(
    database: Database, accounts: Accounts, audit: AuditTrail, name: Name = _plain_name
) -> list[tuple[str, Role, str]]:
    """Make the first accounts; returns login, role and first password of each, to be shown once.

    Returns an empty list when there is any staff. Two processes starting together make one set: both take the
    audit trail's lock, and whoever comes second counts members only after the first has committed.
    """
    async with database.read() as session:
        if await _count(session):
            return []
    new = [await accounts.prepare(role.value, name(role), [role]) for role in Role]
    async with database.begin() as session:
        await audit.lock(session)
        if await _count(session):
            return []
        for member in new:
            await accounts.insert(session, SYSTEM, member)
    return [(one.row.login, role, one.first_password) for one, role in zip(new, Role, strict=True)]


async def _count(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(MemberRow)) or 0
