"""In the console: how to be reached, the duty roster, who is called for an urgent tip, counts that renew themselves."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.messages import Address, Channel
from bot.staff.reach import Wishes
from bot.staff.roles import Role
from tests.integration.console.support import Browser, World

CHAT = Address(Channel.TELEGRAM, "700700700")
DUTY = {"rank": "1", "weekdays": list("0123456"), "starts": "00:00", "ends": "00:00", "first": "", "last": ""}


async def linked(world: World, browser: Browser) -> None:
    """Link a chat as a member does: the code from the page, sent to the bot."""
    await browser.open("/account")
    page = (await browser.send("/account/link")).text
    assert "https://t.me/faro_test_bot?start=" in page
    code = re.findall(r"/link ([A-Z2-7]{4}-[A-Z2-7]{4})", page)[0]
    assert await world.services.links.redeem(code, CHAT)


async def test_a_member_links_a_chat_tries_it_and_unlinks_it(world: World) -> None:
    browser = world.browser()
    me = await browser.member(Role.MODERATOR)
    assert "You cannot be reached yet" in (await browser.open("/account")).text
    await linked(world, browser)
    assert "A chat is linked" in (await browser.open("/account")).text
    assert (await browser.send("/account/test")).headers["location"] == "/console/account"
    assert [address for address, _ in world.messenger.sent] == [CHAT.id]
    await browser.open("/account")
    await browser.send("/account/unlink")
    assert await world.services.links.address_of(me) is None
    await browser.open("/account")
    await browser.send("/account/test")
    assert "did not go out" in (await browser.open("/account")).text


async def test_wishes_are_kept_and_a_wrong_address_comes_back_with_the_reason(world: World) -> None:
    browser = world.browser()
    me = await browser.member(Role.MODERATOR)
    answer = await browser.send("/account/reach", {"email": "nonsense", "pages": "1", "digest_hour": ""})
    assert answer.status_code == 422 and "no e-mail address" in answer.text
    await browser.open("/account")
    await browser.send("/account/reach", {"email": "mo@portclair.example", "digest_hour": "8"})
    assert await world.services.reach.wishes(me) == Wishes("mo@portclair.example", False, 8)
    assert 'value="8" selected' in (await browser.open("/account")).text
    assert (await browser.send("/account/reach", {"digest_hour": "99"})).status_code == 422


async def test_officers_link_a_chat_and_are_asked_for_nothing_else(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.OFFICER)
    page = (await browser.open("/account")).text
    assert "Your Telegram chat" in page and "Call me for urgent tips" not in page


async def test_an_administrator_keeps_the_roster_and_moderators_read_it(world: World) -> None:
    admin, mo = world.browser(), world.browser()
    await admin.member(Role.ADMIN)
    me = await mo.member(Role.MODERATOR, login="mo")
    assert "Nobody is on duty now" in (await mo.open("/duty")).text
    await admin.open("/duty")
    await admin.send("/duty/add", DUTY | {"member": me})
    page = (await mo.open("/duty")).text
    assert "On duty now:" in page and "Cannot be called" in page and "/remove" not in page
    assert (await mo.send("/duty/add", DUTY | {"member": me})).status_code == 403
    for wrong in ({"weekdays": []}, {"rank": "100"}, {"starts": "25:00"}, {"first": "2026-12-02", "last": "2026-12-01"}):
        await admin.open("/duty")
        answer = await admin.send("/duty/add", DUTY | {"member": me} | wrong)
        assert answer.status_code == 422 and 'role="alert"' in answer.text, wrong
    page = (await admin.open("/duty")).text
    await admin.send(re.findall(r'action="/console(/duty/[0-9a-f]+/remove)"', page)[0])
    assert await world.services.roster.shifts() == []


async def test_an_urgent_tip_says_why_who_was_called_and_who_took_it(world: World) -> None:
    browser, other = world.browser(), world.browser()
    await browser.member(Role.MODERATOR, login="mo")
    await other.member(Role.MODERATOR, login="ben")
    await linked(world, browser)
    tip = await world.tell("weapon", "In the changing room", choices={"weapon_seen": "yes"})
    calm = await world.tell("weapon", "Somebody talks of one")
    await world.services.paging.run_once()
    [(address, page)] = world.messenger.sent
    assert (address, page) == (CHAT.id, "A page")

    world.clock.forward(minutes=4)
    for path in ("/", "/tips", f"/tips/{tip}"):
        shown = (await browser.open(path)).text
        assert "Nobody has acknowledged yet (4 min)" in shown and "Mo (1×)" in shown and "Nobody was on duty" in shown, path
    assert "a weapon was seen, its topic" in (await browser.open("/tips")).text
    assert "Nobody has acknowledged" not in (await browser.open(f"/tips/{calm}")).text, "a topic alone calls nobody"

    answer = await browser.send(f"/pages/{tip}/take")
    assert answer.headers["location"] == f"/console/tips/{tip}"
    assert "Mo acknowledged after 4 min" in (await browser.open("/")).text
    await other.open("/")
    await other.send(f"/pages/{tip}/take")
    assert "Somebody else takes care" in (await other.open("/")).text
    trail = [entry.action for entry in await world.office.audit.of(tip)]
    assert "page.take" in trail


async def test_a_custodian_sees_who_is_called_and_cannot_acknowledge(world: World) -> None:
    browser, mo = world.browser(), world.browser()
    await browser.member(Role.CUSTODIAN)
    await mo.member(Role.MODERATOR)
    tip = await world.tell("weapon", "In the changing room", choices={"weapon_seen": "yes"})
    page = (await browser.open("/")).text
    assert "Nobody has acknowledged yet" in page and "/take" not in page
    assert (await browser.send(f"/pages/{tip}/take")).status_code == 403


async def test_counts_renew_themselves_without_keeping_the_session_alive(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    await world.tell("drugs", "Behind the station")
    page = (await browser.open("/tips")).text
    address = re.findall(r'data-poll="/console(/news\?new=1)"', page)[0]
    assert "1 new, 1 without our answer" in page and "more since" not in page
    await world.tell("drugs", "At the pier")
    news = (await browser.open(address)).text
    assert "2 new, 2 without our answer" in news and "1 more since you opened this page" in news and "<html" not in news
    assert (await browser.open("/news?new=x")).status_code == 200
    for _ in range(4):
        world.clock.forward(minutes=10)
        answer = await browser.open(address)
    assert answer.status_code == 401


async def test_a_tip_over_the_citys_goal_is_called_overdue(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    await world.tell("weapon", "In the changing room")
    assert "Overdue" not in (await browser.open("/tips")).text
    world.clock.now += timedelta(days=2, hours=3)
    await browser.member(Role.MODERATOR)
    page = (await browser.open("/tips")).text
    assert "Overdue: the goal is 2 h" in page
