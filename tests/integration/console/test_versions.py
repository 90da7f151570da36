"""Versions in the console: who saved what, what differs, and bringing one back."""

from __future__ import annotations

from dataclasses import replace

from bot.campaigns.quiz import Answer, Quiz, QuizText
from bot.campaigns.tables import CampaignState
from bot.messages import Language
from bot.staff.roles import Role
from tests.integration.console.support import Browser, World

EN = Language("en")


async def _two_versions(world: World) -> tuple[Browser, int]:
    officer = world.browser()
    officer_id = await officer.member(Role.OFFICER)
    campaign = await world.campaign(officer_id)
    before = (await world.services.campaigns.get(campaign)).draft
    quiz = Quiz({EN: QuizText("Where?", (Answer("Here", ""), Answer("There", "")))})
    texts = {**before.texts, EN: "**Somebody asks for pictures?** Call {emergency} (en)."}
    changed = replace(before, title="Pay later", texts=texts, quiz=quiz)
    await world.services.campaigns.edit(officer_id, campaign, 1, changed)
    return officer, campaign


async def test_the_list_says_who_saved_when_and_what_changed(world: World) -> None:
    officer, campaign = await _two_versions(world)
    assert f'href="/console/campaigns/{campaign}/versions"' in (await officer.open(f"/campaigns/{campaign}")).text
    page = (await officer.open(f"/campaigns/{campaign}/versions")).text
    assert "Title, Message in English, Quiz or poll in English" in page and "The first version" in page


async def test_words_that_went_and_came_are_marked(world: World) -> None:
    officer, campaign = await _two_versions(world)
    page = (await officer.open(f"/campaigns/{campaign}/versions/2")).text
    assert "<del>money?** </del><ins>pictures?** </ins>" in page and "<ins>Where?" in page
    assert "Bring this version back" not in page
    backwards = (await officer.open(f"/campaigns/{campaign}/versions/1?with=2")).text
    assert "<del>pictures?** </del><ins>money?** </ins>" in backwards and "Bring this version back" in backwards
    assert "nothing earlier" in (await officer.open(f"/campaigns/{campaign}/versions/1")).text


async def test_a_version_comes_back_as_a_draft_and_none_is_lost(world: World) -> None:
    officer, campaign = await _two_versions(world)
    await officer.open(f"/campaigns/{campaign}/versions/1")
    answer = await officer.send(f"/campaigns/{campaign}/versions/1/restore", {"version": "2"})
    assert answer.headers["location"].endswith(f"/campaigns/{campaign}")
    now = await world.services.campaigns.get(campaign)
    first = await world.services.versions.get(campaign, 1)
    assert now.draft == first.draft and now.state is CampaignState.DRAFT
    assert [one.number for one in await world.services.versions.list(campaign)] == [3, 2, 1]
    assert (await world.office.actions())[-1] == "campaign.restore"


async def test_a_campaign_that_has_gone_out_stays_and_its_version_begins_a_new_one(world: World) -> None:
    officer, campaign = await _two_versions(world)
    await world.services.campaigns.cancel("somebody", campaign)
    page = (await officer.open(f"/campaigns/{campaign}/versions/1")).text
    assert "becomes a new campaign" in page
    answer = await officer.send(f"/campaigns/{campaign}/versions/1/restore", {"version": "3"})
    made = int(answer.headers["location"].rpartition("/")[2])
    assert made != campaign and (await world.services.campaigns.get(campaign)).state is CampaignState.CANCELLED
    assert (await world.services.campaigns.get(made)).draft == (await world.services.versions.get(campaign, 1)).draft


async def test_a_version_that_somebody_overtook_is_not_brought_back_blindly(world: World) -> None:
    officer, campaign = await _two_versions(world)
    await officer.open(f"/campaigns/{campaign}/versions/1")
    assert (await officer.send(f"/campaigns/{campaign}/versions/1/restore", {"version": "1"})).status_code == 409


async def test_unknown_versions_are_not_found_and_approvers_only_look(world: World) -> None:
    officer, campaign = await _two_versions(world)
    for number in ("7", "x", "99999999999999"):
        assert (await officer.open(f"/campaigns/{campaign}/versions/{number}")).status_code == 404
    approver = world.browser()
    await approver.member(Role.APPROVER)
    assert "Bring this version back" not in (await approver.open(f"/campaigns/{campaign}/versions/1")).text
    assert (await approver.send(f"/campaigns/{campaign}/versions/1/restore", {"version": "2"})).status_code == 403
