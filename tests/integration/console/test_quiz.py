"""Writing a quiz in the console, and its results with small numbers hidden."""

from __future__ import annotations

from dataclasses import replace

from bot.campaigns.exchange import Content
from bot.campaigns.tables import CampaignState
from bot.staff.roles import Role
from tests.integration.console.support import Browser, World


def _fields(world: World, version: int, **changes: str) -> dict[str, str]:
    fields = {"version": str(version), "right": "2"}
    for language in world.services.city.languages:
        fields[f"question_{language}"] = f"Who? ({language})"
        for number in (1, 2):
            fields |= {f"answer_{language}_{number}": f"Answer {number}", f"explanation_{language}_{number}": f"**Because** {number}."}
    return fields | changes


async def _draft(world: World) -> tuple[Browser, int]:
    officer = world.browser()
    officer_id = await officer.member(Role.OFFICER)
    campaign = await world.campaign(officer_id)
    await officer.open(f"/campaigns/{campaign}/quiz")
    return officer, campaign


async def test_an_officer_writes_a_quiz_and_sees_it_as_on_a_phone(world: World) -> None:
    officer, campaign = await _draft(world)
    answer = await officer.send(f"/campaigns/{campaign}/quiz", _fields(world, 1))
    assert answer.status_code == 303, answer.text
    page = (await officer.open(f"/campaigns/{campaign}")).text
    assert "<b>Who? (fr)</b>" in page and "<li>Answer 2</li>" in page and "<b>Because</b> 1." in page and "Change the quiz" in page
    assert (await world.office.actions())[-1] == "campaign.quiz"
    form = (await officer.open(f"/campaigns/{campaign}/quiz")).text
    assert 'value="Who? (it)"' in form and '<option value="2" selected>' in form


async def test_the_campaigns_own_form_keeps_the_quiz(world: World) -> None:
    officer, campaign = await _draft(world)
    await officer.send(f"/campaigns/{campaign}/quiz", _fields(world, 1))
    before = (await world.services.campaigns.get(campaign)).draft
    assert before.quiz is not None
    texts = {f"text_{language}": text for language, text in before.texts.items()}
    when = {"day": before.send_at.date().isoformat(), "time": "17:30", "late_after": "120"}
    await officer.send(f"/campaigns/{campaign}/edit", {"version": "2", "title": "Another", "topic": before.topic, **when, **texts})
    after = (await world.services.campaigns.get(campaign)).draft
    assert after.title == "Another" and after.quiz == before.quiz


async def test_an_unfinished_quiz_is_kept_and_what_is_missing_is_named(world: World) -> None:
    officer, campaign = await _draft(world)
    await officer.send(f"/campaigns/{campaign}/quiz", _fields(world, 1, question_fr="", answer_it_2=""))
    page = (await officer.open(f"/campaigns/{campaign}")).text
    assert "Write the question of the quiz in French." in page and "Answer 2 of the quiz in Italian" in page
    assert "Ask for approval" not in page


async def test_emptying_the_form_takes_the_quiz_away(world: World) -> None:
    officer, campaign = await _draft(world)
    await officer.send(f"/campaigns/{campaign}/quiz", _fields(world, 1))
    await officer.send(f"/campaigns/{campaign}/quiz", {"version": "2"})
    assert (await world.services.campaigns.get(campaign)).draft.quiz is None


async def test_a_change_by_somebody_else_loses_nothing_that_was_typed(world: World) -> None:
    officer, campaign = await _draft(world)
    answer = await officer.send(f"/campaigns/{campaign}/quiz", _fields(world, 7))
    assert answer.status_code == 409 and 'value="Who? (es)"' in answer.text
    answer = await officer.send(f"/campaigns/{campaign}/quiz", _fields(world, 1, question_es="\x07"))
    assert answer.status_code == 422 and 'value="Who? (en)"' in answer.text


async def test_a_changed_quiz_needs_a_new_approval(world: World) -> None:
    officer, campaign = await _draft(world)
    approver = world.browser()
    await approver.member(Role.APPROVER)
    await officer.send(f"/campaigns/{campaign}/submit", {"version": "1"})
    submitted = await world.services.campaigns.get(campaign)
    await officer.send(f"/campaigns/{campaign}/quiz", _fields(world, submitted.version))
    changed = await world.services.campaigns.get(campaign)
    assert changed.state is CampaignState.DRAFT and changed.content_hash != submitted.content_hash
    await approver.open(f"/campaigns/{campaign}")
    answer = await approver.send(f"/campaigns/{campaign}/approve", {"content_hash": submitted.content_hash})
    assert answer.status_code == 409
    assert (await approver.open(f"/campaigns/{campaign}/quiz")).status_code == 403


async def _answered(world: World, officer_id: str, answers: dict[int, int]) -> int:
    """A campaign of the library that went out and was answered: the number of an answer to how often."""
    content = (await world.services.library.get("the-code-they-want")).content
    assert isinstance(content, Content)
    draft = replace(world.draft("The code"), topic=content.topic, texts=content.texts, quiz=content.quiz)
    planner = world.services.campaigns
    made = await planner.create(officer_id, draft)
    made = await planner.submit(officer_id, made.id, made.version)
    await planner.approve("somebody-else", made.id, made.content_hash)
    await world.subscribe(content.topic, sum(answers.values()))
    await world.clockwork.tick(made.fires_at)
    chosen = [answer for answer, number in answers.items() for _ in range(number)]
    for person, answer in enumerate(chosen):
        await world.press_answer(person, made.id, answer)
    return made.id


async def test_results_are_bars_with_small_numbers_hidden(world: World) -> None:
    officer = world.browser()
    officer_id = await officer.member(Role.OFFICER)
    many = await _answered(world, officer_id, {1: 12, 3: 24})
    page = (await officer.open(f"/campaigns/{many}")).text.split('id="quiz-title"')[1]
    assert "36 people answered." in page and '<rect width="50"' in page and '<rect width="100"' in page and "By language" in page


async def test_one_small_number_hides_what_would_give_it_away(world: World) -> None:
    officer = world.browser()
    officer_id = await officer.member(Role.OFFICER)
    small = await _answered(world, officer_id, {1: 2, 2: 15, 3: 30})
    page = (await officer.open(f"/campaigns/{small}")).text.split('id="quiz-title"')[1].split("</section>")[0]
    assert "47 people answered." in page and page.count("hidden-number") == 2 and ">30<" in page and ">15<" not in page
    assert "too small to be shown" in page


async def test_too_few_answers_show_no_number(world: World) -> None:
    officer = world.browser()
    officer_id = await officer.member(Role.OFFICER)
    few = await _answered(world, officer_id, {1: 5, 2: 4})
    page = (await officer.open(f"/campaigns/{few}")).text.split('id="quiz-title"')[1].split("</section>")[0]
    assert "Fewer than 10 people answered" in page and "<table" not in page
