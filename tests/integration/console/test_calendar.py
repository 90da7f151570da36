"""The calendar of campaigns: what stands on it, and moving, by who may do what."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.campaigns.agenda import Agenda
from bot.campaigns.calendar import Clash
from bot.campaigns.plans import Campaign
from bot.campaigns.rules import Repeat, Rhythm
from bot.campaigns.spans import Span, month_of
from bot.campaigns.tables import CampaignState
from bot.staff.roles import Role
from tests.integration.console.support import Browser, World


def _free_evening(world: World, days: int = 3) -> datetime:
    """A time on the wall, some days from now, at which nobody sleeps or is in school."""
    today = world.services.city.local(world.clock.now).date()
    return datetime.combine(today, time(17, 30)) + timedelta(days=days)


async def _planned(world: World, author: str, title: str = "Think first", days: int = 3, **changes: object) -> Campaign:
    draft = replace(world.draft(title), send_at=_free_evening(world, days), **changes)  # type: ignore[arg-type]
    return await world.services.campaigns.create(author, draft)


async def _approved(world: World, campaign: Campaign, author: str) -> Campaign:
    waiting = await world.services.campaigns.submit(author, campaign.id, campaign.version)
    approver, _ = await world.office.member(f"approver-{campaign.id}", Role.APPROVER)
    return await world.services.campaigns.approve(approver, campaign.id, waiting.content_hash)


async def _move(browser: Browser, campaign: Campaign, to: datetime, **changes: str) -> int:
    fields = {"version": str(campaign.version), "day": to.date().isoformat(), "time": f"{to:%H:%M}", "view": "month"}
    return (await browser.send(f"/campaigns/{campaign.id}/move", fields | changes)).status_code


def _span(world: World, days: int = 30) -> Span:
    today = world.services.city.local(world.clock.now).date()
    return Span(today - timedelta(days=5), today + timedelta(days=days))


async def test_each_view_shows_what_is_planned_and_leads_to_it(world: World) -> None:
    officer = world.browser()
    me = await officer.member(Role.OFFICER)
    campaign = await _planned(world, me)
    day = campaign.send_at.date()
    for view in ("month", "week", "list"):
        page = (await officer.open(f"/campaigns/calendar?view={view}&day={day}")).text
        assert f'id="campaign-{campaign.id}" href="/console/campaigns/{campaign.id}"' in page
        assert f"/campaigns/{campaign.id}/move?view={view}&amp;day={day}&amp;time=17:30" in page
    assert f"/campaigns/{campaign.id}/move" not in (await officer.open(f"/campaigns/calendar?day={day.year + 1}-01-15")).text
    assert (await officer.open("/campaigns/calendar?view=nonsense&day=never")).status_code == 200


async def test_a_move_keeps_the_content_and_asks_for_approval_again(world: World) -> None:
    officer = world.browser()
    me = await officer.member(Role.OFFICER)
    campaign = await _approved(world, await _planned(world, me), me)
    to = _free_evening(world, 6)
    page = (await officer.open(f"/campaigns/{campaign.id}/move?day={to.date()}&time=17:30&view=month")).text
    assert "somebody has to approve it anew" in page and "Nothing speaks against it" in page
    answer = await officer.send(
        f"/campaigns/{campaign.id}/move", {"version": str(campaign.version), "day": to.date().isoformat(), "time": "17:30", "view": "month"}
    )
    assert answer.headers["location"] == f"/console/campaigns/calendar?view=month&day={to.date()}#campaign-{campaign.id}"
    moved = await world.services.campaigns.get(campaign.id)
    assert (moved.state, moved.send_at, moved.approver_id) == (CampaignState.DRAFT, to, None)
    assert replace(moved.draft, send_at=campaign.send_at) == campaign.draft
    assert "Moved. It is a draft now" in (await officer.open("/campaigns/calendar")).text
    assert (await world.office.actions())[-1] == "campaign.move"


async def test_a_colleagues_change_meanwhile_is_not_overwritten(world: World) -> None:
    officer = world.browser()
    me = await officer.member(Role.OFFICER)
    campaign = await _planned(world, me)
    await officer.open(f"/campaigns/{campaign.id}/move")
    better = replace(campaign.draft, title="A better title")
    changed = await world.services.campaigns.edit("colleague", campaign.id, campaign.version, better)
    assert await _move(officer, campaign, _free_evening(world, 6)) == 409
    assert "Somebody else changed this campaign" in officer.page and "A better title" in officer.page
    assert f'name="version" value="{changed.version}"' in officer.page
    assert (await world.services.campaigns.get(campaign.id)).send_at == campaign.send_at
    assert await _move(officer, changed, _free_evening(world, 6)) == 303  # Seen, and decided anew.
    assert (await world.services.campaigns.get(campaign.id)).title == "A better title"


async def test_nothing_is_moved_into_the_past_to_nowhere_or_to_where_it_is(world: World) -> None:
    officer = world.browser()
    me = await officer.member(Role.OFFICER)
    campaign = await _planned(world, me)
    await officer.open(f"/campaigns/{campaign.id}/move")
    assert await _move(officer, campaign, _free_evening(world, -1)) == 422
    assert "still to come" in officer.page
    assert await _move(officer, campaign, campaign.send_at) == 422
    assert "planned for this time already" in officer.page
    assert await _move(officer, campaign, campaign.send_at, day="2026-02-30") == 422
    assert await _move(officer, campaign, campaign.send_at, time="noon") == 422
    assert await _move(officer, campaign, campaign.send_at, day="9999-12-31") == 422
    assert (await world.services.campaigns.get(campaign.id)).version == campaign.version


async def test_what_repeats_is_moved_date_by_date_and_what_is_being_sent_stays(world: World) -> None:
    officer = world.browser()
    me = await officer.member(Role.OFFICER)
    weekly = await _planned(world, me, repeat=Repeat(Rhythm.WEEKLY, tuple(range(7)), times=5))
    page = (await officer.open(f"/campaigns/{weekly.id}/move")).text
    assert "Move one of its dates on the calendar" in page and f"/campaigns/{weekly.id}/edit" in page
    assert await _move(officer, weekly, _free_evening(world, 9)) == 422
    page = (await officer.open(f"/campaigns/calendar?view=list&day={weekly.send_at.date()}")).text
    assert "Change its rule" in page and f"/campaigns/{weekly.id}/date?original={weekly.send_at:%Y-%m-%dT%H:%M}" in page
    sent = await _approved(world, await _planned(world, me, "Sent"), me)
    await world.clockwork.tick(sent.fires_at)
    await officer.open(f"/campaigns/{sent.id}/move")
    assert "cannot be moved any more" in officer.page
    assert await _move(officer, sent, _free_evening(world, 9)) == 422


async def test_one_date_moves_is_left_out_and_comes_back_with_one_press(world: World) -> None:
    officer = world.browser()
    me = await officer.member(Role.OFFICER)
    weekly = await _approved(world, await _planned(world, me, repeat=Repeat(Rhythm.WEEKLY, (0, 2, 4), times=5)), me)
    original = world.services.city.local(weekly.fires_at).replace(tzinfo=None)
    to, name = original + timedelta(days=1), original.isoformat(timespec="minutes")
    page = (await officer.open(f"/campaigns/{weekly.id}/date?original={name}&day={to.date()}&time=18:00&view=list")).text
    assert "The approval stays" in page and "This one and all that follow" in page
    night = (await officer.open(f"/campaigns/{weekly.id}/date/outlook?original={name}&day={to.date()}&time=23:00")).text
    assert "Nobody is written to at night" in night and "<html" not in night
    await officer.open(f"/campaigns/{weekly.id}/date?original={name}&view=list")

    async def press(path: str, **fields: str) -> int:
        version = str((await world.services.campaigns.get(weekly.id)).version)
        given = {"version": version, "original": name, "view": "list", "day": to.date().isoformat(), "time": "18:00", "reach": "one"}
        return (await officer.send(f"/campaigns/{weekly.id}/{path}", given | fields)).status_code

    assert await press("date", deed="move", time="23:00") == 422
    assert await press("date", deed="move", version="1") == 409
    assert await press("date", deed="move") == 303
    page = (await officer.open(f"/campaigns/calendar?view=list&day={to.date()}")).text
    assert "Moved from" in page and "Put it back" in page
    assert "Moved from" in (await officer.open(f"/campaigns/{weekly.id}")).text
    assert await press("date/restore") == 303
    assert await press("date", deed="skip", day="", time="") == 303
    assert "Left out" in (await officer.open(f"/campaigns/calendar?view=list&day={original.date()}")).text
    assert await press("date/restore") == 303
    after = await world.services.campaigns.get(weekly.id)
    assert (after.state, after.changes, after.fires_at) == (CampaignState.APPROVED, (), weekly.fires_at)
    assert [one for one in await world.office.actions() if ".date_" in one] == [
        "campaign.date_change", "campaign.date_restore", "campaign.date_change", "campaign.date_restore"
    ]  # fmt: skip


@pytest.mark.parametrize(("role", "may_look"), [(Role.APPROVER, True), (Role.ANALYST, True), (Role.ADMIN, False)])
async def test_others_look_at_most(world: World, role: Role, may_look: bool) -> None:
    author, _ = await world.office.member("author", Role.OFFICER)
    campaign = await _planned(world, author)
    browser = world.browser()
    await browser.member(role)
    answer = await browser.open(f"/campaigns/calendar?day={campaign.send_at.date()}")
    assert (answer.status_code == 200) == may_look
    assert "/move" not in answer.text and "data-move" not in answer.text and 'id="carry"' not in answer.text
    assert (await browser.open(f"/campaigns/{campaign.id}/move")).status_code == 403
    await browser.open("/account")
    assert await _move(browser, campaign, _free_evening(world, 6)) == 403
    assert (await world.services.campaigns.get(campaign.id)).send_at == campaign.send_at


async def test_what_clashes_is_said_before_a_move_and_shown_after_it(world: World) -> None:
    officer = world.browser()
    me = await officer.member(Role.OFFICER)
    first, second = await _planned(world, me, "First"), await _planned(world, me, "Second", days=4)
    at = first.send_at
    said = (await officer.open(f"/campaigns/{second.id}/move/outlook?day={at.date()}&time=18:30")).text
    assert "Topic twice that day" in said and "<html" not in said
    assert "Nobody is written to at night" in (await officer.open(f"/campaigns/{second.id}/move/outlook?day={at.date()}&time=23:00")).text
    assert "Choose a day and a time" in (await officer.open(f"/campaigns/{second.id}/move/outlook?day=&time=")).text
    await officer.open(f"/campaigns/{second.id}/move")
    assert await _move(officer, second, at + timedelta(hours=1)) == 303
    page = (await officer.open(f"/campaigns/calendar?view=list&day={at.date()}")).text
    assert page.count("Topic twice that day</span>") == 2


async def test_past_firings_show_their_state_and_small_audiences_stay_hidden(world: World) -> None:
    officer = world.browser()
    me = await officer.member(Role.OFFICER)
    campaign = await _approved(world, await _planned(world, me), me)
    await world.subscribe(campaign.topic, 4)
    await world.clockwork.tick(campaign.fires_at)
    day = campaign.send_at.date()
    page = (await officer.open(f"/campaigns/calendar?view=list&day={day}")).text
    assert "Being sent" in page and "Fewer than 10 people" in page and "for 4 people" not in page


async def test_episodes_carry_their_number(world: World) -> None:
    officer = world.browser()
    me = await officer.member(Role.OFFICER)
    drafts = [replace(world.draft(f"Part {number}"), send_at=_free_evening(world, number)) for number in (1, 2)]
    await world.services.campaigns.create_series(me, drafts)
    page = (await officer.open(f"/campaigns/calendar?view=week&day={drafts[1].send_at.date()}")).text
    assert re.search(r"Part 2.*?Episode 2", page, re.DOTALL)


async def test_the_agenda_joins_past_and_coming_and_counts_days_around_the_span(world: World) -> None:
    city, agenda = world.services.city, Agenda(world.office.database, world.services.city, world.clock)
    author, _ = await world.office.member("author", Role.OFFICER)
    daily = await _planned(world, author, days=1, repeat=Repeat(Rhythm.WEEKLY, tuple(range(7)), times=6))
    running = await _approved(world, daily, author)
    await world.clockwork.tick(running.fires_at)
    world.clock.now = running.fires_at + timedelta(hours=1)
    sheet = await agenda.between(_span(world))
    assert [entry.state.value for entry in sheet.entries] == ["done"] + ["approved"] * 5  # Nobody is subscribed.
    assert sheet.complete and sheet.entries[0].clashes == ()
    last = sheet.entries[-1].day
    (only,) = (await agenda.between(Span(last, last))).entries
    assert Clash.WEEKLY_CAP in only.clashes  # Six within seven days, though only one of them is shown.
    assert await agenda.if_moved(running.id, _free_evening(world, 6)) is None
    assert await agenda.if_moved(10**9, _free_evening(world, 6)) is None
    assert not (await agenda.between(month_of(date(city.local(world.clock.now).year + 2, 1, 1)))).entries
