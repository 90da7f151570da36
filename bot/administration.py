"""What the command ``faro`` does to a store without starting Faro."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.app import Staff, utc_now
from bot.city import City
from bot.crypto import Keyring
from bot.errors import FaroError, Invalid
from bot.settings import Settings
from bot.staff.audit import SYSTEM
from bot.staff.roles import Role
from bot.storage import Database
from bot.storage.migrate import upgrade


class TrailBroken(FaroError):
    """The audit trail was changed."""


@asynccontextmanager
async def _staff(settings: Settings) -> AsyncIterator[Staff]:
    database = Database(settings.database)
    try:
        await upgrade(database)
        yield Staff.build(database, Keyring.open(settings.data / "keys"), City.load(settings.city), utc_now)
    finally:
        await database.close()


async def add_member(settings: Settings, login: str, name: str, roles: Sequence[str]) -> str:
    """Add a member of staff; returns the first password.

    Raises:
        Invalid: login, name or a role is not acceptable.
        Conflict: the login is taken.
    """
    known = [role.value for role in Role]
    for role in roles:
        if role not in known:
            raise Invalid("roles", "error.roles", f"{role} is no role; choose from {', '.join(known)}")
    async with _staff(settings) as staff:
        _, password = await staff.accounts.create(SYSTEM, login, name, [Role(role) for role in roles])
    return password


async def verify_audit(settings: Settings) -> str:
    """Check the chain; returns what to say.

    Raises:
        TrailBroken: names the first row that does not fit.
    """
    async with _staff(settings) as staff:
        result = await staff.audit.verify()
        head = await staff.audit.head()
    if result.broken_at is not None:
        raise TrailBroken(f"the audit trail was changed: row {result.broken_at} does not fit, the {result.checked} before it do")
    return f"{result.checked} rows, unbroken. Head {head.number}: {head.hash}"
