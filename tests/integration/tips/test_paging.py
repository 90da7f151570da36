"""Calling people for urgent tips: at once, again, the next, everybody; at least once, by one process, until somebody acknowledges."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.errors import NotFound, StaleButton
from bot.messages import Address, Channel
from bot.storage import Database
from bot.tips.page_flow import PageFlow
from bot.tips.paging import LEASE, Paging, page_row
from bot.tips.queue import Filters
from bot.tips.status import Status
from bot.tips.submission import Submission
from bot.tips.tables import TipPageRow, TipRow, coarse
from tests.integration.tips.conftest import NOW, Person, Sent, World

CHATS = {name: Address(Channel.TELEGRAM, f"90{number}") for number, name in enumerate("abc")}


class FakeCrew:
    """People who are called; each call is written down. ``deaf`` ones cannot be reached."""

    def __init__(self, *duty: str) -> None:
        self.duty, self.all = list(duty), ["a", "b", "c"]
        self.deaf: set[str] = set()
        self.called: list[tuple[str, str]] = []
        self.dies = False

    async def on_duty(self, now: datetime) -> list[str]:
        return self.duty

    async def everybody(self) -> list[str]:
        return self.all

    async def page(self, member_id: str, token: str) -> bool:
        if self.dies:
            raise asyncio.CancelledError
        self.called.append((member_id, token))
        return member_id not in self.deaf

    async def address_of(self, member_id: str) -> Address | None:
        return CHATS.get(member_id)

    def names(self) -> str:
        """Who was called since the last time somebody asked."""
        names, self.called = "".join(member for member, _ in self.called), []
        return names


class Desk:
    """A tip, a crew, and the paging."""

    def __init__(self, world: World, crew: FakeCrew) -> None:
        self.world, self.crew = world, crew
        self.paging = Paging(world.database, crew, lambda: world.now)
        self.tip = ""

    async def urgent(self) -> None:
        self.tip = (await self.world.told(category="drugs")).tip_id
        async with self.world.database.begin() as session:
            session.add(page_row(self.tip, self.world.now))

    async def after(self, **time: float) -> str:
        """Let time pass; who is called then."""
        self.world.now += timedelta(**time)
        await self.paging.run_once()
        return self.crew.names()


@pytest.fixture
async def desk(world: World) -> Desk:
    desk = Desk(world, FakeCrew("b", "a"))
    await desk.urgent()
    return desk


async def test_the_first_at_once_again_then_the_next_then_everybody(desk: Desk) -> None:
    heard = [await desk.after(minutes=minutes) for minutes in (0, 1, 1, 3, 2, 3, 9, 1)]
    assert heard == ["b", "", "b", "a", "a", "abc", "", "abc"]


async def test_with_nobody_on_duty_everybody_is_called_and_it_is_said(desk: Desk) -> None:
    desk.crew.duty = []
    assert await desk.after() == "abc"
    page = await desk.paging.of(desk.tip)
    assert page is not None and page.unstaffed


async def test_who_cannot_be_reached_does_not_cost_time(desk: Desk) -> None:
    desk.crew.deaf = {"b"}
    assert (await desk.after(), await desk.after(), await desk.after(minutes=2)) == ("b", "a", "a")
    page = await desk.paging.of(desk.tip)
    assert page is not None and [(call.member_id, call.calls, call.failed) for call in page.calls] == [("a", 2, 0), ("b", 1, 1)]


async def test_with_nobody_to_be_reached_it_is_tried_every_minute_until_somebody_can(desk: Desk) -> None:
    desk.crew.duty, desk.crew.deaf = [], set("abc")
    assert [await desk.after(minutes=minutes) for minutes in (0, 0.5, 0.5)] == ["abc", "", "abc"]
    desk.crew.all = []
    assert await desk.after(minutes=1) == ""
    desk.crew.all, desk.crew.deaf = ["c"], set()
    assert await desk.after(minutes=1) == "c"


async def test_an_acknowledgement_ends_it_and_says_who_and_how_long(desk: Desk) -> None:
    await desk.after()
    desk.world.now += timedelta(minutes=3)
    assert await desk.paging.take(desk.tip, "b")
    assert not await desk.paging.take(desk.tip, "a"), "somebody was quicker"
    assert await desk.after(minutes=20) == ""
    [page] = await desk.paging.recent()
    assert (page.state, page.taken_by, page.minutes) == ("taken", "b", 3)
    async with desk.world.database.read() as session:
        row = (await session.scalars(select(TipPageRow))).one()
    assert row.opened_at == coarse(NOW), "the exact moment is not kept"


async def test_taking_the_tip_up_ends_it_too(desk: Desk) -> None:
    await desk.after()
    await desk.world.tips.review.change_status(desk.world.moderator, desk.tip, Status.IN_REVIEW)
    assert await desk.after(minutes=2) == ""
    assert [page.state for page in await desk.paging.recent()] == ["over"]
    assert await desk.paging.count_calling() == 0


async def test_a_process_killed_while_it_calls_loses_nothing(desk: Desk) -> None:
    desk.crew.dies = True
    with pytest.raises(asyncio.CancelledError):
        await desk.paging.run_once()
    desk.crew.dies = False
    assert await desk.after(seconds=1) == "", "the lease still runs"
    assert await desk.after(seconds=LEASE.total_seconds()) == "b"


async def test_two_processes_never_make_the_same_step_at_once(desk: Desk, database_url: str) -> None:
    other = Database(database_url)
    twin = Paging(other, desk.crew, lambda: desk.world.now)
    for _ in range(3):
        await asyncio.gather(desk.paging.run_once(), twin.run_once())
        assert len(desk.crew.names()) == 1
        desk.world.now += timedelta(minutes=10)
        async with desk.world.database.begin() as session:
            await session.execute(update(TipPageRow).values(step=0))
    await other.close()


async def test_the_button_counts_only_in_the_chat_it_was_sent_to(desk: Desk) -> None:
    recorded: list[tuple[str, str]] = []

    async def record(member: str, tip: str) -> None:
        recorded.append((member, tip))

    await desk.paging.run_once()
    [(_, token)] = desk.crew.called
    flow = PageFlow(desk.paging, record)
    thief = Person(flow, desk.world.texts, address=CHATS["a"])
    for payload in (f"take:{token}", "take:nonsense", "other"):
        with pytest.raises(StaleButton):
            await thief.press_raw(payload)
    owner = Person(flow, desk.world.texts, address=CHATS["b"])
    assert "yours now" in owner.read(await owner.press_raw(f"take:{token}"))
    assert "Somebody else" in owner.read(await owner.press_raw(f"take:{token}"))
    assert recorded == [("b", desk.tip)]


async def test_nobody_is_called_for_a_tip_that_is_not_there(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await desk.paging.take("0" * 32, "a")
    assert await desk.paging.of("0" * 32) is None


async def test_the_page_stands_with_the_tip_and_goes_with_it(world: World) -> None:
    submission: Submission = world.tips.intake._submission
    submission._hear = lambda words: "knife" in words
    calm, urgent = await world.told(story="A man sells things."), await world.told(story="He has a knife at her throat.")
    async with world.database.read() as session:
        assert list(await session.scalars(select(TipPageRow.tip_id))) == [urgent.tip_id]
        reasons = {row.id: (row.urgent, row.urgency) for row in await session.scalars(select(TipRow))}
    assert reasons == {calm.tip_id: (False, ""), urgent.tip_id: (True, "safety_net")}
    assert [tip.reasons for tip in await world.tips.review.queue()] == [("safety_net",), ()]
    async with world.database.begin() as session:
        tip = await session.get(TipRow, urgent.tip_id)
        await session.delete(tip)
    async with world.database.read() as session:
        assert list(await session.scalars(select(TipPageRow.tip_id))) == []


async def _with_danger(world: World) -> Desk:
    """A calm tip; the safety net hears a knife."""
    desk = Desk(world, FakeCrew("b"))
    world.tips.receipt._additions._hear = lambda words: "knife" in words
    return desk


async def _adds(desk: Desk, sent: Sent, words: str) -> Person:
    visitor = desk.world.visitor(now=desk.world.now)
    await visitor.press_raw("start")
    await visitor.write(f"{sent.locator} {sent.words}")
    await visitor.write(words)
    await visitor.press("add")
    return visitor


async def test_what_is_added_later_calls_people_and_makes_the_tip_urgent_too(world: World) -> None:
    desk = await _with_danger(world)
    sent = await world.told()
    await world.tips.moderation.casework.set_labels(world.moderator, sent.tip_id, ["school"], [])
    assert "tip.urgent" not in (await _adds(desk, sent, "He was there again.")).names()
    assert await desk.after() == ""
    visitor = await _adds(desk, sent, "He has a knife.")
    assert visitor.names()[:2] == ["tip.urgent", "receipt.added"] and "Call 112 first" in visitor.heard()
    assert await desk.after() == "b"
    [tip] = await world.tips.review.queue(Filters(label="school"))
    assert (tip.urgent, tip.reasons) == (True, ("safety_net",))


async def test_a_tip_under_review_calls_again_until_somebody_answers(world: World) -> None:
    desk = await _with_danger(world)
    sent = await world.told()
    await world.tips.review.change_status(world.moderator, sent.tip_id, Status.IN_REVIEW)
    await _adds(desk, sent, "He has a knife.")
    assert (await desk.after(), await desk.after(minutes=2)) == ("b", "b")
    await world.tips.review.reply(world.moderator, sent.tip_id, "Are you safe?")
    assert await desk.after(minutes=10) == ""
    assert [page.state for page in await desk.paging.recent()] == ["over"]


async def test_after_an_acknowledgement_new_danger_calls_anew_and_the_old_button_is_stale(world: World) -> None:
    desk = await _with_danger(world)
    sent = await world.told()
    await _adds(desk, sent, "He has a knife.")
    await desk.paging.run_once()
    [(_, old)] = desk.crew.called
    await _adds(desk, sent, "Still that knife.")
    assert await desk.after() == "b", "the same calling goes on"
    assert await desk.paging.take(sent.tip_id, "b")
    await _adds(desk, sent, "Now the knife is out.")
    with pytest.raises(NotFound):
        await desk.paging.take_by_button(old, CHATS["b"])
    assert await desk.after() == "b"
    [page] = await desk.paging.recent()
    assert (page.state, [call.calls for call in page.calls]) == ("calling", [1])
