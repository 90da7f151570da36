"""Posts in public places: once, only where staff allow it, and nothing is lost in silence."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.campaigns.ledger import ATTEMPTS, LEASE
from bot.campaigns.quiz_book import QuizBook
from bot.campaigns.quiz_flow import QuizFlow
from bot.campaigns.tables import CampaignState
from bot.errors import Conflict, Moved, Muted, NotFound, NotSent, Refused, StaleButton, Uncertain, Unreachable
from bot.places import Standing
from bot.storage import Database
from tests.integration.campaigns.conftest import Desk, at, until
from tests.integration.campaigns.places_kit import CHANNEL, Square, seen
from tests.unit.campaigns.kit import FR, QUIZ, citizen, placeholders, wall


@pytest.fixture
def square(desk: Desk) -> Square:
    return Square(desk)


async def test_a_campaign_is_posted_once_in_each_place_beside_the_letters_to_people(square: Square) -> None:
    channel, group = await square.allowed(), await square.allowed("-1002", FR)
    campaign_id = await square.fired(channel, group, people=3)
    assert await square.poster.run_once() == 2
    assert await square.poster.run_once() == 0
    assert sorted(square.board.posted) == [
        (CHANNEL, "bikes/en: Lock your bike twice."),
        ("-1002", "bikes/fr: Attachez votre vélo deux fois."),
    ]
    await square.desk.send()
    await square.desk.tick()
    assert (await square.desk.planner.get(campaign_id)).state == CampaignState.DONE
    posts = await square.posts.of_campaign(campaign_id)
    assert {post.link for post in posts} == {"https://t.me/portclair/1", "https://t.me/portclair/2"}


async def test_a_campaign_is_not_done_before_its_posts_are(square: Square) -> None:
    campaign_id = await square.fired(await square.allowed())
    await square.desk.tick()
    assert (await square.desk.planner.get(campaign_id)).state == CampaignState.RUNNING
    await square.poster.run_once()
    await square.desk.tick()
    assert (await square.desk.planner.get(campaign_id)).state == CampaignState.DONE


async def test_two_posters_post_nothing_twice(square: Square, another_process: Database) -> None:
    places = [await square.allowed(str(-1000 - number)) for number in range(12)]
    await square.fired(*places)
    posters = [square.poster, square.poster_on(another_process)]
    assert sum(await asyncio.gather(*(one.run_once() for one in posters))) == 12
    assert len(square.board.posted) == len(set(square.board.posted)) == 12


async def test_a_poster_killed_before_it_could_note_the_outcome_leaves_it_uncertain(square: Square, another_process: Database) -> None:
    campaign_id = await square.fired(await square.allowed())
    square.board.gate.clear()
    victim = asyncio.create_task(square.poster_on(another_process).run_once())
    await until(lambda: square.board.tried == 1)
    victim.cancel()
    with pytest.raises(asyncio.CancelledError):
        await victim
    square.board.gate.set()
    assert await square.poster.run_once() == 0
    square.desk.clock.move(seconds=LEASE.total_seconds())
    await square.desk.tick()
    assert await square.states() == [("uncertain", "lease_ended")]
    assert await square.poster.run_once() == 0
    assert (await square.desk.planner.get(campaign_id)).state == CampaignState.DONE


async def test_a_lost_answer_is_uncertain_and_not_posted_again_unless_the_campaign_accepts_it(square: Square) -> None:
    square.board.faults = {CHANNEL: [Uncertain()], "-1002": [Uncertain()]}
    await square.fired(await square.allowed())
    await square.poster.run_once()
    assert await square.states() == [("uncertain", "no_answer")]
    await square.fired(await square.allowed("-1002"), resend_uncertain=True, send_at=wall("2026-11-27T19:00"))
    for _ in range(2):
        await square.poster.run_once()
        square.desk.clock.move(minutes=1)
    assert [chat for chat, _ in square.board.posted] == ["-1002"]


async def test_a_slow_poster_corrects_what_a_sweep_called_uncertain(square: Square) -> None:
    await square.fired(await square.allowed())
    square.board.gate.clear()
    slow = asyncio.create_task(square.poster.run_once())
    await until(lambda: square.board.tried == 1)
    square.desk.clock.move(seconds=LEASE.total_seconds())
    await square.desk.tick()
    assert await square.states() == [("uncertain", "lease_ended")]
    square.board.gate.set()
    await slow
    assert await square.states() == [("sent", None)]


@pytest.mark.parametrize(
    ("fault", "reason", "standing"),
    [(Unreachable(), "place_gone", Standing.GONE), (Muted(), "place_muted", Standing.MUTED)],
)
async def test_where_faro_was_thrown_out_it_does_not_try_again_until_it_is_back(
    square: Square, fault: Exception, reason: str, standing: Standing
) -> None:
    square.board.faults = {CHANNEL: [fault]}
    place = await square.allowed()
    await square.fired(place)
    await square.poster.run_once()
    assert await square.states() == [("blocked", reason)]
    assert (await square.place(place.id)).standing is standing
    assert not (await square.place(place.id)).is_open
    await square.notices.hear(seen())
    await square.fired(await square.place(place.id), send_at=wall("2026-11-27T19:00"))
    await square.poster.run_once()
    assert len(square.board.posted) == 1


async def test_what_was_planned_for_a_place_that_closed_is_not_even_tried(square: Square) -> None:
    place = await square.allowed()
    await square.fired(place)
    await square.notices.hear(seen(standing=Standing.GONE))
    await square.poster.run_once()
    assert (square.board.tried, await square.states()) == (0, [("blocked", "place_gone")])


async def test_a_place_that_staff_refuse_meanwhile_gets_nothing(square: Square) -> None:
    place = await square.allowed()
    await square.fired(place)
    await square.book.refuse("anna", place.id)
    await square.poster.run_once()
    assert (square.board.tried, await square.states()) == (0, [("stopped", "place_not_allowed")])


async def test_a_group_that_became_a_supergroup_keeps_its_place_and_gets_the_post(square: Square) -> None:
    place = await square.allowed("-5")
    square.board.faults = {"-5": [Moved(to="-1009")]}
    await square.fired(place)
    await square.poster.run_once()
    square.desk.clock.move(seconds=10)
    await square.poster.run_once()
    assert [chat for chat, _ in square.board.posted] == ["-1009"]
    moved = await square.place(place.id)
    assert (moved.chat, moved.kind, moved.is_open) == ("-1009", "supergroup", True)


async def test_a_429_is_waited_for_and_tries_are_bounded(square: Square) -> None:
    square.board.faults = {CHANNEL: [NotSent(retry_after=30), *[NotSent()] * 9]}
    await square.fired(await square.allowed())
    await square.poster.run_once()
    square.desk.clock.move(seconds=29)
    assert await square.poster.run_once() == 0
    for _ in range(9):
        square.desk.clock.move(minutes=1)
        await square.poster.run_once()
    assert (square.board.tried, await square.states()) == (ATTEMPTS, [("failed", "not_sent")])


async def test_pausing_and_cancelling_reach_a_post_that_waits_for_its_turn(square: Square) -> None:
    campaign_id = await square.fired(await square.allowed())
    square.board.turn.clear()
    waiting = asyncio.create_task(square.poster.run_once())
    await until(lambda: square.board.waiting == 1)
    await square.desk.planner.pause("ben", campaign_id)
    square.board.turn.set()
    await waiting
    assert (square.board.tried, await square.states()) == (0, [("pending", None)])
    await square.desk.planner.resume(campaign_id)
    await square.desk.planner.cancel("ben", campaign_id)
    await square.desk.tick()
    assert await square.poster.run_once() == 0
    assert await square.states() == [("stopped", "cancelled")]


async def test_places_are_quiet_when_people_are(square: Square) -> None:
    await square.fired(await square.allowed(), late_after=timedelta(days=1))
    square.desk.clock.now = at("2026-11-27T21:00")
    assert await square.poster.run_once() == 0
    square.desk.clock.now = at("2026-11-28T08:00")
    assert await square.poster.run_once() == 1


async def test_what_is_too_late_expires(square: Square) -> None:
    await square.fired(await square.allowed())
    square.desk.clock.move(hours=2)
    await square.desk.tick()
    assert await square.states() == [("expired", "too_late")]


async def test_a_post_is_taken_back_once_and_only_as_long_as_telegram_deletes(square: Square) -> None:
    campaign_id = await square.fired(await square.allowed())
    await square.poster.run_once()
    post = await square.only_post(campaign_id)
    with pytest.raises(NotFound):
        await square.posts.take_back("ben", campaign_id + 1, post.occurrence_id, post.place.id)
    square.board.faults = {CHANNEL: [Refused()]}
    with pytest.raises(Refused):
        await square.posts.take_back("ben", campaign_id, post.occurrence_id, post.place.id)
    taken = await square.posts.take_back("ben", campaign_id, post.occurrence_id, post.place.id)
    assert (square.board.deleted, taken.taken_back_at) == ([(CHANNEL, (1,))], square.desk.clock())
    with pytest.raises(Conflict):
        await square.posts.take_back("ben", campaign_id, post.occurrence_id, post.place.id)
    assert not post.may_be_taken_back(square.desk.clock.move(hours=48))


async def test_nothing_is_posted_while_telegram_is_not_connected(square: Square) -> None:
    square.board.link = None
    await square.fired(await square.allowed())
    assert await square.poster.run_once() == 0


async def test_the_quiz_of_a_public_post_opens_in_private_and_no_other_does(square: Square) -> None:
    book = QuizBook(square.desk.database, bytes(32), square.desk.city)
    flow = QuizFlow(book, placeholders())
    campaign_id = await square.fired(await square.allowed(), quiz=QUIZ)
    with pytest.raises(StaleButton):
        await flow.press(citizen(1), "1:ask", None)
    await square.poster.run_once()
    post = await square.only_post(campaign_id)
    (asked,) = (await flow.press(citizen(1), f"{post.occurrence_id}:ask", None)).say
    assert asked.params == {"question": "Which lock?"}
    assert [row[0].payload for row in asked.choices] == [f"quiz:{post.occurrence_id}:1", f"quiz:{post.occurrence_id}:2"]
    for stray in ("999:ask", "x:ask", ":ask"):
        with pytest.raises(StaleButton):
            await flow.press(citizen(1), stray, None)
