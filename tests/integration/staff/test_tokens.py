"""Tokens: shown once, stored as a hash, never for more than their member may."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.errors import Conflict, Invalid, NotFound
from bot.staff.roles import Role
from bot.staff.scopes import Scope
from bot.staff.tables import TokenRow
from bot.staff.tokens import LONGEST_DAYS, MOST, Tokens
from tests.integration.staff.support import Office


async def test_only_the_hash_of_a_token_is_stored(office: Office) -> None:
    tokens = Tokens(office.database, office.audit, office.clock)
    member, _ = await office.accounts.create("system", "ana", "Ana", [Role.OFFICER])
    made = await tokens.make(member, "  Event   calendar ", [Scope.CAMPAIGNS_READ], 30)
    assert made.token.name == "Event calendar" and made.text not in repr(made)
    async with office.database.read() as session:
        (row,) = await session.scalars(select(TokenRow))
    secret = made.text.split("_", 2)[2]
    assert len(secret) == 43 and len(row.hash) == 32 and secret not in str(vars(row))
    found = await tokens.find(made.text)
    assert found is not None and found.member.id == member.id and found.scopes == {Scope.CAMPAIGNS_READ}
    (entry,) = await office.audit.page(limit=1)
    assert (entry.action, entry.subject) == ("account.token_made", made.token.id)
    assert entry.detail == {"token": "Event calendar", "scopes": "campaigns:read", "days": 30}


@pytest.mark.parametrize(
    ("field", "name", "scopes", "days"),
    [
        ("name", " ", [Scope.CAMPAIGNS_READ], 30),
        ("name", "x" * 61, [Scope.CAMPAIGNS_READ], 30),
        ("name", "a\u202eb", [Scope.CAMPAIGNS_READ], 30),
        ("scopes", "x", [], 30),
        ("scopes", "x", ["tips:read"], 30),
        ("scopes", "x", [Scope.CAMPAIGNS_WRITE], 30),
        ("days", "x", [Scope.CAMPAIGNS_READ], 0),
        ("days", "x", [Scope.CAMPAIGNS_READ], LONGEST_DAYS + 1),
    ],
)
async def test_what_is_not_acceptable_makes_no_token(office: Office, field: str, name: str, scopes: list[str], days: int) -> None:
    tokens = Tokens(office.database, office.audit, office.clock)
    member, _ = await office.accounts.create("system", "ana", "Ana", [Role.ANALYST])
    with pytest.raises(Invalid) as refused:
        await tokens.make(member, name, scopes, days)
    assert refused.value.field == field and await tokens.list(member.id) == []


async def test_a_member_has_a_limited_number_and_removes_only_their_own(office: Office) -> None:
    tokens = Tokens(office.database, office.audit, office.clock)
    ana, _ = await office.accounts.create("system", "ana", "Ana", [Role.OFFICER])
    ben, _ = await office.accounts.create("system", "ben", "Ben", [Role.OFFICER])
    made = [await tokens.make(ana, f"No. {number}", [Scope.RESULTS_READ], 1) for number in range(MOST)]
    with pytest.raises(Conflict):
        await tokens.make(ana, "one more", [Scope.RESULTS_READ], 1)
    with pytest.raises(NotFound):
        await tokens.revoke(ben.id, made[0].token.id)
    await tokens.revoke(ana.id, made[0].token.id)
    assert await tokens.find(made[0].text) is None and await tokens.find(made[1].text) is not None
    office.clock.forward(days=1)
    assert await tokens.find(made[1].text) is None and len(await tokens.list(ana.id)) == MOST - 1
