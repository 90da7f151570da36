"""What the command ``faro`` does to a store without starting Faro."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.app import utc_now
from bot.city import City
from bot.crypto import Keyring
from bot.errors import Conflict, FaroError, Invalid, NotFound
from bot.settings import Settings
from bot.staff import audit_copies
from bot.staff.audit import SYSTEM
from bot.staff.roles import Role
from bot.staff.service import Staff
from bot.storage import Database
from bot.storage.migrate import upgrade
from bot.tips.files import SealedFiles
from bot.tips.moderation import Moderation
from bot.tips.recovery import read_back
from bot.tips.regrant import Progress
from bot.tips.vault import ReaderKey, TipVault


class TrailBroken(FaroError):
    """The audit trail was changed."""


@dataclass(frozen=True)
class Office:
    """What the commands work with."""

    database: Database
    staff: Staff
    tips: Moderation


@asynccontextmanager
async def open_office(settings: Settings) -> AsyncIterator[Office]:
    """A store with what the commands need of it, its schema current; closed at the end."""
    database, keyring = Database(settings.database), Keyring.open(settings.data / "keys")
    try:
        await upgrade(database)
        city = City.load(settings.city)
        staff = Staff.build(database, keyring, city, utc_now)

        async def readers() -> list[ReaderKey]:
            return [ReaderKey(*key) for key in await staff.accounts.reader_keys()]

        files = SealedFiles(settings.data / "tips")
        tips = Moderation.build(
            database=database,
            vault=TipVault(),
            files=files,
            readers=readers,
            staff=keyring.staff,
            signing=keyring.signing,
            city=city,
            clock=utc_now,
        )
        yield Office(database, staff, tips)
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
    async with open_office(settings) as office:
        _, password = await office.staff.accounts.create(SYSTEM, login, name, [Role(role) for role in roles])
    return password


async def verify_audit(settings: Settings, kept: Path | None = None) -> str:
    """Check the chain, and against the heads in a file that was kept elsewhere; returns what to say.

    Raises:
        TrailBroken: names the first row that does not fit.
        SettingsError: the file is not readable.
    """
    heads = audit_copies.read(kept) if kept else []
    async with open_office(settings) as office:
        result = await office.staff.audit.verify()
        head = await office.staff.audit.head()
        differs = await office.staff.audit.differs_from(heads)
    if result.broken_at is not None:
        raise TrailBroken(f"the audit trail was changed: row {result.broken_at} does not fit, the {result.checked} before it do")
    if differs is not None:
        raise TrailBroken(f"the audit trail was rebuilt: row {differs} is another one than when its head was kept")
    compared = f" {len(heads)} heads kept elsewhere fit." if kept else ""
    return f"{result.checked} rows, unbroken.{compared} Head {head.number}: {head.hash}"


async def make_recovery_key(settings: Settings) -> str:
    """A new recovery key, to be written down; it counts once :func:`confirm_recovery_key` has seen it."""
    async with open_office(settings) as office:
        key = await office.tips.recovery.begin()
        await office.staff.audit.record(SYSTEM, "recovery_key.make")
    return key


async def confirm_recovery_key(settings: Settings, typed: str) -> None:
    """The new recovery key was typed back.

    Raises:
        Invalid: mistyped, or another key. Conflict: no key waits.
    """
    async with open_office(settings) as office:
        try:
            await office.tips.recovery.confirm(typed)
        except Invalid as error:
            raise Invalid(error.field, error.code, _RECOVERY_PROBLEMS[error.code]) from None
        await office.staff.audit.record(SYSTEM, "recovery_key.confirm")


async def hand_over(settings: Settings, attachment_id: str, typed: str, path: Path) -> str:
    """Write a file that was sealed off to a new one, for the police; returns its SHA-256.

    Raises:
        Invalid: the recovery key is mistyped. NotFound: no such file, or it was not sealed off. SealBroken: the key does not
            open it. Conflict: something stands at ``path`` already, or nothing can be written there.
    """
    try:
        private = read_back(typed)
    except Invalid as error:
        raise Invalid(error.field, error.code, _RECOVERY_PROBLEMS[error.code]) from None
    async with open_office(settings) as office:
        found = await office.tips.attachments.hand_over(private, attachment_id)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise Conflict(f"{path} cannot be written: {error.strerror}") from None
        await office.staff.audit.record(SYSTEM, "tip.hand_over", found.tip_id, {"attachment": attachment_id})
    with os.fdopen(handle, "wb") as file:
        file.write(found.data)
    return found.about.sha256


async def recover_tips(settings: Settings, login: str, typed: str, shown: Callable[[Progress], None]) -> Progress:
    """Grant every tip that the recovery key opens to a moderator.

    Args:
        shown: called with the progress after each batch.

    Raises:
        Invalid: the key is mistyped. NotAllowed: it opens no tip. NotFound: nobody with this login is entitled to read tips.
    """
    try:
        private = read_back(typed)
    except Invalid as error:
        raise Invalid(error.field, error.code, _RECOVERY_PROBLEMS[error.code]) from None
    async with open_office(settings) as office:
        found = [member for member in await office.staff.accounts.list() if member.login == login]
        if not found:
            raise NotFound(f"nobody has the login {login}")
        progress = Progress()
        await office.staff.audit.record(SYSTEM, "keys.recover", found[0].id)
        await office.tips.regrant.recover(private, found[0].id, progress, shown)
        await office.staff.audit.record(SYSTEM, "keys.recovered", found[0].id, {"tips": progress.done, "failed": progress.failed})
    return progress


_RECOVERY_PROBLEMS = {
    "mistyped": "something in the recovery key is missing or mistyped; compare it group by group",
    "another": "this is another recovery key than the one that was shown last",
}
