"""``faro escrow`` on a store: made, proven, opened, ended; the doctor's word on it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.administration import add_member, open_office, verify_audit
from bot.app import utc_now
from bot.doctor_escrow import escrow_of_tips
from bot.errors import Conflict, Invalid, NotAllowed
from bot.escrow_commands import agreed_on, install, new_escrow, open_tips, prove, retire
from bot.findings import Level
from bot.tips.escrow.requests import Kind
from bot.tips.escrow.shares import split
from bot.tips.escrow.tables import EscrowShareRow
from tests.integration.test_administration import settings


async def test_an_escrow_from_its_making_to_its_end(database_url: str, tmp_path: Path) -> None:
    here = settings(tmp_path, database_url)
    with pytest.raises(Conflict, match="two people have to agree"):
        await agreed_on(here, Kind.MAKE)
    for login, role in (("ana", "admin"), ("ben", "analyst"), ("eve", "analyst"), ("mo", "moderator")):
        await add_member(here, login, login.title(), [role])
    async with open_office(here) as office:
        ids = {member.login: member.id for member in await office.staff.accounts.list()}
        requests = office.tips.escrow_requests
        asked = await requests.ask_to_make(ids["ana"], "For bad days", (ids["ana"], ids["ben"], ids["eve"]))
        await requests.agree(asked.id, ids["eve"])
    agreed, made = await agreed_on(here, Kind.MAKE), new_escrow()
    assert [holder.name for holder in agreed.holders] == ["Ana", "Ben", "Eve"]
    await install(here, agreed, made)
    with pytest.raises(Conflict):
        await install(here, agreed, made)
    assert [finding.text for finding in await escrow_of_tips(here, utc_now)] == ["in order"]
    assert await prove(here, made.shares[1]) == "Ben"
    with pytest.raises(Invalid, match="no escrow of this city"):
        await prove(here, split(bytes(32))[0])
    async with open_office(here) as office:
        asked = await office.tips.escrow_requests.ask_to_open(ids["ana"], "Nobody is left", ids["mo"], "")
        await office.tips.escrow_requests.agree(asked.id, ids["eve"])
        long_ago = (await office.tips.escrow.standing())[0].shares[0].proven_at - timedelta(days=400)
        async with office.database.begin() as session:
            await session.execute(update(EscrowShareRow).where(EscrowShareRow.number == 1).values(proven_at=long_ago))
            await office.tips.escrow.report_lost(session, ids["ben"])
    assert [finding.level for finding in await escrow_of_tips(here, utc_now)] == [Level.WRONG, Level.ADVICE]
    wanted = await agreed_on(here, Kind.OPEN)
    with pytest.raises(Invalid, match="two shares of two people"):
        await open_tips(here, wanted, [made.shares[0]] * 2, lambda _: None)
    with pytest.raises(NotAllowed, match="opens no such tip"):
        await open_tips(here, wanted, made.shares[:2], lambda _: None)
    async with open_office(here) as office:
        [begun] = [entry for entry in await office.staff.audit.page() if entry.action == "escrow.open"]
        assert (begun.subject, begun.detail["asked"], begun.detail["agreed"], begun.detail["holders"], begun.detail["reason"]) == (
            ids["mo"], "Ana", "Eve", "Ana, Ben", "Nobody is left",
        )  # fmt: skip
        await office.tips.escrow_requests.drop(asked.id)
        asked = await office.tips.escrow_requests.ask_to_retire(ids["ana"], "No need")
        await office.tips.escrow_requests.agree(asked.id, ids["eve"])
    assert await retire(here, await agreed_on(here, Kind.RETIRE)) == 0
    assert [finding.text for finding in await escrow_of_tips(here, utc_now)] == ["none; Faro works without one"]
    assert "unbroken" in await verify_audit(here)
