"""Threads in the console: written, walked as on a phone, approved as one by a second person, ended."""

from __future__ import annotations

import re

from bot.campaigns.exchange import Series, read
from bot.campaigns.tables import CampaignState
from bot.campaigns.threads import Onward, Pace
from bot.staff.roles import Role
from tests.integration.console.support import World
from tests.unit.campaigns.test_exchange import THREAD

FULL = THREAD.replace("topic: bikes", "topic: bystanders")


async def test_a_thread_is_imported_walked_changed_and_approved(world: World) -> None:
    officer, approver = world.browser(), world.browser()
    await officer.member(Role.OFFICER)
    await approver.member(Role.APPROVER)
    await officer.open("/campaigns/import")
    there = (await officer.send("/campaigns/import", {"text": FULL, "topic": ""})).headers["location"].removeprefix("/console")
    page = (await officer.open(there)).text
    assert there.startswith("/threads/") and "Answer 2" in page and "Otherwise" in page and "1. The lock" in page
    first = await officer.open(f"{there}/walk")
    assert "Answer “Yes”" in first.text and "2. Buying" not in first.text
    bought = (await officer.open(f"{there}/walk?said=2,0,0&language=en")).text
    shown = ("Answered: No", "2. Buying", "3. The photo", "The thread ends", "After an answer, the next day")
    assert all(words in bought for words in shown)
    assert "2. Buying" not in (await officer.open(f"{there}/walk?said=1")).text
    assert (await officer.open(f"{there}/walk?said=9,x,4,4,4&language=xx")).status_code == 200
    thread = await world.services.threads.get(there.rpartition("/")[2])
    form = (await officer.open(f"{there}/plan")).text
    assert form.count("<fieldset") >= 3 and "It asks nothing" in form
    typed = {"version": thread.version, "topic": "bystanders", "starts": "joining", "joining": "3", "day": "2026-12-01", "time": "17:30"}
    typed |= {"late_after": "1440", "next_1": "photo", "days_1": "4", "answer_1_1": "!", "answer_1_2": "buy", "pace_1": "at_once"}
    await officer.send(f"{there}/plan", typed | {"next_2": "photo", "days_2": "5", "next_3": "!", "days_3": "7"})
    thread = await world.services.threads.get(thread.series)
    assert thread.onwards[0] == Onward("lock", "photo", 4, ((1, ""), (2, "buy")), Pace.AT_ONCE, 3)
    assert {one.send_at.isoformat() for one in thread.episodes} == {"2026-12-01T17:30:00"}
    stale = await officer.send(f"{there}/plan", typed)
    assert stale.status_code == 409


async def test_what_is_in_the_library_as_a_thread_is_approved_as_one(world: World) -> None:
    officer, approver = world.browser(), world.browser()
    await officer.member(Role.OFFICER)
    await approver.member(Role.APPROVER)
    await officer.open("/campaigns/library/five-locks")
    answer = await officer.send("/campaigns/library/five-locks/start", {"day": "2026-12-01", "time": "17:30"})
    there = answer.headers["location"].removeprefix("/console")
    series = there.rpartition("/")[2]
    thread = await world.services.threads.get(series)
    shared = read((await officer.open(f"/campaigns/{thread.first.id}/export-series")).text)
    assert isinstance(shared, Series) and shared.is_thread and len(shared.episodes) == 6
    await officer.open(there)
    await officer.send(f"{there}/submit", {"version": thread.version})
    assert (await world.services.threads.get(series)).state is CampaignState.SUBMITTED
    page = (await approver.open(there)).text
    named = re.search(r'name="content_hash" value="(\w+)"', page)
    assert named
    await approver.send(f"{there}/approve", {"content_hash": named[1]})
    thread = await world.services.threads.get(series)
    assert thread.state is CampaignState.RUNNING
    single = (await officer.open(f"/campaigns/{thread.first.id}")).text
    assert "Open the thread" in single and "/cancel" not in single
    await officer.send(f"{there}/pause", {})
    await officer.send(f"{there}/resume", {})
    await officer.send(f"{there}/close", {})
    assert "Nobody begins any more" in (await officer.open(there)).text
    await officer.send(f"{there}/rework", {})
    assert (await world.services.threads.get(series)).state is CampaignState.DRAFT
    await officer.send(f"{there}/cancel", {})
    assert (await world.services.threads.get(series)).state is CampaignState.CANCELLED
    assert "thread.approve" in await world.office.actions() and "thread.cancel" in await world.office.actions()


async def test_a_thread_is_made_from_nothing_and_grows(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    await officer.open("/threads/new")
    assert (await officer.send("/threads/new", {"title": "", "topic": "bystanders"})).status_code == 422
    answer = await officer.send("/threads/new", {"title": "A story", "topic": "bystanders"})
    there = answer.headers["location"].removeprefix("/console").removesuffix("/plan")
    series = there.rpartition("/")[2]
    await officer.open(there)
    await officer.send(f"{there}/add", {"version": (await world.services.threads.get(series)).version})
    thread = await world.services.threads.get(series)
    assert "No way leads to this episode" in (await officer.open(there)).text
    await officer.send(f"{there}/remove", {"version": thread.version, "number": "3"})
    assert len((await world.services.threads.get(series)).episodes) == 2
    assert (await officer.send(f"{there}/submit", {"version": (await world.services.threads.get(series)).version})).status_code == 422
