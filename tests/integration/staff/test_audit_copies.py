"""Heads kept elsewhere find out a chain that was rebuilt as a whole, which the chain itself cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete

from bot.errors import SettingsError
from bot.staff import audit_copies
from bot.staff.audit import AuditTrail
from bot.staff.tables import AuditHeadRow, AuditRow
from bot.storage import Database
from tests.integration.staff.support import MovingClock


async def recorded(trail: AuditTrail, file: Path, *actions: str) -> None:
    for action in actions:
        await trail.record("ada", action)
        audit_copies.keep(file, await trail.head())


async def test_a_chain_rebuilt_as_a_whole_is_found_out(database: Database, tmp_path: Path) -> None:
    trail, file = AuditTrail(database, MovingClock()), tmp_path / "heads"
    audit_copies.keep(file, await trail.head())
    await recorded(trail, file, "staff.create", "staff.disable")
    assert await trail.differs_from(audit_copies.read(file)) is None
    async with database.begin() as session:
        await session.execute(delete(AuditRow))
        await session.execute(delete(AuditHeadRow))
    await recorded(trail, tmp_path / "other", "staff.create", "staff.enable")
    assert (await trail.verify()).broken_at is None
    assert await trail.differs_from(audit_copies.read(file)) == 2


async def test_a_trail_cut_short_is_found_out(database: Database, tmp_path: Path) -> None:
    trail, file = AuditTrail(database, MovingClock()), tmp_path / "heads"
    await recorded(trail, file, "staff.create")
    async with database.begin() as session:
        await session.execute(delete(AuditRow))
        await session.execute(delete(AuditHeadRow))
    assert (await trail.verify()).broken_at is None
    assert await trail.differs_from(audit_copies.read(file)) == 1


async def test_a_head_is_added_once(database: Database, tmp_path: Path) -> None:
    trail, file = AuditTrail(database, MovingClock()), tmp_path / "heads"
    await recorded(trail, file, "staff.create", "staff.disable")
    audit_copies.keep(file, await trail.head())
    assert [head.number for head in audit_copies.read(file)] == [1, 2]


def test_a_file_that_holds_no_heads_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        audit_copies.read(tmp_path / "missing")
    (tmp_path / "heads").write_text(f"1 {'0' * 64}\n2 {'0' * 63}\n")
    with pytest.raises(SettingsError, match="line 2"):
        audit_copies.read(tmp_path / "heads")
