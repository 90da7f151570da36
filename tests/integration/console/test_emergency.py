"""An emergency broadcast in the console: filled in, confirmed by two people, ended for exactly those who got it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.city import EmergencyRules
from bot.staff.roles import Role
from tests.integration.console.support import Browser, World, example_city, open_world

FLOOD = {"place": "Quai des Brumes", "until": "18:30", "reason": "The river rises"}


@pytest.fixture
async def officer(world: World) -> Browser:
    browser = world.browser()
    await browser.member(Role.OFFICER)
    return browser


@pytest.fixture
async def approver(world: World) -> Browser:
    browser = world.browser()
    await browser.member(Role.APPROVER)
    return browser


async def _prepared(browser: Browser, **changes: str) -> str:
    await browser.open("/emergency/new/flood")
    answer = await browser.send("/emergency/new/flood", FLOOD | changes)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix("/console")


async def _confirm(browser: Browser, address: str, step: str, word: str = "portclair") -> int:
    """The step as its page offers it; a page that does not offer it sends what it would."""
    page = (await browser.open(address)).text
    seen = re.search(r'class="hash" title="([0-9a-f]{64})"', page)
    assert seen is not None
    return (await browser.send(f"{address}/{step}", {"content_hash": seen[1], "word": word})).status_code


async def test_an_officer_and_an_approver_send_it_and_end_it(world: World, officer: Browser, approver: Browser) -> None:
    await world.subscribe("bikes", 30)
    assert "At least 30 people now" in (await officer.open("/emergency/new/flood")).text
    address = await _prepared(officer)
    page = (await officer.open(address)).text
    assert "Inondation" not in page and "Alerte inondation : Quai des Brumes, jusque vers 18:30" in page
    assert "Call 112" in page and "Nobody has confirmed it yet" in page
    assert await _confirm(officer, address, "confirm") == 303
    assert "Waits for a second person" in (await approver.open("/emergency")).text
    assert await _confirm(approver, address, "send") == 303
    await world.clockwork.tick(world.clock.now)
    assert "0 of 30 handled" in (await officer.open(f"{address}/progress")).text
    await officer.open(address)
    over = (await officer.send(f"{address}/follow", {"how": "all_clear"})).headers["location"].removeprefix("/console")
    assert "Everybody who got the earlier message" in (await officer.open(over)).text
    await officer.open(address)
    assert (await officer.send(f"{address}/cancel")).status_code == 303
    recorded = [action for action in await world.office.actions() if action.startswith("emergency")]
    assert recorded == [f"emergency.{deed}" for deed in ("create", "confirm", "send", "follow", "cancel")]


async def test_blanks_are_seen_as_gaps_and_what_nobody_confirmed_is_thrown_away_not_stopped(officer: Browser) -> None:
    bubble = re.search(r'class="bubble"[^>]*>(.*?)</div>', (await officer.open("/emergency/new/flood")).text, re.DOTALL)
    assert bubble is not None and "…" in bubble[1] and "{" not in bubble[1]
    address = await _prepared(officer)
    page = (await officer.open(address)).text
    assert "Throw it away" in page and "Stop it now" not in page
    await _confirm(officer, address, "confirm")
    page = (await officer.open(address)).text
    assert "Stop it now" in page and "Throw it away" not in page


async def test_an_accidental_click_sends_nothing(officer: Browser, approver: Browser) -> None:
    address = await _prepared(officer)
    assert await _confirm(officer, address, "confirm", word="yes") == 422
    assert "not the name of the city" in officer.page
    assert await _confirm(approver, address, "send") == 409


async def test_whoever_confirmed_first_cannot_be_the_second(world: World) -> None:
    both = world.browser()
    await both.member(Role.OFFICER, Role.APPROVER)
    address = await _prepared(both)
    assert await _confirm(both, address, "confirm") == 303
    assert await _confirm(both, address, "send") == 403
    assert await _confirm(both, address, "send-alone") == 403


async def test_one_person_is_enough_only_where_the_city_says_so(sqlite_url: str, tmp_path: Path) -> None:
    rules = EmergencyRules(single_person=True, news="https://portclair.example/news")
    async with open_world(sqlite_url, tmp_path, city=replace(example_city(), emergency=rules)) as world:
        officer = world.browser()
        await officer.member(Role.OFFICER)
        address = await _prepared(officer)
        assert await _confirm(officer, address, "confirm") == 303
        assert "No second person looks at it" in (await officer.open(address)).text
        assert await _confirm(officer, address, "send-alone") == 303
        assert "emergency.send_alone" in await world.office.actions()


@pytest.mark.parametrize(
    ("change", "words"),
    [({"place": ""}, "Fill this in"), ({"until": "soon"}, "such as 18"), ({"place": "x" * 61}, "At most"), ({"reason": ""}, "Say why")],
)
async def test_what_is_not_right_comes_back_with_what_was_typed(officer: Browser, change: dict[str, str], words: str) -> None:
    await officer.open("/emergency/new/flood")
    answer = await officer.send("/emergency/new/flood", FLOOD | change)
    assert answer.status_code == 422 and words in answer.text
    assert 'value="18:30"' in answer.text or "until" in change


async def test_a_template_for_corrections_is_not_offered_by_itself(officer: Browser) -> None:
    page = (await officer.open("/emergency")).text
    assert "/emergency/new/flood" in page and "/emergency/new/correction" not in page
    assert (await officer.open("/emergency/new/correction")).status_code == 404


async def test_ordinary_pages_of_campaigns_do_not_know_it(officer: Browser) -> None:
    number = (await _prepared(officer)).rsplit("/", 1)[1]
    assert (await officer.open(f"/campaigns/{number}")).status_code == 404
    for path in ("/campaigns", "/campaigns/calendar", "/"):
        answer = await officer.open(path)
        assert answer.status_code == 200 and "Flood" not in answer.text


