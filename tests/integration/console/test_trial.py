"""Trying two texts in the console: written, looked at, approved with what decides, and compared once."""

from __future__ import annotations

from dataclasses import replace

from bot.campaigns.help_presses import HelpPresses
from bot.campaigns.presses import COUNTING
from bot.campaigns.trial import Metric, Trial, Variant, variant_of
from bot.staff.roles import Role
from tests.integration.console.support import World
from tests.integration.console.test_results import _approved, _arrive, _officer


def _fields(world: World, version: int, **changes: str) -> dict[str, str]:
    texts = {f"text_{language}": f"Another text ({language})." for language in world.services.city.languages}
    return {"version": str(version), "metric": "help", **texts, **changes}


async def test_an_officer_writes_a_second_text_and_sees_both(world: World) -> None:
    officer = world.browser()
    campaign = await world.campaign(await officer.member(Role.OFFICER))
    assert "Half of the people" in (await officer.open(f"/campaigns/{campaign}/trial")).text
    answer = await officer.send(f"/campaigns/{campaign}/trial", _fields(world, 1))
    assert answer.status_code == 303, answer.text
    page = (await officer.open(f"/campaigns/{campaign}")).text
    assert "Another text (fr)." in page and "How many open help" in page and "Second text" in page
    assert (await world.office.actions())[-1] == "campaign.trial"
    draft = (await world.services.campaigns.get(campaign)).draft
    assert draft.trial is not None and draft.trial.metric is Metric.HELP
    # The campaign's own form keeps it.
    texts = {f"text_{language}": text for language, text in draft.texts.items()}
    when = {"day": draft.send_at.date().isoformat(), "time": "17:30", "late_after": "120"}
    await officer.send(f"/campaigns/{campaign}/edit", {"version": "2", "title": "New", "topic": draft.topic, **when, **texts})
    assert (await world.services.campaigns.get(campaign)).draft.trial == draft.trial
    # Without texts there is no trial any more.
    await officer.send(f"/campaigns/{campaign}/trial", {"version": "3", "metric": "help"})
    assert (await world.services.campaigns.get(campaign)).draft.trial is None


async def test_what_is_missing_is_named_and_nothing_typed_is_lost(world: World) -> None:
    officer = world.browser()
    campaign = await world.campaign(await officer.member(Role.OFFICER))
    await officer.open(f"/campaigns/{campaign}/trial")
    await officer.send(f"/campaigns/{campaign}/trial", _fields(world, 1, text_es="", metric="right"))
    page = (await officer.open(f"/campaigns/{campaign}")).text
    assert "Write the second text in Spanish." in page and "Add a quiz" in page and "Ask for approval" not in page
    await officer.open(f"/campaigns/{campaign}/trial")
    answer = await officer.send(f"/campaigns/{campaign}/trial", _fields(world, 1))
    assert answer.status_code == 409 and "Another text (es)." in answer.text


async def test_the_two_texts_are_compared_once_and_only_by_what_was_to_decide(world: World) -> None:
    _, officer_id = await _officer(world)
    people = 200
    texts = {language: f"Another text ({language})." for language in world.services.city.languages}
    draft = replace(world.draft("Two ways"), trial=Trial(texts, Metric.HELP))
    await world.subscribe(draft.topic, people)
    number = await _approved(world, officer_id, draft)
    await _arrive(world, number)
    helped = HelpPresses(world.office.database, world.services.city, bytes(32))
    for person in range(people):
        citizen = world._citizen(person)
        if person % 10 < (6 if variant_of(bytes(32), number, citizen.pseudonym) is Variant.B else 2):
            await helped.opened(citizen, 1)
    officer, _ = await _officer(world)
    assert "three days after the end" in (await officer.open(f"/campaigns/{number}/results")).text.split('id="trial"')[1]
    world.clock.now += COUNTING
    officer, _ = await _officer(world)
    page = (await officer.open(f"/campaigns/{number}/results")).text.split('id="trial"')[1]
    assert "More with the second text." in page and "95 % interval" in page and "How many open help" in page
