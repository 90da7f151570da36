"""From the library to drafts, and no further."""

from __future__ import annotations

import itertools
from datetime import timedelta

from bot.campaigns.exchange import Series, read
from bot.campaigns.tables import CampaignState
from bot.staff.roles import Role
from tests.integration.console.support import World

WHEN = {"day": "2026-12-01", "time": "17:30"}


async def test_officers_find_ready_campaigns_by_topic(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    page = (await officer.open("/campaigns/library")).text
    topics = [world.services.city.label("topic", topic, world.services.languages[0]) for topic in world.services.city.topics]
    assert [topic for topic in topics if topic in page] == topics[:-1], "bikes have no campaign yet"
    assert "Money, or everybody sees it" in page and "5 episodes" in page and "With a quiz" in page


async def test_a_message_is_shown_in_every_language_as_on_a_phone(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    page = (await officer.open("/campaigns/library/the-code-they-want")).text
    assert page.count('class="bubble"') == len(world.services.city.languages)
    assert "A friend writes" in page and "Una persona amica scrive" in page and "Start from this" in page
    assert "Big night in Portclair" in (await officer.open("/campaigns/library/find-each-other")).text
    assert (await officer.open("/campaigns/library/nothing")).status_code == 404


async def test_starting_makes_a_complete_draft(world: World) -> None:
    officer = world.browser()
    officer_id = await officer.member(Role.OFFICER)
    await officer.open("/campaigns/library/the-code-they-want")
    answer = await officer.send("/campaigns/library/the-code-they-want/start", WHEN)
    (made,) = await world.services.campaigns.list()
    assert answer.headers["location"] == f"/console/campaigns/{made.id}"
    campaign = await world.services.campaigns.get(made.id)
    assert (campaign.state, campaign.author_id) == (CampaignState.DRAFT, officer_id)
    assert set(campaign.texts) == set(world.services.city.languages) and campaign.draft.quiz and campaign.draft.sources
    assert world.services.campaigns.check(campaign.draft) == []
    assert (await world.office.actions())[-1] == "campaign.library"


async def test_a_series_becomes_five_drafts_at_the_same_hour(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    await officer.open("/campaigns/library/the-group-chat")
    await officer.send("/campaigns/library/the-group-chat/start", WHEN)
    made = sorted(await world.services.campaigns.list(), key=lambda one: one.id)
    assert [one.episode for one in made] == [1, 2, 3, 4, 5] and {one.state for one in made} == {CampaignState.DRAFT}
    assert {later.fires_at - earlier.fires_at for earlier, later in itertools.pairwise(made)} == {timedelta(days=7)}


async def test_an_approver_reads_the_library_but_starts_nothing(world: World) -> None:
    approver = world.browser()
    await approver.member(Role.APPROVER)
    page = (await approver.open("/campaigns/library/the-group-chat")).text
    assert "Start the series" not in page
    assert (await approver.send("/campaigns/library/the-group-chat/start", WHEN)).status_code == 403
    assert await world.services.campaigns.list() == []


async def test_episodes_lead_to_each_other_and_leave_as_one_file(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    await officer.open("/campaigns/library/the-group-chat")
    await officer.send("/campaigns/library/the-group-chat/start", WHEN)
    first, second, *_ = sorted(await world.services.campaigns.list(), key=lambda one: one.id)
    page = (await officer.open(f"/campaigns/{second.id}")).text
    assert "<b>The screenshot</b>" in page and f'href="/console/campaigns/{first.id}">The joke</a>' in page and page.count("<small>") >= 5
    await world.services.campaigns.cancel("somebody", second.id)
    answer = await officer.open(f"/campaigns/{first.id}/export-series")
    shared = read(answer.text)
    assert isinstance(shared, Series) and [one.title for one in shared.episodes][:2] == ["The joke", "The one who goes quiet"]
    assert (shared.every_days, len(shared.episodes), shared.topic) == (9, 4, "bystanders")


async def test_a_campaign_of_no_series_is_exported_alone(world: World) -> None:
    officer = world.browser()
    campaign = await world.campaign(await officer.member(Role.OFFICER))
    assert (await officer.open(f"/campaigns/{campaign}/export-series")).status_code == 404
    assert "export-series" not in (await officer.open(f"/campaigns/{campaign}")).text


async def test_without_a_usable_day_nothing_is_started(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    for wrong in ({"day": "soon", "time": "17:00"}, {"day": "2026-12-01", "time": "late"}, {"day": "9999-12-30", "time": "17:00"}, {}):
        await officer.open("/campaigns/library/the-group-chat")
        answer = await officer.send("/campaigns/library/the-group-chat/start", wrong)
        assert answer.status_code == 422 and "Choose a day and a time." in answer.text
    assert await world.services.campaigns.list() == []
    assert "campaign.library" not in await world.office.actions()


async def test_a_day_at_the_end_of_the_calendar_breaks_nothing(world: World) -> None:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    for day in ("9999-12-31", "0001-01-01"):
        await officer.open("/campaigns/library/the-code-they-want")
        answer = await officer.send("/campaigns/library/the-code-they-want/start", {"day": day, "time": "23:59"})
        assert answer.status_code in (303, 422)
        assert (await officer.open("/campaigns")).status_code == 200
