"""The queue of tips in the console: filters, saved views, several at once."""

from __future__ import annotations

import re

from bot.staff.roles import Role
from bot.tips.queue import Filters
from bot.tips.status import Status
from tests.integration.console.support import World


async def test_filters_narrow_the_queue_and_own_labels_lead_to_it(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    tip = await world.tell("drugs", "Behind the station")
    await world.tell("weapon", "In the changing room")
    await browser.open(f"/tips/{tip}")
    await browser.send(f"/tips/{tip}/labels", {"labels": "school", "free": "white van"})
    code = world.services.moderation.casework.code_of("white van").replace("=", "%3D")
    assert f'href="/console/tips?label={code}"' in (await browser.open(f"/tips/{tip}")).text
    counts = {"": 2, f"label={code}": 1, "label=school": 1, "urgent=1": 1, "unread=1": 1, "assigned=me": 0, "order=waiting": 2}
    for query, count in counts.items():
        page = (await browser.open(f"/tips?{query}")).text
        assert page.count('class="row-link"') == count, query
    assert "An own label" in (await browser.open(f"/tips?label={code}")).text


async def test_several_tips_are_assigned_and_moved_on_at_once(world: World) -> None:
    browser, late = world.browser(), world.browser()
    me = await browser.member(Role.MODERATOR)
    tips = [await world.tell("drugs", f"Behind the station {number}") for number in range(3)]
    newcomer = await late.member(Role.MODERATOR)
    await browser.open("/tips?category=drugs")
    answer = await browser.send("/tips/bulk", {"tips": tips[:2], "deed": f"assign:{me}", "query": "category=drugs&x=https://evil.example"})
    assert answer.headers["location"] == "/console/tips?category=drugs"
    assert "All ticked tips are changed" in (await browser.open("/tips")).text
    await browser.send("/tips/bulk", {"tips": tips, "deed": "status:closed"})
    assert (await world.services.tips.count_by_status())[Status.CLOSED] == 3
    assert len(await world.services.tips.queue(Filters(assignee=me))) == 2

    await browser.open("/tips")
    await browser.send("/tips/bulk", {"tips": tips, "deed": f"assign:{newcomer}"})
    assert "Some of the ticked tips" in (await browser.open("/tips")).text, "who cannot open a tip does not get it"
    await late.open("/tips")
    await late.send("/tips/bulk", {"tips": tips, "deed": "status:waiting"})
    assert (await world.services.tips.count_by_status())[Status.WAITING] == 0
    actions = [entry.action for entry in await world.office.audit.page(limit=100)]
    assert actions.count("tip.assign") == 2 and actions.count("tip.status") == 3 and actions.count("tip.bulk") == 4


async def test_nonsense_in_bulk_changes_nothing(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    tip = await world.tell("drugs", "Behind the station")
    for fields in ({}, {"deed": "status:closed"}, {"tips": tip, "deed": "delete:1"}, {"tips": "x", "deed": "status:closed"}):
        await browser.open("/tips")
        assert (await browser.send("/tips/bulk", fields)).status_code == 422
    await browser.open("/tips")
    await browser.send("/tips/bulk", {"tips": tip, "deed": "status:nonsense"})
    assert (await world.services.tips.count_by_status())[Status.NEW] == 1


async def test_a_view_is_saved_opened_and_removed(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    await world.tell("drugs", "Behind the station")
    await browser.open("/tips?category=drugs&urgent=1")
    answer = await browser.send("/tip-views", {"name": "Urgent drugs", "query": "urgent=1&category=drugs"})
    assert answer.headers["location"] == "/console/tips?category=drugs&urgent=1"
    page = (await browser.open("/tips?category=drugs&urgent=1")).text
    assert "Urgent drugs" in page and "Remove this view" in page
    assert (await browser.send("/tip-views", {"name": " ", "query": ""})).status_code == 422
    [view] = await world.services.moderation.views.of((await world.office.accounts.list())[0].id)
    await browser.open("/tips")
    await browser.send(f"/tip-views/{view.id}/forget")
    assert "Urgent drugs" not in (await browser.open("/tips")).text


async def test_waiting_tips_are_counted_by_district_on_a_map_and_in_a_table(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    codes = [district.code for district in world.services.city.districts]
    tips = [await world.tell("drugs", "A man sells things.", district=place) for place in (codes[0], codes[0], codes[1], "gone", None)]
    await browser.open(f"/tips/{tips[2]}")
    await browser.send(f"/tips/{tips[2]}/answer", {"text": "Which evening?"})
    assert '/console/tip-map"' in (await browser.open("/tips")).text
    page = (await browser.open("/tip-map")).text
    assert re.findall(r'class="map-count"[^>]*>(\d+)<', page) == ["2"], "on the map what lies there, without what was answered"
    rows = re.findall(r'<th scope="row">(.*?)</th><td[^>]*>(\d+)</td>', page)
    assert [count for _, count in rows] == ["2", "1", "1"] and f"district={codes[0]}" in rows[0][0] and rows[1][0] == "gone"
    officer = world.browser()
    await officer.member(Role.OFFICER)
    assert (await officer.open("/tip-map")).status_code == 403
