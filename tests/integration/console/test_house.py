"""Staff, audit trail, city, figures and the front page."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.city import City
from bot.staff.roles import Role
from tests.integration.console.support import ROOT, World, open_world


async def test_a_new_account_shows_its_password_once(world: World) -> None:
    admin = world.browser()
    await admin.member(Role.ADMIN)
    await admin.open("/staff/new")
    answer = await admin.send("/staff/new", {"login": "mo", "name": "Mo", "roles": "moderator"})
    first = re.findall(r'class="big">([\w-]+)<', answer.text)[0]
    member = next(one for one in await world.office.accounts.list() if one.login == "mo")
    assert first not in (await admin.open(f"/staff/{member.id}")).text
    assert (await world.office.sign_in.sign_in("mo", first, None, "192.0.2.1")).member.must_change_password


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"login": "A B", "name": "x", "roles": "admin"}, "small letters"),
        ({"login": "x", "name": "", "roles": "admin"}, "Write a name"),
        ({"login": "x", "name": "x"}, "at least one role"),
        ({"login": "x", "name": "x", "roles": ["moderator", "officer"]}, "two people"),
        ({"login": "taken", "name": "x", "roles": "admin"}, "already"),
    ],
)
async def test_an_unusable_account_says_why(world: World, fields: dict[str, object], words: str) -> None:
    await world.office.accounts.create("system", "taken", "Taken", [Role.ANALYST])
    admin = world.browser()
    await admin.member(Role.ADMIN)
    await admin.open("/staff/new")
    answer = await admin.send("/staff/new", fields)
    assert answer.status_code in (409, 422)
    assert words in answer.text


async def test_the_trail_says_details_in_words(world: World) -> None:
    admin = world.browser()
    me = await admin.member(Role.ADMIN)
    other = await world.office.accounts.create("system", "mo", "Mo", [Role.MODERATOR])
    record = world.office.audit.record
    await record(me, "tip.assign", "0" * 32, {"to": other[0].id})
    await record(me, "tip.status", "0" * 32, {"status": "waiting", "of_a_later_version": "left as it is"})
    await record(me, "account.token_made", "0" * 12, {"scopes": "campaigns:read results:read", "days": 3})
    await record(me, "campaign.move", "1", {"from": "2027-01-02T17:00", "to": "2027-01-03T17:00"})
    await record(me, "account.reach", me, {"email": True, "pages": False})
    await record(me, "escrow.open", "0" * 32, {"category": "*"})
    page = html.unescape((await admin.open("/audit")).text)
    for words in ("roles: Moderator", "second step: code of the app", "to: Mo<", "Sunday, 3 January 2027", "e-mail: yes", "category: all"):
        assert words in page, words
    assert "of_a_later_version: left as it is" in page and "campaigns:read" not in page


async def test_resetting_a_moderator_says_plainly_that_old_tips_are_lost_to_them(world: World) -> None:
    member, _ = await world.office.accounts.create("system", "mo", "Mo", [Role.MODERATOR])
    admin = world.browser()
    await admin.member(Role.ADMIN)
    assert "destroys the person&#39;s access to all tips" in (await admin.open(f"/staff/{member.id}")).text
    answer = await admin.send(f"/staff/{member.id}/reset-password")
    assert "stay closed to this person" in answer.text and 'class="big"' in answer.text


async def test_every_deed_on_an_account_works_from_its_page(world: World) -> None:
    member, _ = await world.office.accounts.create("system", "ana", "Ana", [Role.ANALYST])
    admin = world.browser()
    await admin.member(Role.ADMIN)
    await admin.open(f"/staff/{member.id}")
    for deed in ("reset-second-factor", "end-sessions", "disable"):
        assert (await admin.send(f"/staff/{member.id}/{deed}")).status_code == 303
    assert (await world.office.accounts.get(member.id)).disabled
    await admin.send(f"/staff/{member.id}/enable")
    await admin.send(f"/staff/{member.id}/roles", {"roles": ["analyst", "admin"]})
    assert (await world.office.accounts.get(member.id)).roles == {Role.ANALYST, Role.ADMIN}


async def test_the_last_administrator_gets_an_explanation(world: World) -> None:
    admin = world.browser()
    member_id = await admin.member(Role.ADMIN)
    await admin.open(f"/staff/{member_id}")
    answer = await admin.send(f"/staff/{member_id}/disable")
    assert answer.status_code == 409 and "last administrator" in answer.text
    assert (await admin.open("/staff/nobody")).status_code == 404


async def test_the_trail_names_people_in_words_and_pages_back(world: World) -> None:
    admin = world.browser()
    await admin.member(Role.ADMIN)
    for number in range(60):
        await world.office.audit.record("system", "tip.read", f"{number:032d}")
    page = (await admin.open("/audit")).text
    assert "Opened a tip" in page and "Faro" in page
    older = re.findall(r'href="/console(/audit\?before=\d+)"', page)[0]
    assert "Created an account" in (await admin.open(older)).text


async def test_a_broken_chain_is_said_loudly(world: World) -> None:
    admin = world.browser()
    await admin.member(Role.ADMIN)
    async with world.office.database.begin() as session:
        from sqlalchemy import text

        await session.execute(text("UPDATE staff_audit SET actor = 'eve' WHERE number = 1"))
    await admin.send("/audit/verify")
    assert "The chain is broken" in (await admin.open("/audit")).text


async def test_a_helplines_languages_and_country_are_named_not_coded(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.ANALYST)
    page = (await browser.open("/city")).text
    assert "French, English, Spanish" in page and "European Union" in page and ">world<" in page


async def test_stale_helplines_are_marked(sqlite_url: str, tmp_path: Path) -> None:
    city = City.load(ROOT / "city")
    old = replace(city.helplines[0], checked_on=city.helplines[0].checked_on - timedelta(days=400))
    async with open_world(sqlite_url, tmp_path, city=replace(city, helplines=(old, *city.helplines[1:]))) as world:
        browser = world.browser()
        await browser.member(Role.ANALYST)
        assert (await browser.open("/city")).text.count("Not shown") == 1
        assert "1 helpline was not checked lately" in (await browser.open("/")).text


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.ADMIN, "First sign-in still to come"),
        (Role.MODERATOR, "Every new tip has been taken up"),
        (Role.OFFICER, "You have no drafts"),
        (Role.APPROVER, "Nothing waits for your approval"),
        (Role.ANALYST, "Open the figures"),
    ],
)
async def test_the_front_page_shows_each_role_its_own_work(world: World, role: Role, words: str) -> None:
    browser = world.browser()
    await browser.member(role)
    assert words in (await browser.open("/")).text
