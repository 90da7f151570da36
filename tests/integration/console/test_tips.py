"""A moderator's way through the tips."""

from __future__ import annotations

import re

from bot.staff.roles import Role
from bot.tips.status import Status
from tests.integration.console.support import World, picture
from tests.integration.staff.support import PASSWORD


async def test_the_queue_shows_no_words_and_the_tip_page_shows_them(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    tip = await world.tell("drugs", "Behind the station <b>every</b> evening")
    queue = (await browser.open("/tips")).text
    assert tip in queue and "Behind" not in queue and "evening" not in queue and 'class="fresh"' in queue
    page = (await browser.open(f"/tips/{tip}")).text
    assert "Behind the station &lt;b&gt;every&lt;/b&gt; evening" in page
    assert 'class="fresh"' not in (await browser.open("/tips")).text


async def test_answer_and_status_reach_the_tip_and_the_trail(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    tip = await world.tell("drugs", "Behind the station")
    await browser.open(f"/tips/{tip}")
    assert (await browser.send(f"/tips/{tip}/answer", {"text": "Which evening?"})).headers["location"] == f"/console/tips/{tip}"
    assert "Which evening?" in (await browser.open(f"/tips/{tip}")).text
    await browser.send(f"/tips/{tip}/status", {"status": "waiting"})
    assert (await world.services.tips.count_by_status())[Status.WAITING] == 1
    trail = [entry for entry in await world.office.audit.page() if entry.subject == tip]
    assert [entry.action for entry in reversed(trail)] == ["tip.read", "tip.answer", "tip.read", "tip.status"]
    assert "evening" not in str(trail)


async def test_an_answer_sent_twice_arrives_once(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    tip = await world.tell("drugs", "Behind the station")
    await browser.open(f"/tips/{tip}")
    fields = {"text": "Which evening?", "reply_id": re.findall(r'name="reply_id" value="(\w+)"', browser.page)[0]}
    await browser.send(f"/tips/{tip}/answer", fields)
    await browser.send(f"/tips/{tip}/answer", fields)
    assert (await browser.open(f"/tips/{tip}")).text.count("Which evening?") == 1


async def test_an_empty_or_endless_answer_comes_back_with_what_was_typed(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    tip = await world.tell("drugs", "Behind the station")
    await browser.open(f"/tips/{tip}")
    assert "Write something first" in (await browser.send(f"/tips/{tip}/answer", {"text": "  "})).text
    answer = await browser.send(f"/tips/{tip}/answer", {"text": "long " * 1000})
    assert answer.status_code == 422 and "too long" in answer.text and "long long" in answer.text


async def test_without_the_key_in_memory_the_password_is_asked_for_again(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    tip = await world.tell("drugs", "Behind the station")
    for session_id in list(world.office.keys._held):
        world.office.keys.drop(session_id)  # what a restart does
    answer = await browser.open(f"/tips/{tip}")
    assert answer.headers["location"] == f"/console/unlock?next=/console/tips/{tip}"
    assert "tip.read" not in await world.office.actions()
    await browser.open(f"/unlock?next=/console/tips/{tip}")
    assert "password is wrong" in (await browser.send("/unlock", {"password": "wrong"})).text
    assert (await browser.send("/unlock", {"password": PASSWORD})).headers["location"] == "/console/"
    assert "Behind the station" in (await browser.open(f"/tips/{tip}")).text


async def test_a_tip_that_is_not_sealed_to_somebody_stays_closed_to_them(world: World) -> None:
    first, later = world.browser(), world.browser()
    await first.member(Role.MODERATOR)
    tip = await world.tell("drugs", "Behind the station")
    await later.member(Role.MODERATOR)
    answer = await later.open(f"/tips/{tip}")
    assert answer.status_code == 403
    assert "not sealed to you" in answer.text and "station" not in answer.text


async def test_pictures_load_only_when_asked_for_and_each_look_is_recorded(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    tip = await world.tell("stolen_goods", "This is it", photo=picture())
    page = (await browser.open(f"/tips/{tip}")).text
    address = re.findall(rf'src="/console(/tips/{tip}/attachments/\w+)"', page)[0]
    assert 'loading="lazy"' in page and "<details" in page
    answer = await browser.open(address)
    assert answer.headers["content-type"] == "image/jpeg"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert (await world.office.actions())[-1] == "tip.attachment"
    assert (await browser.open(f"/tips/{tip}/attachments/{'0' * 32}")).status_code == 404


async def test_the_queue_is_filtered_and_paged(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    for _ in range(52):
        await world.tell("drugs", "x")
    await world.tell("other", "y")
    page = (await browser.open("/tips")).text
    assert page.count('class="row-link"') == 50
    older = re.findall(r'href="/console(/tips\?[^"]*before=\w+)"', page)[0].replace("&amp;", "&")
    assert (await browser.open(older)).text.count('class="row-link"') == 3
    assert (await browser.open("/tips?category=other")).text.count('class="row-link"') == 1
    assert "No tip fits" in (await browser.open("/tips?status=closed")).text
    assert (await browser.open("/tips?status=nonsense&category=nonsense")).text.count('class="row-link"') == 50


async def test_an_empty_queue_says_that_nothing_is_to_do(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    assert "No tips yet" in (await browser.open("/tips")).text
    assert (await browser.open("/tips/nonsense")).status_code == 404
