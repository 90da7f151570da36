"""Results in the console: by group, side by side, from first to last episode, and the same numbers to take away."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from sqlalchemy import update

from bot.campaigns.drafts import CampaignDraft
from bot.campaigns.exchange import Content, Series
from bot.campaigns.help_presses import HelpPresses
from bot.campaigns.presses import COUNTING
from bot.campaigns.series import planned
from bot.campaigns.tables import DeliveryRow, RecipientRow
from bot.campaigns.tally import Tally
from bot.messages import Language
from bot.staff.roles import Role
from tests.integration.console.support import Browser, World


async def _officer(world: World) -> tuple[Browser, str]:
    officer = world.browser()
    return officer, await officer.member(Role.OFFICER)


async def _approved(world: World, officer_id: str, draft: CampaignDraft) -> int:
    planner = world.services.campaigns
    made = await planner.create(officer_id, draft)
    made = await planner.submit(officer_id, made.id, made.version)
    await planner.approve("somebody-else", made.id, made.content_hash)
    return made.id


async def _quiz_draft(world: World, title: str) -> CampaignDraft:
    content = (await world.services.library.get("the-code-they-want")).content
    assert isinstance(content, Content)
    return replace(world.draft(title), topic=content.topic, texts=content.texts, quiz=content.quiz)


async def _arrive(world: World, campaign_id: int) -> None:
    """The campaign fires and reaches everybody on its list."""
    planner = world.services.campaigns
    world.clock.now = (await planner.get(campaign_id)).fires_at
    await world.clockwork.tick(world.clock.now)
    async with world.office.database.begin() as session:
        pending = update(DeliveryRow).where(DeliveryRow.state == "pending")
        await session.execute(pending.values(state="sent", finished_at=world.clock.now))
    await world.clockwork.tick(world.clock.now)
    await Tally(world.office.database, world.services.city, bytes(32)).count_finished(world.clock.now)


async def _sent(world: World, officer_id: str, title: str, people: int = 60) -> int:
    """A campaign with a quiz: 30 in the first district, the rest did not say; 30 answer, 18 of them right; 12 open help."""
    draft = await _quiz_draft(world, title)
    await world.subscribe(draft.topic, people)
    async with world.office.database.begin() as session:
        half = [f"{number:064x}" for number in range(30)]
        district = world.services.city.districts[0].code
        await session.execute(update(RecipientRow).where(RecipientRow.pseudonym.in_(half)).values(district=district))
    number = await _approved(world, officer_id, draft)
    await _arrive(world, number)
    assert draft.quiz is not None and draft.quiz.right is not None
    wrong = 1 if draft.quiz.right != 1 else 2
    for person in range(15, 45):
        await world.press_answer(person, number, draft.quiz.right if person % 5 < 3 else wrong)
    helped = HelpPresses(world.office.database, world.services.city, bytes(32))
    for person in range(24, 36):
        await helped.opened(world._citizen(person), 1)
    return number


def _rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


async def test_until_presses_stop_counting_only_sums_are_shown(world: World) -> None:
    _, officer_id = await _officer(world)
    number = await _sent(world, officer_id, "The code")
    officer, _ = await _officer(world)
    page = (await officer.open(f"/campaigns/{number}")).text
    assert f"/campaigns/{number}/results" in page
    page = (await officer.open(f"/campaigns/{number}/results")).text
    assert "Numbers by group appear on" in page and "10 or more" in page and ">30<" in page and ">18<" in page
    assert "By district" not in page


async def test_results_by_group_appear_once_and_the_csv_has_the_same_numbers(world: World) -> None:
    _, officer_id = await _officer(world)
    number = await _sent(world, officer_id, "=The code")
    world.clock.now += COUNTING
    officer, _ = await _officer(world)
    page = (await officer.open(f"/campaigns/{number}/results")).text
    district = page.split('id="district"')[1].split("</section>")[0]
    assert world.services.city.districts[0].name in district and "Not told" in district and "<svg" in district
    assert "hidden" in district and "By age" not in page, "one group is no table"
    answer = await officer.open(f"/campaigns/{number}/results/csv")
    rows = _rows(answer.content)
    assert ["'=The code", "In sums", "Opened help", "People", "12", ""] in rows
    shown = [row[4] or "hidden" for row in rows if row[1].startswith("By district")]
    assert all(f">{value}<" in district for value in shown) and "hidden" in shown
    assert (await world.office.actions())[-1] == "campaign.results_csv"


async def test_campaigns_are_compared_side_by_side(world: World) -> None:
    _, officer_id = await _officer(world)
    first = await _sent(world, officer_id, "First one")
    second = await _approved(world, officer_id, world.draft("Second one"))
    await _arrive(world, second)
    world.clock.now += COUNTING
    officer, _ = await _officer(world)
    page = (await officer.open("/campaigns/compare")).text
    assert "First one" in page and 'name="id"' in page and 'class="chart"' not in page
    page = (await officer.open(f"/campaigns/compare?id={first}&id={second}")).text
    assert "Opened help, of those it was sent to" in page and "hidden" in page and "Answered the quiz" not in page
    assert page.count('class="chart"') == 2, "what both have: sent, and help opened"
    rows = _rows((await officer.open(f"/campaigns/compare/csv?id={first}&id={second}")).content)
    assert {row[0] for row in rows[1:]} == {"First one", "Second one"}
    assert (await officer.open(f"/campaigns/compare?id={first}")).status_code == 422
    assert (await officer.open(f"/campaigns/compare?id={first}&id=999")).status_code == 404


async def test_a_series_says_how_answers_shifted_and_that_these_may_be_others(world: World) -> None:
    _, officer_id = await _officer(world)
    content = (await world.services.library.get("the-group-chat")).content
    assert isinstance(content, Series)
    drafts = planned(content, world.services.city, world.draft("").send_at, Language("en"))
    planner, numbers = world.services.campaigns, []
    await world.subscribe(content.topic, 80)
    for made in await planner.create_series(officer_id, drafts):
        made = await planner.submit(officer_id, made.id, made.version)
        await planner.approve("somebody-else", made.id, made.content_hash)
        numbers.append(made.id)
    for number, right in ((numbers[0], 20), (numbers[-1], 55)):
        await _arrive(world, number)
        quiz = (await planner.get(number)).draft.quiz
        assert quiz is not None and quiz.right is not None
        for person in range(80):
            await world.press_answer(person, number, quiz.right if person < right else (1 if quiz.right != 1 else 2))
    officer, _ = await _officer(world)
    page = (await officer.open(f"/campaigns/{numbers[0]}/results")).text.split('id="shift"')[1]
    assert "In the last episode a larger share answered right." in page and "may be different people" in page
    assert "20 of 80" in page and "55 of 80" in page and "95 % interval: " in page


async def test_what_was_not_sent_has_no_results(world: World) -> None:
    officer, officer_id = await _officer(world)
    number = await world.campaign(officer_id)
    assert "Nothing was sent yet" in (await officer.open(f"/campaigns/{number}/results")).text
    assert (await officer.open(f"/campaigns/{number}/results/csv")).status_code == 404
