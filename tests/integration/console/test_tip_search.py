"""Searching in tips, in the console."""

from __future__ import annotations

import pytest

from bot.staff.roles import Role
from tests.integration.console.support import Browser, World


async def _search(browser: Browser, words: str, query: str = "") -> str:
    """Search from the queue; returns the page that follows."""
    await browser.open(f"/tips?{query}")
    answer = await browser.send("/tips/search", {"words": words, "query": query})
    if answer.status_code == 303:
        assert words not in answer.headers["location"], "no address says what was looked for"
        return (await browser.open(answer.headers["location"].removeprefix("/console"))).text
    return answer.text


async def test_a_search_shows_the_words_around_each_hit_and_opens_the_tip(world: World) -> None:
    browser = world.browser()
    me = await browser.member(Role.MODERATOR)
    tip = await world.tell("drugs", "Somebody <b>sells</b> bags out of a grey scooter.")
    await world.tell("weapon", "In the changing room.")
    page = await _search(browser, "grey SCOOT")
    assert f'href="/console/tips/{tip}"' in page and page.count('class="row-link"') == 1
    assert "<mark>grey</mark>" in page and "<mark>scoot</mark>er" in page and "&lt;b&gt;" in page
    assert "1 tip fits." in page and "2 tips looked at" in page and "That was all" in page
    entries = await world.office.audit.page(limit=5)
    [searched, excerpt] = [entry for entry in entries if entry.action in ("tip.search", "tip.excerpt")]
    assert (searched.actor, searched.detail) == (me, {"looked": 2, "found": 1})
    assert (excerpt.action, excerpt.subject) == ("tip.excerpt", tip)
    assert "scoot" not in str(entries).casefold()
    assert "Saw an excerpt" not in (await browser.open(f"/tips/{tip}")).text, "a look is not part of the history"


async def test_a_search_keeps_to_the_filters(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    await world.tell("drugs", "A grey scooter.")
    weapon = await world.tell("weapon", "A grey scooter.")
    page = await _search(browser, "scooter", "category=weapon")
    assert page.count('class="row-link"') == 1 and weapon in page and 'value="category=weapon"' in page


@pytest.mark.parametrize(("words", "said"), [("", "at least one word"), ("a", "at least two letters"), ("ab " * 11, "at most ten words")])
async def test_what_cannot_be_looked_for_is_said_on_the_queue(world: World, words: str, said: str) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    await browser.open("/tips")
    answer = await browser.send("/tips/search", {"words": words})
    assert answer.status_code == 422 and said in answer.text


async def test_a_search_is_gone_with_the_session_and_closed_to_everybody_else(world: World) -> None:
    browser, other = world.browser(), world.browser()
    await browser.member(Role.MODERATOR)
    await other.member(Role.MODERATOR)
    await world.tell("drugs", "A grey scooter.")
    await _search(browser, "scooter")
    assert len(world.services.moderation.searches) == 1
    [search] = [entry.subject for entry in await world.office.audit.page(limit=9) if entry.action == "tip.search"]
    for visitor, place in ((other, "/console/tips"), (browser, f"/console/tip-searches/{search}")):
        await visitor.open("/account")
        assert (await visitor.send(f"/tip-searches/{search}/further")).headers["location"] == place
    assert (await other.open(f"/tip-searches/{search}")).headers["location"] == "/console/tips"
    assert (await browser.open(f"/tip-searches/{search}")).status_code == 200
    await browser.open("/account")
    await browser.send("/sign-out")
    assert len(world.services.moderation.searches) == 0, "the words are gone with the key"


async def test_who_has_no_key_in_this_session_cannot_search(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    session = (await world.services.sessions.list_of((await world.office.accounts.list())[0].id))[0]
    world.services.sessions.forget_keys([session.id])
    await browser.open("/account")
    answer = await browser.send("/tips/search", {"words": "scooter"})
    assert answer.headers["location"].startswith("/console/unlock?next=/console/tips")


async def test_single_keys_are_switched_off_in_the_account(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    await world.tell("drugs", "A grey scooter.")
    assert "data-keys" in (await browser.open("/tips")).text
    await browser.open("/account")
    await browser.send("/account/keys")
    page = (await browser.open("/tips")).text
    assert "data-keys" not in page and "data-keyboard" not in page
    await browser.open("/account")
    await browser.send("/account/keys", {"keys": "1"})
    assert "data-keys" in (await browser.open("/tips")).text


async def test_a_tips_district_is_marked_on_the_map_and_nothing_finer(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    here = await world.tell("drugs", "A grey scooter.", district="hills")
    nowhere = await world.tell("drugs", "A grey scooter.")
    page = (await browser.open(f"/tips/{here}")).text
    assert page.count('class="map-district') == 9 and page.count("map-marked") == 1
    assert "Marked: Les Collines." in page
    assert "map-district" not in (await browser.open(f"/tips/{nowhere}")).text
