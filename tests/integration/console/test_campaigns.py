"""A campaign from the first word to the progress bar."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import func, select, update

from bot.campaigns.steering import pause_by_itself
from bot.campaigns.tables import CampaignState, DeliveryRow, DeliveryState
from bot.staff.roles import Role
from tests.integration.console.support import Browser, World


def _fields(world: World, **changes: str) -> dict[str, str]:
    texts = {f"text_{language}": f"**Stop.** Call {{emergency}}. {language}" for language in world.services.city.languages}
    day = (world.services.city.local(world.clock.now) + timedelta(days=1)).date().isoformat()
    return {"title": "Think first", "topic": "scams", "day": day, "time": "17:30", "late_after": "120", **texts} | changes


async def _written(world: World, browser: Browser, **changes: str) -> str:
    """An officer fills in the form; returns the campaign's address."""
    await browser.open("/campaigns/new")
    answer = await browser.send("/campaigns/new", _fields(world, **changes))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix("/console")


async def test_written_submitted_approved_by_another_and_sent(world: World) -> None:
    officer, approver = world.browser(), world.browser()
    await officer.member(Role.OFFICER)
    address = await _written(world, officer)
    page = (await officer.open(address)).text
    assert "<b>Stop.</b> Call 112." in page
    await officer.send(f"{address}/submit", {"version": "1"})
    assert "Waits for approval" in (await officer.open(address)).text
    await approver.member(Role.APPROVER)
    page = (await approver.open(address)).text
    content_hash = page.split('name="content_hash" value="')[1].split('"')[0]
    assert (await approver.send(f"{address}/approve", {"content_hash": content_hash})).status_code == 303
    await world.subscribe("scams", 30)
    campaign = await world.services.campaigns.get(int(address.rsplit("/", 1)[1]))
    await world.clockwork.tick(campaign.fires_at + timedelta(seconds=1))
    progress = (await officer.open(f"{address}/progress")).text
    assert "0 of 30 handled" in progress and "<progress" in progress and "<html" not in progress
    recorded = [action for action in await world.office.actions() if action.startswith("campaign")]
    assert recorded == ["campaign.create", "campaign.submit", "campaign.approve"]


async def test_results_of_a_few_people_are_hidden_in_a_large_audience_too(world: World) -> None:
    officer, approver = world.browser(), world.browser()
    await officer.member(Role.OFFICER)
    await approver.member(Role.APPROVER)
    address = await _approved(world, officer, approver)
    await world.subscribe("scams", 40)
    campaign = await world.services.campaigns.get(int(address.rsplit("/", 1)[1]))
    await world.clockwork.tick(campaign.fires_at + timedelta(seconds=1))
    async with world.office.database.begin() as session:
        one = await session.scalar(select(func.min(DeliveryRow.pseudonym)))
        await session.execute(update(DeliveryRow).where(DeliveryRow.pseudonym == one).values(state=DeliveryState.BLOCKED))
    row = (await officer.open(f"{address}/progress")).text.split("<tbody>")[1]
    assert 'data-label="Blocked Faro"><span class="hidden-number">' in row
    assert ">39<" not in row


async def _approved(world: World, officer: Browser, approver: Browser) -> str:
    address = await _written(world, officer)
    await officer.send(f"{address}/submit", {"version": "1"})
    page = (await approver.open(address)).text
    content_hash = page.split('name="content_hash" value="')[1].split('"')[0]
    await approver.send(f"{address}/approve", {"content_hash": content_hash})
    return address


async def test_a_running_campaign_is_paused_and_resumed_with_a_button_each(world: World) -> None:
    officer, approver = world.browser(), world.browser()
    await officer.member(Role.OFFICER)
    await approver.member(Role.APPROVER)
    address = await _approved(world, officer, approver)
    campaign_id = int(address.rsplit("/", 1)[1])
    assert "/pause" not in (await officer.open(address)).text
    await world.subscribe("scams", 20)
    await world.clockwork.tick((await world.services.campaigns.get(campaign_id)).fires_at)
    await officer.open(address)
    await officer.send(f"{address}/pause")
    page = (await officer.open(address)).text
    assert "Paused by " in page and "/pause" not in page
    await officer.send(f"{address}/resume")
    assert "Being sent" in (await officer.open(address)).text
    async with world.office.database.begin() as session:
        assert await pause_by_itself(session, campaign_id, world.clock.now)
    assert "too many messages went wrong" in (await officer.open(address)).text
    assert (await world.office.actions())[-2:] == ["campaign.pause", "campaign.resume"]


async def test_why_messages_were_not_sent_is_listed_without_small_numbers(world: World) -> None:
    officer, approver = world.browser(), world.browser()
    await officer.member(Role.OFFICER)
    await approver.member(Role.APPROVER)
    address = await _approved(world, officer, approver)
    await world.subscribe("scams", 60)
    await world.clockwork.tick((await world.services.campaigns.get(int(address.rsplit("/", 1)[1]))).fires_at)
    async with world.office.database.begin() as session:
        people = list(await session.scalars(select(DeliveryRow.pseudonym).order_by(DeliveryRow.pseudonym)))
        for reason, few in (("weekly_cap", people[:25]), ("paused_by_person", people[25:40]), ("unsubscribed", people[40:43])):
            stopped = {"state": DeliveryState.STOPPED, "reason": reason}
            await session.execute(update(DeliveryRow).where(DeliveryRow.pseudonym.in_(few)).values(stopped))
    page = (await officer.open(f"{address}/progress")).text
    assert "Held back by the cap of messages a week <b>25</b>" in page
    assert "The person unsubscribed <b>hidden</b>" in page
    assert "The person has paused messages <b>hidden</b>" in page  # Else the hidden number could be worked out.


async def test_the_next_dates_are_shown_before_saving_and_on_the_page(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    await officer.open("/campaigns/new")
    first = world.services.city.local(world.clock.now).date() + timedelta(days=1)
    weekly = _fields(world, rhythm="weekly", weekday=str(first.weekday()), times="4", title="Each week")
    page = (await officer.send("/campaigns/outlook", weekly)).text
    shown = [f'datetime="{first + timedelta(weeks=week)}' for week in range(4)]
    assert all(each in page for each in shown) and 'value="Each week"' in page
    assert await world.services.campaigns.list() == []
    part = (await officer.send("/campaigns/outlook", {**weekly, "part": "yes"})).text
    assert shown[3] in part and "<html" not in part
    assert "campaign.create" not in await world.office.actions()
    await officer.open("/campaigns/new")
    address = (await officer.send("/campaigns/new", weekly)).headers["location"].removeprefix("/console")
    page = (await officer.open(address)).text
    assert all(each in page for each in shown) and "Every week" in page


async def test_an_audience_is_narrowed_and_counted_before_saving_and_comes_back_in_the_form(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    await world.subscribe("scams", 25)
    await officer.open("/campaigns/new")
    narrowed = _fields(world, audience_language="en", harm_hours="6", part="yes")
    assert "At least 20 people" in (await officer.send("/campaigns/outlook", narrowed)).text
    await officer.open("/campaigns/new")
    assert "Fewer than 10 people" in (await officer.send("/campaigns/outlook", {**narrowed, "age_band": "from13"})).text
    await officer.open("/campaigns/new")
    address = (await officer.send("/campaigns/new", {**narrowed, "age_band": "from13"})).headers["location"].removeprefix("/console")
    page = (await officer.open(address)).text
    assert "13 to 15" in page and "6 hours" in page
    form = (await officer.open(f"{address}/edit")).text
    assert 'value="from13" checked' in form and 'value="en" checked' in form and 'value="6" selected' in form
    assert 'value="fr" checked' not in form


async def test_nobody_approves_what_they_wrote_themselves(world: World) -> None:
    both = world.browser()
    await both.member(Role.OFFICER, Role.APPROVER)
    address = await _written(world, both)
    await both.open(address)
    await both.send(f"{address}/submit", {"version": "1"})
    page = (await both.open(address)).text
    assert "waits for somebody who did not write" in page and f"{address}/approve" not in page
    answer = await both.send(f"{address}/approve", {"content_hash": "x"})
    assert answer.status_code == 403 and "Somebody else has to approve" in answer.text
    assert "campaign.approve" not in await world.office.actions()


async def test_an_approval_counts_for_what_was_shown_only(world: World) -> None:
    officer, approver = world.browser(), world.browser()
    await officer.member(Role.OFFICER)
    address = await _written(world, officer)
    await officer.open(address)
    await officer.send(f"{address}/submit", {"version": "1"})
    await approver.member(Role.APPROVER)
    answer = await approver.send(f"{address}/approve", {"content_hash": "0" * 64})
    assert answer.status_code == 409


async def test_a_second_tab_of_the_same_person_is_told_so(world: World) -> None:
    officer, approver, other = world.browser(), world.browser(), world.browser()
    await officer.member(Role.OFFICER)
    address = await _written(world, officer)
    await officer.open(address)
    await officer.send(f"{address}/submit", {"version": "1"})
    again = (await officer.send(f"{address}/submit", {"version": "1"})).text
    assert "You did this already" in again and "Asked for approval" in again and f'href="/console{address}"' in again
    await approver.member(Role.APPROVER)
    seen = {"content_hash": re.findall(r'name="content_hash" value="(\w+)"', (await approver.open(address)).text)[0]}
    await other.member(Role.APPROVER)
    await other.open(address)
    assert (await approver.send(f"{address}/approve", seen)).status_code == 303
    assert "Somebody was quicker" in (await other.send(f"{address}/approve", seen)).text
    assert "You did this already" in (await approver.send(f"{address}/approve", seen)).text


async def test_sent_back_with_a_reason_that_the_author_reads(world: World) -> None:
    officer, approver = world.browser(), world.browser()
    await officer.member(Role.OFFICER)
    address = await _written(world, officer)
    await officer.open(address)
    await officer.send(f"{address}/submit", {"version": "1"})
    await approver.member(Role.APPROVER)
    await approver.open(address)
    assert "Say what has to change" in (await approver.send(f"{address}/send-back", {"reason": " "})).text
    await approver.send(f"{address}/send-back", {"reason": "Too long <for> phones"})
    assert "Too long &lt;for&gt; phones" in (await officer.open(address)).text


async def test_an_unfinished_draft_is_kept_and_says_what_is_missing(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    address = await _written(world, officer, text_fr="", text_es="Call {nobody}", time="03:00")
    page = (await officer.open(address)).text
    assert "Write the text in French." in page and "{nobody} in the text in Spanish" in page and "people sleep" in page
    assert f"{address}/submit" not in page
    assert (await officer.send(f"{address}/submit", {"version": "1"})).status_code == 422


async def test_an_unusable_form_comes_back_with_everything_typed(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    await officer.open("/campaigns/new")
    for changes in ({"title": ""}, {"topic": "nonsense"}, {"day": "not a day"}, {"day": ""}, {"late_after": "9" * 30}, {"time": "25:99"}):
        answer = await officer.send("/campaigns/new", _fields(world, **changes))
        assert answer.status_code == 422, changes
        assert "**Stop.** Call {emergency}. fr" in answer.text
        assert 'id="problems"' in answer.text
    assert await world.services.campaigns.list() == []


async def test_two_officers_editing_at_once_lose_nothing(world: World) -> None:
    first, second = world.browser(), world.browser()
    await first.member(Role.OFFICER)
    await second.member(Role.OFFICER)
    address = await _written(world, first)
    await first.open(f"{address}/edit")
    await second.open(f"{address}/edit")
    assert (await first.send(f"{address}/edit", _fields(world, version="1", title="First"))).status_code == 303
    answer = await second.send(f"{address}/edit", _fields(world, version="1", title="Second words"))
    assert answer.status_code == 409
    assert "Second words" in answer.text and "Somebody else changed this campaign" in answer.text


async def test_cancelling_ends_it_for_good(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    address = await _written(world, officer)
    await officer.open(address)
    await officer.send(f"{address}/cancel")
    campaign = await world.services.campaigns.get(int(address.rsplit("/", 1)[1]))
    assert campaign.state is CampaignState.CANCELLED
    assert (await officer.open(f"{address}/edit")).status_code == 409


async def test_the_preview_is_rendered_with_the_code_that_sends_and_escapes(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    answer = await officer.send("/campaigns/preview", {"text": "**Hi** <script>alert(1)</script> {city}"})
    assert answer.text == "<b>Hi</b> &lt;script&gt;alert(1)&lt;/script&gt; Portclair"


async def test_addresses_that_name_no_campaign_are_not_found(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    for number in ("999", "nonsense", "9" * 40, "-1", "²"):
        assert (await officer.open(f"/campaigns/{number}")).status_code == 404


async def test_a_small_audience_is_not_counted_out(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    address = await _written(world, officer)
    await world.subscribe("scams", 3)
    assert "Fewer than 10 people" in (await officer.open(address)).text
