"""Places: noticed, decided about by staff, and named by a campaign in a way that a second person has approved."""

from __future__ import annotations

import pytest

from bot.campaigns.places.destinations import Destination
from bot.campaigns.places.notices import MAKES_ROOM_AFTER, MOST_WAITING
from bot.campaigns.tables import CampaignState
from bot.campaigns.versions import Versions
from bot.errors import Conflict, Invalid, NotFound
from bot.places import PlaceKind, PlaceMoved, Standing
from tests.integration.campaigns.conftest import APPROVER, AUTHOR, Desk
from tests.integration.campaigns.places_kit import CHANNEL, Square, at_address, seen
from tests.unit.campaigns.kit import EN, FR, draft


@pytest.fixture
def square(desk: Desk) -> Square:
    return Square(desk)


async def test_a_place_waits_until_staff_decide_and_hearing_of_it_twice_changes_nothing(square: Square) -> None:
    await square.notices.hear(seen())
    await square.notices.hear(seen())
    (place,) = await square.book.list()
    assert (place.state, place.is_open, place.link) == ("waiting", False, "https://t.me/portclair")
    assert (await square.book.allow("anna", place.id, "fr")).is_open
    await square.book.refuse("anna", place.id)
    await square.notices.hear(seen(title="Now harmless"))
    (place,) = await square.book.list()
    assert (place.state, place.title, place.is_open) == ("refused", "Now harmless", False)
    with pytest.raises(Invalid):
        await square.book.allow("anna", place.id, "de")
    with pytest.raises(NotFound):
        await square.book.allow("anna", place.id + 1, "en")


async def test_strangers_cannot_fill_the_list_for_ever(square: Square) -> None:
    for number in range(MOST_WAITING + 5):
        await square.notices.hear(seen(str(-100 - number)))
    assert len(await square.book.list()) == MOST_WAITING
    square.desk.clock.move(seconds=MAKES_ROOM_AFTER.total_seconds())
    await square.notices.hear(seen(CHANNEL))
    waiting = [one.chat for one in await square.book.list()]
    assert (len(waiting), CHANNEL in waiting, "-100" in waiting) == (MOST_WAITING, True, False)


async def test_who_throws_the_bot_out_before_anybody_decided_leaves_no_place(square: Square) -> None:
    await square.notices.hear(seen())
    await square.notices.hear(seen(standing=Standing.GONE))
    await square.notices.hear(seen("-7", standing=Standing.GONE))
    assert await square.book.list() == []


async def test_a_move_keeps_the_place_whichever_news_comes_first(square: Square) -> None:
    place = await square.allowed("-5", kind=PlaceKind.GROUP)
    await square.notices.hear(seen("-1009", kind=PlaceKind.SUPERGROUP))
    await square.notices.hear(PlaceMoved(at_address("-5"), at_address("-1009")))
    await square.notices.hear(seen("-5", standing=Standing.GONE))
    (moved,) = await square.book.list()
    assert (moved.id, moved.chat, moved.kind, moved.is_open) == (place.id, "-1009", "supergroup", True)


async def test_a_move_to_a_place_that_staff_refused_opens_nothing(square: Square) -> None:
    old = await square.allowed("-5")
    refused = await square.allowed("-1009")
    await square.book.refuse("anna", refused.id)
    await square.notices.hear(PlaceMoved(at_address("-5"), at_address("-1009")))
    assert [one.is_open for one in await square.book.list()] == [False, False]
    assert (await square.place(old.id)).standing is Standing.GONE


async def test_places_are_part_of_what_is_approved(square: Square) -> None:
    place, planner = await square.allowed(), square.desk.planner
    campaign = await planner.create(AUTHOR, draft())
    campaign = await planner.submit(AUTHOR, campaign.id, campaign.version)
    seen_hash = campaign.content_hash
    campaign = await planner.edit(AUTHOR, campaign.id, campaign.version, draft(places=(Destination(place.id, EN),)))
    assert (campaign.state, campaign.content_hash != seen_hash) == (CampaignState.DRAFT, True)
    campaign = await planner.submit(AUTHOR, campaign.id, campaign.version)
    with pytest.raises(Conflict):
        await planner.approve(APPROVER, campaign.id, seen_hash)
    assert (await planner.approve(APPROVER, campaign.id, campaign.content_hash)).draft.places == (Destination(place.id, EN),)
    (version, _) = await Versions(square.desk.database).list(campaign.id)
    assert version.draft.places == (Destination(place.id, EN),)


async def test_a_campaign_for_a_place_that_is_not_open_is_neither_submitted_nor_approved(square: Square) -> None:
    place, planner = await square.allowed(), square.desk.planner
    plan = draft(places=(Destination(place.id, EN),))
    campaign = await planner.create(AUTHOR, plan)
    await square.book.refuse("anna", place.id)
    with pytest.raises(Invalid, match="place_not_allowed"):
        await planner.submit(AUTHOR, campaign.id, campaign.version)
    await square.book.allow("anna", place.id, FR)
    with pytest.raises(Invalid, match="place_language_changed"):
        await planner.submit(AUTHOR, campaign.id, campaign.version)
    await square.book.allow("anna", place.id, EN)
    campaign = await planner.submit(AUTHOR, campaign.id, campaign.version)
    await square.notices.hear(seen(standing=Standing.MUTED))
    with pytest.raises(Invalid, match="place_closed"):
        await planner.approve(APPROVER, campaign.id, campaign.content_hash)
    assert [problem.code for problem in await planner.check_places(plan)] == ["place_closed"]
