"""Who gets in: every operation against scopes, roles, and everything that is no token."""

from __future__ import annotations

import pytest

from bot.api.guard import LARGEST_BODY, Rates
from bot.api.operations import OPERATIONS, Operation
from bot.limits import Rate
from bot.staff.roles import Role, may
from bot.staff.scopes import Scope, usable
from tests.integration.api.support import Client, Desk, open_desk

CLOSED = [operation for operation in OPERATIONS if not operation.is_open]


async def _ask(client: Client, operation: Operation) -> int:
    """Ask for something that does not exist, so that nothing is changed."""
    path = operation.path.replace("{id}", "999").replace("{slug}", "none")
    return (await client.http.request(operation.method, path)).status_code


@pytest.mark.parametrize("role", Role)
async def test_each_role_may_do_through_the_api_what_it_may_in_the_console(small_desk: Desk, role: Role) -> None:
    member = await small_desk.member(role)
    scopes = usable([role])
    if not scopes:
        assert role in (Role.ADMIN, Role.MODERATOR, Role.CUSTODIAN)
        return
    client = Client(small_desk, member, await small_desk.token(member, *scopes))
    for operation in CLOSED:
        allowed = operation.scope is None or (operation.scope in scopes and operation.may is not None and may([role], operation.may))
        assert (await _ask(client, operation) != 403) == allowed, operation.name


@pytest.mark.parametrize("scope", Scope)
async def test_a_token_does_only_what_it_is_for(small_desk: Desk, scope: Scope) -> None:
    client = await small_desk.client(Role.OFFICER, scopes=(scope,))
    for operation in CLOSED:
        assert (await _ask(client, operation) != 403) == (operation.scope in (None, scope)), operation.name
    refused = await client.get("/campaigns") if scope is not Scope.CAMPAIGNS_READ else await client.get("/campaigns/1/results")
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]


async def test_whatever_is_no_token_gets_nothing(desk: Desk) -> None:
    client = await desk.client(Role.OFFICER)
    good = client.token
    id_, secret = good.split("_")[1], good.split("_", 2)[2]
    wrong = ["", good[:-1], good + "A", f"faro_{id_}_{'A' * 43}", f"faro_{'0' * 12}_{secret}", good.upper(), "é", "x" * 5000]
    for header in [*(f"Bearer {text}" for text in wrong), f"Basic {good}", good, "Bearer"]:
        answer = await client.http.get("/topics", headers={b"Authorization": header.encode()})
        assert answer.status_code == 401 and answer.headers["www-authenticate"].startswith("Bearer"), header
    del client.http.headers["Authorization"]
    client.http.cookies.set("faro_staff", good)
    assert (await client.get("/topics")).status_code == 401
    client.http.headers["Authorization"] = f"bearer {good}"
    assert (await client.get("/topics")).status_code == 200


async def test_a_token_ends_with_its_day_its_removal_its_members_roles_and_standing(desk: Desk) -> None:
    client = await desk.client(Role.OFFICER)
    accounts, tokens = desk.office.accounts, desk.services.tokens
    await accounts.set_roles("system", client.member.id, [Role.ANALYST])
    assert (await client.get("/topics")).status_code == 200
    assert (await client.post("/campaigns", desk.body())).status_code == 403
    assert (await client.get("/token")).json()["scopes"] == ["campaigns:read", "results:read"]
    desk.clock.forward(days=30)
    assert (await client.get("/topics")).status_code == 401
    member = await accounts.get(client.member.id)
    for end in (
        lambda: tokens.revoke(member.id, client.token.split("_")[1]),
        lambda: accounts.disable("system", member.id),
        lambda: accounts.reset_password("system", member.id),
    ):
        client.token = await desk.token(member, Scope.CAMPAIGNS_READ)
        client.http.headers["Authorization"] = f"Bearer {client.token}"
        assert (await client.get("/topics")).status_code == 200
        await end()
        await accounts.enable("system", member.id)
        assert (await client.get("/topics")).status_code == 401


async def test_nothing_is_stored_that_opens_the_api_and_the_last_use_is_only_a_day(desk: Desk) -> None:
    client = await desk.client(Role.OFFICER)
    (token,) = await desk.services.tokens.list(client.member.id)
    assert token.used_on is None and client.token.startswith(f"{token.prefix}_")
    await client.get("/token")
    (token,) = await desk.services.tokens.list(client.member.id)
    assert token.used_on == desk.clock.now.date()


async def test_who_asks_too_much_has_to_wait(sqlite_url: str) -> None:
    async with open_desk(sqlite_url, Rates(Rate(12, 1.0), Rate(3, 0.5), Rate(4, 1.0))) as desk:
        client = await desk.client(Role.OFFICER)
        answers = [await client.get("/token") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200] * 4 + [429]
        assert answers[-1].headers["retry-after"] == "1" and answers[-1].json()["code"] == "too_many_requests"
        client.http.headers["Authorization"] = "Bearer guess"
        assert [(await client.get("/token")).status_code for _ in range(4)] == [401] * 3 + [429]
        assert [(await client.get("/health")).status_code for _ in range(4)] == [200] * 3 + [429]
        desk.clock.forward(seconds=30)
        assert (await client.get("/health")).status_code == 200


async def test_only_small_json_is_read(small_desk: Desk) -> None:
    client = await small_desk.client(Role.OFFICER)
    sent = client.http.post
    json_type = {"Content-Type": "application/json"}
    assert (await sent("/campaigns", content=b"{}", headers={"Content-Type": "text/plain"})).status_code == 415
    assert (await sent("/campaigns", content=b"x" * (LARGEST_BODY + 1), headers=json_type)).status_code == 413
    for body in (b"", b"{", b"\xff", b'"\xed\xa0\x80"', b"[" * 100_000, b"NaN", b'{"content": NaN}'):
        assert (await sent("/campaigns", content=body, headers=json_type)).status_code in (400, 422), body[:20]
    lone = await sent("/campaigns", content=b'{"content": {"title": "\\ud800"}}', headers=json_type)
    assert lone.status_code in (400, 422)
    assert (await sent("/campaigns/1/cancel", content=b"{}", headers=json_type)).status_code == 400


async def test_every_refusal_is_a_problem_and_leads_nowhere(small_desk: Desk) -> None:
    client = await small_desk.client(Role.OFFICER)
    for path in ("/nothing", "/campaigns/0", "/campaigns/x", "/campaigns/9" + "9" * 30, "/campaigns/1/approve", "/campaigns/٣"):
        answer = await client.get(path)
        assert answer.status_code in (404, 405), path
        assert answer.headers["content-type"] == "application/problem+json" and answer.json()["status"] == answer.status_code
        assert answer.headers["cache-control"] == "no-store" and answer.headers["x-content-type-options"] == "nosniff"
    answer = await client.http.delete("/campaigns")
    assert answer.status_code == 405 and set(answer.headers["allow"].split(", ")) >= {"GET", "POST"}
    assert "access-control-allow-origin" not in answer.headers


async def test_what_breaks_inside_is_told_by_a_number_only(small_desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    client = await small_desk.client(Role.OFFICER)

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of somebody")

    object.__setattr__(small_desk.services.library, "items", broken)
    answer = await client.get("/library")
    assert answer.status_code == 500 and answer.json()["code"] == "broken"
    assert "secret" not in answer.text and "secret" not in caplog.text
