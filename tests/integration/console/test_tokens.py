"""Tokens on the account page: with the password, shown once, removed at once; nothing of it while the API is off."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
from starlette.applications import Starlette

from bot.console import build_console
from bot.staff.roles import Role
from tests.integration.console.support import Browser, World
from tests.integration.staff.support import PASSWORD


async def _make(browser: Browser, **changes: object) -> httpx.Response:
    await browser.open("/account/tokens")
    fields = {"name": "Event calendar", "scope": ["campaigns:read"], "days": "30", "password": PASSWORD}
    return await browser.send("/account/tokens", fields | changes)


async def test_a_member_makes_a_token_sees_it_once_and_removes_it(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    assert "/console/account/tokens" in (await officer.open("/account")).text
    made = await _make(officer)
    text = re.search(r"faro_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", made.text)
    assert made.status_code == 200 and text is not None
    page = (await officer.open("/account/tokens")).text
    assert "Event calendar" in page and text[0] not in page and text[0][:17] in page and "Never used" in page
    assert world.services.tokens is not None and await world.services.tokens.find(text[0]) is not None
    assert "Never used" not in (await officer.open("/account/tokens")).text
    gone = await officer.send(f"/account/tokens/{text[0].split('_')[1]}/remove")
    assert gone.status_code == 303 and "works no more" in (await officer.open("/account/tokens")).text
    assert await world.services.tokens.find(text[0]) is None
    assert (await world.office.actions())[-2:] == ["account.token_made", "account.token_removed"]


async def test_a_token_needs_the_password_and_what_is_wrong_is_said(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    for changes, words in (
        ({"password": "not mine"}, "The password is wrong."),
        ({"name": " "}, "a name of 1 to 60 characters"),
        ({"scope": []}, "at least one thing"),
        ({"scope": ["tips:read"]}, "at least one thing"),
        ({"days": "9999"}, "how long the token works"),
    ):
        answer = await _make(officer, **changes)
        assert answer.status_code == 422 and words in answer.text, changes
    assert "account.token_made" not in await world.office.actions()


async def test_who_could_do_nothing_with_a_token_is_offered_none(world: World) -> None:
    moderator = world.browser()
    await moderator.member(Role.MODERATOR)
    assert "/account/tokens" not in (await moderator.open("/account")).text
    assert (await _make(moderator)).status_code == 422


async def test_while_the_api_is_off_there_are_no_tokens(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    off = Starlette(routes=build_console(replace(world.services, tokens=None)))
    officer.http = httpx.AsyncClient(transport=httpx.ASGITransport(off), base_url="http://faro.test", cookies=officer.http.cookies)
    assert "/account/tokens" not in (await officer.open("/account")).text
    assert (await officer.open("/account/tokens")).status_code == 404
