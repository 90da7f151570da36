"""Planning: two people, one hash, no change behind an approval."""

from __future__ import annotations

import asyncio

import pytest

from bot.campaigns.planning import Planner
from bot.campaigns.quiz import Quiz
from bot.campaigns.tables import CampaignState
from bot.city import Source
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.storage import Database
from tests.integration.campaigns.conftest import Desk, at
from tests.unit.campaigns.kit import EN, FR, QUIZ, draft, wall


async def test_a_campaign_goes_from_draft_to_approved(desk: Desk) -> None:
    campaign = await desk.planner.create("anna", draft())
    assert (campaign.state, campaign.version, campaign.author_id) == (CampaignState.DRAFT, 1, "anna")
    assert (campaign.send_at, campaign.fires_at) == (wall("2026-11-27T18:30"), at("2026-11-27T17:30"))
    campaign = await desk.planner.submit("anna", campaign.id, campaign.version)
    assert campaign.state == CampaignState.SUBMITTED
    campaign = await desk.planner.approve("ben", campaign.id, campaign.content_hash)
    assert (campaign.state, campaign.approver_id) == (CampaignState.APPROVED, "ben")
    assert await desk.planner.get(campaign.id) == campaign


async def test_nobody_approves_what_they_wrote(desk: Desk) -> None:
    campaign = await desk.planner.create("anna", draft())
    campaign = await desk.planner.submit("anna", campaign.id, campaign.version)
    with pytest.raises(NotAllowed):
        await desk.planner.approve("anna", campaign.id, campaign.content_hash)


async def test_nobody_approves_what_they_changed(desk: Desk) -> None:
    campaign = await desk.planner.create("anna", draft())
    campaign = await desk.planner.edit("ben", campaign.id, campaign.version, draft(title="Ben's version"))
    campaign = await desk.planner.edit("anna", campaign.id, campaign.version, draft())
    campaign = await desk.planner.submit("anna", campaign.id, campaign.version)
    with pytest.raises(NotAllowed):
        await desk.planner.approve("ben", campaign.id, campaign.content_hash)


async def test_an_edit_voids_an_approval(desk: Desk) -> None:
    approved = await desk.approved()
    edited = await desk.planner.edit("anna", approved.id, approved.version, draft(texts={EN: "Changed.", FR: "Changé."}))
    assert (edited.state, edited.approver_id) == (CampaignState.DRAFT, None)
    assert edited.texts == {EN: "Changed.", FR: "Changé."}
    assert await desk.clockwork.tick(approved.fires_at) == 0


async def test_an_approval_names_what_was_seen(desk: Desk) -> None:
    seen = await desk.planner.create("anna", draft())
    changed = await desk.planner.edit("anna", seen.id, seen.version, draft(title="Something else"))
    await desk.planner.submit("anna", changed.id, changed.version)
    with pytest.raises(Conflict):
        await desk.planner.approve("ben", seen.id, seen.content_hash)


async def test_only_what_was_submitted_can_be_approved(desk: Desk) -> None:
    campaign = await desk.planner.create("anna", draft())
    with pytest.raises(Conflict):
        await desk.planner.approve("ben", campaign.id, campaign.content_hash)


async def test_a_second_editor_with_an_old_version_learns_it(desk: Desk) -> None:
    campaign = await desk.planner.create("anna", draft())
    await desk.planner.edit("anna", campaign.id, campaign.version, draft(title="First"))
    with pytest.raises(Conflict):
        await desk.planner.edit("carla", campaign.id, campaign.version, draft(title="Second"))
    assert (await desk.planner.get(campaign.id)).title == "First"


async def test_of_two_edits_at_once_one_wins(desk: Desk, another_process: Database) -> None:
    campaign = await desk.planner.create("anna", draft())
    other = Planner(another_process, desk.city, desk.clock)
    results = await asyncio.gather(
        desk.planner.edit("anna", campaign.id, campaign.version, draft(title="A")),
        other.edit("anna", campaign.id, campaign.version, draft(title="B")),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["Campaign", "Conflict"]


async def test_an_unfinished_draft_is_kept_but_not_submitted(desk: Desk) -> None:
    campaign = await desk.planner.create("anna", draft(texts={EN: "Only English."}))
    with pytest.raises(Invalid) as refused:
        await desk.planner.submit("anna", campaign.id, campaign.version)
    assert (refused.value.field, refused.value.code) == ("texts.fr", "language_missing")


async def test_a_draft_without_title_is_not_kept(desk: Desk) -> None:
    with pytest.raises(Invalid, match="title_empty"):
        await desk.planner.create("anna", draft(title=" "))
    assert await desk.planner.list() == []


async def test_a_time_in_the_past_is_refused_at_submission_and_a_missed_one_at_approval(desk: Desk) -> None:
    campaign = await desk.planner.create("anna", draft())
    campaign = await desk.planner.submit("anna", campaign.id, campaign.version)
    desk.clock.now = campaign.fires_at + campaign.late_after
    with pytest.raises(Invalid, match="time_past"):
        await desk.planner.approve("ben", campaign.id, campaign.content_hash)
    late = await desk.planner.create("anna", draft())
    with pytest.raises(Invalid, match="time_past"):
        await desk.planner.submit("anna", late.id, late.version)


async def test_an_approval_a_minute_late_still_sends(desk: Desk) -> None:
    await desk.subscribe(1)
    campaign = await desk.planner.create("anna", draft())
    campaign = await desk.planner.submit("anna", campaign.id, campaign.version)
    desk.clock.now = campaign.fires_at
    desk.clock.move(minutes=1)
    await desk.planner.approve("ben", campaign.id, campaign.content_hash)
    assert await desk.tick() == 1
    assert await desk.send() == 1


async def test_sending_back_gives_the_reason_until_it_is_submitted_again(desk: Desk) -> None:
    campaign = await desk.approved()
    campaign = await desk.planner.send_back("ben", campaign.id, " Name the place. ")
    assert (campaign.state, campaign.note, campaign.approver_id) == (CampaignState.DRAFT, "Name the place.", None)
    campaign = await desk.planner.edit("anna", campaign.id, campaign.version, draft())
    assert campaign.note == "Name the place."
    campaign = await desk.planner.submit("anna", campaign.id, campaign.version)
    assert campaign.note == ""


async def test_what_has_fired_cannot_be_edited(desk: Desk) -> None:
    campaign_id = await desk.fired(1)
    version = (await desk.planner.get(campaign_id)).version
    with pytest.raises(Conflict):
        await desk.planner.edit("anna", campaign_id, version, draft())


async def test_cancelling_before_its_time_keeps_it_from_firing(desk: Desk) -> None:
    campaign = await desk.approved()
    cancelled = await desk.planner.cancel("anna", campaign.id)
    assert cancelled.state == CampaignState.CANCELLED
    assert await desk.clockwork.tick(campaign.fires_at) == 0
    assert (await desk.planner.cancel("anna", campaign.id)).state == CampaignState.CANCELLED


async def test_what_is_done_cannot_be_cancelled(desk: Desk) -> None:
    campaign_id = await desk.fired(1)
    await desk.send()
    await desk.tick()
    with pytest.raises(Conflict):
        await desk.planner.cancel("anna", campaign_id)


async def test_cancelling_shows_in_the_counts_at_once(desk: Desk) -> None:
    campaign_id = await desk.fired(7)
    await desk.planner.cancel("anna", campaign_id)
    progress = await desk.progress(campaign_id)
    assert (progress.pending, progress.stopped, progress.reasons["stopped"]) == (0, 7, {"cancelled": 7})


async def test_the_list_shows_the_last_changed_first(desk: Desk) -> None:
    first = await desk.planner.create("anna", draft(title="first"))
    desk.clock.move(seconds=1)
    await desk.planner.create("anna", draft(title="second"))
    assert [summary.title for summary in await desk.planner.list()] == ["second", "first"]
    desk.clock.move(seconds=1)
    await desk.planner.edit("anna", first.id, first.version, draft(title="first again"))
    assert [summary.title for summary in await desk.planner.list()] == ["first again", "second"]


async def test_what_does_not_exist_is_not_found(desk: Desk) -> None:
    for call in (desk.planner.get(7), desk.planner.progress(7), desk.planner.cancel("anna", 7), desk.planner.submit("anna", 7, 1)):
        with pytest.raises(NotFound):
            await call


async def test_a_campaign_that_has_not_fired_has_no_progress_yet(desk: Desk) -> None:
    campaign = await desk.planner.create("anna", draft())
    progress = await desk.progress(campaign.id)
    assert (progress.total, progress.started_at, progress.few) == (0, None, False)


async def test_small_audiences_are_not_counted_aloud(desk: Desk) -> None:
    await desk.subscribe(4)
    assert await desk.planner.audience_size("bikes") is await desk.subscriptions.count("bikes") is None
    assert await desk.planner.audience_size("scams") is None
    campaign = await desk.approved()
    await desk.clockwork.tick(campaign.fires_at)
    assert (await desk.progress(campaign.id)).few


async def test_an_audience_of_the_citys_minimum_is_counted(desk: Desk) -> None:
    await desk.subscribe(5)
    assert await desk.planner.audience_size("bikes") == await desk.subscriptions.count("bikes") == 5


async def test_quiz_and_sources_are_kept_and_can_be_taken_back(desk: Desk) -> None:
    written = draft(quiz=QUIZ, sources=(Source("The city", "https://example.org"), Source("A talk")))
    campaign = await desk.planner.create("anna", written)
    assert (await desk.planner.get(campaign.id)).draft == written
    edited = await desk.planner.edit("anna", campaign.id, campaign.version, draft())
    assert (await desk.planner.get(edited.id)).draft == draft()


async def test_a_quiz_may_be_written_before_the_text(desk: Desk) -> None:
    written = draft(quiz=QUIZ, texts={EN: "Lock it."})
    campaign = await desk.planner.create("anna", written)
    assert (await desk.planner.get(campaign.id)).draft == written
    with pytest.raises(Invalid, match="language_missing"):
        await desk.planner.submit("anna", campaign.id, campaign.version)


async def test_an_unfinished_quiz_is_kept_but_not_submitted(desk: Desk) -> None:
    campaign = await desk.planner.create("anna", draft(quiz=Quiz({EN: QUIZ.texts[EN]})))
    with pytest.raises(Invalid, match="quiz_language_missing"):
        await desk.planner.submit("anna", campaign.id, campaign.version)


async def test_a_series_is_kept_whole_or_not_at_all(desk: Desk) -> None:
    with pytest.raises(Invalid):
        await desk.planner.create_series("anna", [draft(), draft(title=" ")])
    assert await desk.planner.list() == []
    first, second = await desk.planner.create_series("anna", [draft(title="One"), draft(title="Two")])
    assert first.series == second.series and (first.episode, second.episode) == (1, 2)
    other, _ = await desk.planner.create_series("anna", [draft(), draft()])
    assert other.series != first.series
    assert first.series and [one.title for one in await desk.planner.series(first.series)] == ["One", "Two"]
