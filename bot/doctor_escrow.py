"""Whether the escrow can be relied on: shares that are lost, or were not proven for a year. Part of ``faro doctor``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from bot.crypto import Keyring
from bot.errors import SettingsError
from bot.findings import Finding, Level
from bot.messages import Clock
from bot.settings import Settings
from bot.storage import Database
from bot.storage.migrate import is_current
from bot.tips.escrow.register import Escrow, EscrowRegister


async def escrow_of_tips(settings: Settings, clock: Clock) -> list[Finding]:
    """Shares that are lost or were not proven for a year. Nothing at all where the store cannot be asked: that is named already."""
    if not (settings.data / "keys" / "staff.key").exists():
        return []
    database = Database(settings.database)
    try:
        if not await is_current(database):
            return []
        standing = await EscrowRegister(database, Keyring.open(settings.data / "keys").staff, clock).standing()
    except (SQLAlchemyError, OSError, SettingsError):
        return []
    finally:
        await database.close()
    return [*_shares(standing, clock())] or [Finding(Level.GOOD, "escrow", "in order" if standing else "none; Faro works without one")]


def _shares(standing: list[Escrow], now: datetime) -> Iterator[Finding]:
    for escrow in standing:
        if escrow.present and escrow.must_rotate:
            yield Finding(Level.WRONG, "escrow", "a share is lost or the stored key was changed: ask for a new escrow in the console")
        if not escrow.present:
            text = f"{escrow.tips} tips are still sealed to one that was replaced: a moderator adds them in the console (Access)"
            yield Finding(Level.ADVICE, "escrow", text)
        for share in (share for share in escrow.shares if escrow.present and share.is_due(now)):
            text = f"share {share.number} was last proven on {share.proven_at.date()}: its holder runs `faro escrow prove`"
            yield Finding(Level.ADVICE, "escrow", text)
