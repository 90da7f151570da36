"""Files in, files out: an import makes drafts and nothing more, an export tells nothing of the house."""

from __future__ import annotations

import pytest
import yaml

from bot.campaigns.exchange import Content, read
from bot.campaigns.tables import CampaignState
from bot.staff.roles import Role
from tests.integration.console.support import Browser, World
from tests.unit.campaigns.test_exchange import CONTENT, FILE, SERIES


async def _officer(world: World) -> Browser:
    officer = world.browser()
    await officer.member(Role.OFFICER)
    await officer.open("/campaigns/import")
    return officer


async def test_a_file_becomes_a_draft_of_whoever_imports_it(world: World) -> None:
    officer = await _officer(world)
    answer = await officer.send("/campaigns/import", {"text": FILE})
    assert answer.status_code == 303, answer.text
    (summary,) = await world.services.campaigns.list()
    campaign = await world.services.campaigns.get(summary.id)
    assert campaign.state is CampaignState.DRAFT and campaign.draft.quiz == CONTENT.quiz
    assert (await world.office.actions())[-1] == "campaign.import"
    page = (await officer.open(f"/campaigns/{summary.id}")).text
    assert "Lock your bike twice." in page and "Write the text in Italian." in page and "A talk with the repair café" in page


async def test_what_is_exported_imports_as_the_same(world: World) -> None:
    officer = await _officer(world)
    await officer.send("/campaigns/import", {"text": FILE})
    (first,) = await world.services.campaigns.list()
    answer = await officer.open(f"/campaigns/{first.id}/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="the-second-lock.yml"'
    assert answer.headers["content-type"] == "application/yaml; charset=utf-8"
    content = read(answer.text)
    assert isinstance(content, Content) and content.quiz == CONTENT.quiz and content.sources == CONTENT.sources
    assert set(yaml.safe_load(answer.text)) == {"kind", "format", "title", "topic", "sources", "texts", "quiz"}


async def test_a_series_becomes_a_draft_for_each_episode(world: World) -> None:
    officer = await _officer(world)
    await officer.send("/campaigns/import", {"text": SERIES})
    one, two = sorted(await world.services.campaigns.list(), key=lambda found: found.id)
    assert (one.title, two.title, one.state, two.state) == ("One", "Two", CampaignState.DRAFT, CampaignState.DRAFT)
    assert (two.fires_at - one.fires_at).days == 7


async def test_a_topic_of_another_city_is_replaced_by_one_of_this_one(world: World) -> None:
    officer = await _officer(world)
    strange = FILE.replace("topic: bikes", "topic: canoes")
    answer = await officer.send("/campaigns/import", {"text": strange})
    assert answer.status_code == 422 and "This city has no such topic." in answer.text
    assert await world.services.campaigns.list() == []
    await officer.send("/campaigns/import", {"text": strange, "topic": "bikes"})
    (made,) = await world.services.campaigns.list()
    assert made.topic == "bikes"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "It must be keys with their values."),
        ("a: &b [*b]", "Only plain keys"),
        (FILE.replace("title: The", "titel: <b>The"), "<code>title, line 2</code> It is missing."),
        (FILE.replace("topic:", "<script>: x\ntopic:"), "&lt;script&gt;, line 6"),
    ],
)
async def test_what_cannot_be_used_comes_back_with_what_to_mend(world: World, text: str, words: str) -> None:
    officer = await _officer(world)
    answer = await officer.send("/campaigns/import", {"text": text})
    assert answer.status_code == 422 and words in answer.text and "<script>" not in answer.text.replace("<script src", "")
    assert await world.services.campaigns.list() == []
    assert "campaign.import" not in await world.office.actions()


async def test_whoever_may_not_plan_imports_nothing_but_may_export(world: World) -> None:
    campaign = await world.campaign("somebody")
    approver = world.browser()
    await approver.member(Role.APPROVER)
    assert (await approver.open("/campaigns/import")).status_code == 403
    assert (await approver.open(f"/campaigns/{campaign}/export")).status_code == 200
    assert (await approver.open("/campaigns/x/export")).status_code == 404
    assert (await approver.open("/campaigns/99/export")).status_code == 404
