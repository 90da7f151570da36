"""The way in, page by page."""

from __future__ import annotations

import re

import pytest

from bot.staff.roles import Role
from tests.integration.console.support import World
from tests.integration.staff.support import PASSWORD

NEW = "brisk-lantern-olive-quarry"


async def test_a_new_member_chooses_a_password_sets_up_the_app_and_gets_codes(world: World) -> None:
    _, first = await world.office.accounts.create("system", "mo", "Mo", [Role.MODERATOR])
    browser = world.browser()
    await browser.open("/sign-in")
    answer = await browser.send("/sign-in", {"login": "mo", "password": first})
    assert answer.headers["location"].startswith("/console/password")
    await browser.open("/password")
    answer = await browser.send("/password", {"old": first, "new": NEW, "again": NEW})
    assert answer.headers["location"] == "/console/enrol"
    await browser.open("/enrol")
    key = re.search(r'class="text-key">([A-Z2-7 ]+)<', browser.page)
    assert key is not None
    answer = await browser.send("/enrol", {"code": world.office.code(key[1].replace(" ", ""))})
    assert len(re.findall(r"<code>\w{5}-\w{5}</code>", answer.text)) == 10
    assert (await browser.open("/")).status_code == 200


async def test_wrong_words_are_the_same_for_known_and_unknown_logins(world: World) -> None:
    await world.office.member("ana", Role.ANALYST)
    pages = []
    for login in ("ana", "nob"):
        browser = world.browser()
        await browser.open("/sign-in")
        answer = await browser.send("/sign-in", {"login": login, "password": "wrong"})
        assert answer.status_code == 422
        pages.append(re.sub(r'name="csrf" value="\w+"', "", answer.text).replace(f'value="{login}"', ""))
    assert pages[0] == pages[1]


async def test_guessing_gets_a_waiting_time_in_words(world: World) -> None:
    browser = world.browser()
    await browser.open("/sign-in")
    for _ in range(5):
        await browser.send("/sign-in", {"login": "ana", "password": "wrong"})
    answer = await browser.send("/sign-in", {"login": "ana", "password": "wrong"})
    assert answer.status_code == 429
    assert "Too many tries. Wait" in answer.text


async def test_a_wrong_code_can_be_corrected(world: World) -> None:
    _, secret = await world.office.member("ana", Role.ANALYST)
    browser = world.browser()
    await browser.open("/sign-in")
    await browser.send("/sign-in", {"login": "ana", "password": PASSWORD})
    await browser.open("/second-factor")
    answer = await browser.send("/second-factor", {"code": "000000"})
    assert answer.status_code == 422 and "This code is wrong" in answer.text
    answer = await browser.send("/second-factor", {"code": world.office.code(secret)})
    assert answer.headers["location"] == "/console/"


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        (PASSWORD, NEW, NEW + "x", "differ"),
        (PASSWORD, "short", "short", "at least 12"),
        ("wrong", NEW, NEW, "password is wrong"),
        (PASSWORD, PASSWORD, PASSWORD, "present password"),
    ],
)
async def test_a_refused_password_says_why(world: World, old: str, new: str, again: str, words: str) -> None:
    browser = world.browser()
    await browser.member(Role.ANALYST)
    await browser.open("/password")
    answer = await browser.send("/password", {"old": old, "new": new, "again": again})
    assert answer.status_code == 422
    assert words in answer.text


async def test_a_changed_password_keeps_this_session_and_ends_the_others(world: World) -> None:
    here, there = world.browser(), world.browser()
    _, secret = await world.office.member("mo", Role.MODERATOR)
    await there.sign_in("mo", secret)
    await here.sign_in("mo", secret)
    await here.open("/password")
    await here.send("/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert (await here.open("/account")).status_code == 200
    assert "Your new password is saved" in here.page
    assert (await there.open("/account")).status_code == 303


async def test_a_notice_is_shown_once_and_never_taken_from_elsewhere(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.ADMIN)
    await browser.send("/audit/verify")
    assert "The whole chain was checked" in (await browser.open("/audit")).text
    assert "The whole chain was checked" not in (await browser.open("/audit")).text
    browser.http.cookies.set("faro_notice", "<script>", domain="faro.test", path="/console")
    assert "<script>" not in (await browser.open("/audit")).text


async def test_a_new_app_needs_the_password(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.ANALYST)
    assert (await browser.open("/enrol")).headers["location"] == "/console/account"
    assert (await browser.send("/enrol", {"code": "000000"})).status_code == 403
    await browser.open("/account/second-factor")
    assert "password is wrong" in (await browser.send("/account/second-factor", {"password": "wrong"})).text
    assert "text-key" in (await browser.send("/account/second-factor", {"password": PASSWORD})).text


async def test_a_member_signs_out_everywhere_else(world: World) -> None:
    here, there = world.browser(), world.browser()
    _, secret = await world.office.member("ana", Role.ANALYST)
    await there.sign_in("ana", secret)
    await here.sign_in("ana", secret)
    assert "Another browser" in here.page
    await here.send("/account/end-sessions")
    assert (await here.open("/account")).status_code == 200
    assert (await there.open("/account")).status_code == 303


async def test_the_language_must_be_one_that_the_console_speaks(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.ANALYST)
    assert (await browser.send("/account/language", {"language": "xx"})).status_code == 422
    assert (await browser.send("/account/language", {"language": "en"})).status_code == 303
