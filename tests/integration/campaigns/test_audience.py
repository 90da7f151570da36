"""Who is in an audience, on real stores."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.campaigns.narrowing import EVERYBODY, Narrowing
from bot.campaigns.wishes import WishBook
from tests.integration.campaigns.conftest import Desk, at
from tests.unit.campaigns.kit import EN, FR, citizen, draft, wall


async def told(desk: Desk) -> None:
    """Twelve people: the even ones speak French, the first six are 13 to 15, the first seven live at the harbour."""
    book = WishBook(desk.database)
    for number in range(12):
        somebody = citizen(number, EN if number % 2 else FR)
        await desk.subscriptions.add(somebody, "bikes")
        if number < 6:
            await book.tell_age(somebody.pseudonym, "from13")
        if number < 7:
            await book.tell_district(somebody.pseudonym, "harbour")


@pytest.mark.parametrize(
    ("narrowing", "receivers"),
    [
        (EVERYBODY, range(12)),
        (Narrowing(languages=("fr",)), range(0, 12, 2)),
        (Narrowing(age_bands=("from13", "from16")), range(6)),
        (Narrowing(districts=("harbour",)), range(7)),
        (Narrowing(districts=("harbour",), languages=("en",)), (1, 3, 5)),
        (Narrowing(joined_since=date(2026, 11, 27)), range(12)),
        (Narrowing(joined_since=date(2026, 11, 28)), ()),
        (Narrowing(not_within_days=7), range(12)),
    ],
)
async def test_it_goes_to_those_who_told_what_was_asked_for(desk: Desk, narrowing: Narrowing, receivers: range) -> None:
    await told(desk)
    campaign = await desk.approved(draft(narrowing=narrowing))
    desk.clock.now = campaign.fires_at
    await desk.tick()
    await desk.send()
    assert desk.messenger.receivers == sorted(map(str, receivers))


async def test_counts_are_rounded_down_and_small_ones_not_shown(desk: Desk) -> None:
    await told(desk)
    assert await desk.planner.audience_size("bikes") == 10
    assert await desk.planner.audience_size("bikes", Narrowing(districts=("harbour",))) == 5
    assert await desk.planner.audience_size("bikes", Narrowing(districts=("harbour",), languages=("en",))) is None


async def test_who_got_a_message_lately_is_left_out_whatever_became_of_the_others(desk: Desk) -> None:
    await told(desk)
    first = await desk.approved(draft(narrowing=Narrowing(languages=("fr",))))
    desk.clock.now = first.fires_at
    await desk.tick()
    tomorrow = draft(title="next", send_at=wall("2026-11-28T18:30"), narrowing=Narrowing(not_within_days=3))
    assert await desk.planner.audience_size("bikes", tomorrow.narrowing) == 5  # What is still to be sent counts as well.
    await desk.send()
    desk.messenger.sent.clear()
    second = await desk.approved(tomorrow)
    desk.clock.now = second.fires_at
    await desk.tick()
    await desk.send()
    assert desk.messenger.receivers == sorted(map(str, range(1, 12, 2)))
    desk.clock.now = at("2026-12-02T18:00")
    assert await desk.planner.audience_size("bikes", tomorrow.narrowing) == 10


async def test_a_talk_about_a_harm_delays_it_and_leaves_no_trace_in_the_counts(desk: Desk) -> None:
    await desk.subscribe(6)
    campaign = await desk.approved(draft(narrowing=Narrowing(harm_hours=6), late_after=timedelta(days=2)))
    desk.clock.now = campaign.fires_at
    desk.talks[citizen(3).pseudonym] = desk.clock() - timedelta(minutes=10)
    await desk.tick()
    await desk.send()
    assert desk.messenger.receivers == ["0", "1", "2", "4", "5"]
    desk.clock.now = at("2026-11-28T08:00")
    await desk.send()
    await desk.tick()
    progress = await desk.progress(campaign.id)
    assert (progress.sent, progress.total, progress.reasons["sent"]) == (6, 6, {})


async def test_without_that_wish_nobody_asks_about_talks(desk: Desk) -> None:
    campaign_id = await desk.fired(1)
    desk.talks[citizen(0).pseudonym] = desk.clock()
    await desk.send()
    assert (await desk.progress(campaign_id)).sent == 1
