"""The audit trail on a database: it grows under one lock, and every kind of tampering shows."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from tests.integration.staff.support import Office, open_office


async def _five_entries(office: Office) -> None:
    for number in range(5):
        await office.audit.record("anna", "tip.read", f"tip-{number}", {"attachments": number})


async def test_an_untouched_chain_verifies(office: Office) -> None:
    await _five_entries(office)
    result = await office.audit.verify()
    assert (result.checked, result.broken_at) == (5, None)


async def test_an_empty_chain_verifies(office: Office) -> None:
    assert (await office.audit.verify()).broken_at is None


@pytest.mark.parametrize(
    ("tampering", "found_at"),
    [
        ("UPDATE staff_audit SET actor = 'eve' WHERE number = 3", 3),
        ("UPDATE staff_audit SET detail = '{}' WHERE number = 2", 2),
        ("UPDATE staff_audit SET at = '2020-01-01 00:00:00.000000' WHERE number = 1", 1),
        ("DELETE FROM staff_audit WHERE number = 2", 2),
        ("DELETE FROM staff_audit WHERE number = 5", 5),
        ("DELETE FROM staff_audit", 1),
        ("INSERT INTO staff_audit SELECT 6, at, actor, action, subject, detail, hash FROM staff_audit WHERE number = 5", 6),
    ],
)
async def test_changed_missing_and_inserted_rows_are_found(office: Office, tampering: str, found_at: int) -> None:
    await _five_entries(office)
    async with office.database.begin() as session:
        await session.execute(text(tampering))
    assert (await office.audit.verify()).broken_at == found_at


async def test_two_processes_cannot_fork_the_chain(office: Office, database_url: str) -> None:
    other = await open_office(database_url)
    writers = [writer.audit.record("anna", "tip.read", str(n)) for n in range(10) for writer in (office, other)]
    await asyncio.gather(*writers)
    await other.database.close()
    result = await office.audit.verify()
    assert (result.checked, result.broken_at) == (20, None)


async def test_pages_go_backwards_from_the_newest(office: Office) -> None:
    await _five_entries(office)
    first = await office.audit.page(limit=2)
    assert [entry.number for entry in first] == [5, 4]
    assert [entry.number for entry in await office.audit.page(before=4, limit=2)] == [3, 2]
    assert first[0].detail == {"attachments": 4}


async def test_the_head_names_the_last_link(office: Office) -> None:
    await _five_entries(office)
    head = await office.audit.head()
    assert head.number == 5
    assert len(head.hash) == 64
