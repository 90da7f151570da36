"""Tests to oneself on both stores: the message exactly, to one chat, and nothing in the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.campaigns.rehearsal import MOST_TESTS, WINDOW, Rehearsals
from bot.campaigns.rehearsal_flow import RehearsalFlow
from bot.campaigns.tables import QuizMarkRow
from bot.errors import NotFound, StaleButton, TooManyAttempts, Unreachable
from bot.messages import Address, Channel, Language, Reply
from tests.integration.campaigns.conftest import Desk
from tests.unit.campaigns.kit import EN, FR, QUIZ, citizen, draft, placeholders, plain

OFFICER, KEY = "anna", bytes(32)
CHATS = {OFFICER: Address(Channel.TELEGRAM, "7"), "ben": Address(Channel.WEBCHAT, "8")}


async def address_of(staff_id: str) -> Address | None:
    """Stands for the staff's linked chats."""
    return CHATS.get(staff_id)


def mark(language: Language) -> str:
    return f"TEST {language}"


@pytest.fixture
def rehearsals(desk: Desk) -> Rehearsals:
    return Rehearsals(address_of, {Channel.TELEGRAM: desk.messenger}, plain, mark, KEY, desk.city, desk.clock)


async def test_the_message_comes_in_every_language_marked_and_is_counted_nowhere(desk: Desk, rehearsals: Rehearsals) -> None:
    campaign = await desk.planner.create(OFFICER, draft())
    rehearsed = await rehearsals.send(OFFICER, campaign)
    assert (rehearsed.sent, rehearsed.failed) == (2, 0)
    assert desk.messenger.sent == [
        ("7", f"TEST en\n\n{plain(campaign.texts[EN], EN, 'bikes').text}"),
        ("7", f"TEST fr\n\n{plain(campaign.texts[FR], FR, 'bikes').text}"),
    ]
    assert await desk.states() == {} and (await desk.progress(campaign.id)).started_at is None


async def test_without_a_chat_on_a_channel_that_is_there_nothing_is_sent(desk: Desk, rehearsals: Rehearsals) -> None:
    campaign = await desk.planner.create(OFFICER, draft())
    for staff_id in ("ben", "carla"):
        assert not await rehearsals.is_possible(staff_id)
        with pytest.raises(NotFound):
            await rehearsals.send(staff_id, campaign)
    assert desk.messenger.sent == [] and await rehearsals.is_possible(OFFICER)


async def test_more_than_so_many_an_hour_are_refused(desk: Desk, rehearsals: Rehearsals) -> None:
    campaign = await desk.planner.create(OFFICER, draft())
    for _ in range(MOST_TESTS):
        await rehearsals.send(OFFICER, campaign)
    desk.clock.move(minutes=20)
    with pytest.raises(TooManyAttempts) as refused:
        await rehearsals.send(OFFICER, campaign)
    assert refused.value.retry_after == timedelta(minutes=40).total_seconds()
    desk.clock.now += WINDOW
    assert (await rehearsals.send(OFFICER, campaign)).sent == 2


async def test_a_blocked_bot_is_told(desk: Desk, rehearsals: Rehearsals) -> None:
    desk.messenger.faults["7"] = [Unreachable(), Unreachable()]
    rehearsed = await rehearsals.send(OFFICER, await desk.planner.create(OFFICER, draft()))
    assert (rehearsed.sent, rehearsed.failed, rehearsed.unreachable) == (0, 2, True)


async def test_an_answer_in_a_test_is_explained_to_the_chat_that_got_it_and_not_counted(desk: Desk) -> None:
    buttons: list[str] = []

    def compose(
        body: str, language: Language, topic: str, asked: object = None, picture: object = None, occurrence_id: int | None = None
    ) -> Reply:
        buttons.append(asked.payload(2))  # type: ignore[attr-defined]
        return Reply(body)

    rehearsals = Rehearsals(address_of, {Channel.TELEGRAM: desk.messenger}, compose, mark, KEY, desk.city, desk.clock)
    await rehearsals.send(OFFICER, await desk.planner.create(OFFICER, draft(quiz=QUIZ)))
    assert all(len(payload.encode()) <= 64 and payload.startswith("test:") for payload in buttons)
    flow, pressed = RehearsalFlow(desk.planner.get, placeholders(), KEY), buttons[1].removeprefix("test:")
    [said] = (await flow.press(citizen(7), pressed, None)).say
    assert (said.params["answer"], said.params["explanation"]) == ("Un épais", QUIZ.texts[FR].answers[1].explanation)
    async with desk.database.read() as session:
        assert (await session.scalars(select(QuizMarkRow))).all() == []
    number, language, button, _ = pressed.split(":")
    with pytest.raises(StaleButton):
        await flow.press(citizen(8), pressed, None)
    for stale in (f"{number}:en:{button}:2", f"{number}:{language}:{button}:3", f"9{number}:{language}:{button}:2", "x:fr:y:1", ""):
        with pytest.raises(StaleButton):
            await flow.press(citizen(7), stale, None)
