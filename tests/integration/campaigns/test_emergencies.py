"""Broadcasts in an emergency: two people, before everything else, only past the rules that the city lets them pass."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.campaigns.clockwork import Clockwork
from bot.campaigns.emergencies import ALL_CLEAR, GOOD_FOR, SECOND_WITHIN, Broadcast, Emergencies
from bot.campaigns.emergency_templates import Templates
from bot.campaigns.narrowing import EVERYBODY
from bot.campaigns.places.destinations import Destination
from bot.campaigns.tables import CampaignState, CampaignTextRow, RecipientRow
from bot.city import EmergencyRules
from bot.errors import Conflict, Invalid, NotAllowed, NotFound, Refused, Uncertain
from tests.integration.campaigns.conftest import APPROVER, AUTHOR, Desk, at, until
from tests.integration.campaigns.places_kit import Square
from tests.unit.campaigns.kit import EN, FR, citizen, draft
from tests.unit.campaigns.test_emergency_templates import FLOOD, written

WORD = "port [clair]"
PASSES = EmergencyRules(passes_quiet_hours=True, passes_pauses=True, passes_weekly_cap=True, news="https://news.example")


class Crisis:
    """The emergencies of a desk's city, with two templates."""

    def __init__(self, desk: Desk, folder: Path, rules: EmergencyRules = PASSES) -> None:
        self.desk = desk
        self.called: list[tuple[str, int]] = []
        self.folder = written(folder)
        self.follow_rules(rules)

    def follow_rules(self, rules: EmergencyRules) -> None:
        desk = self.desk
        desk.city = replace(desk.city, emergency=rules)
        desk.clockwork, desk.sender = Clockwork(desk.database, desk.city), desk.sender_on(desk.database)
        self.book = Emergencies(desk.database, Templates(self.folder, desk.city), desk.city, self._call, desk.clock)

    async def _call(self, author: str, campaign: int) -> None:
        self.called.append((author, campaign))

    async def prepared(self, districts: tuple[str, ...] = ()) -> Broadcast:
        return await self.book.prepare(AUTHOR, "flood", {"place": "Quay [2]", "until": "9.05"}, districts, "The river rises")

    async def sent(self, broadcast: Broadcast) -> Broadcast:
        """Confirmed by two people and fired; nothing has left yet."""
        await self.book.confirm(AUTHOR, broadcast.id, broadcast.content_hash, WORD)
        broadcast = await self.book.send(APPROVER, broadcast.id, broadcast.content_hash, WORD)
        await self.desk.tick()
        return broadcast


@pytest.fixture
def crisis(desk: Desk, tmp_path: Path) -> Crisis:
    return Crisis(desk, tmp_path)


async def test_two_people_send_it_to_everybody_who_subscribed_to_anything(crisis: Crisis) -> None:
    desk = crisis.desk
    await desk.subscribe(7)
    await desk.subscriptions.add(citizen(3), "scams")
    await desk.subscriptions.drop_all(citizen(6))
    assert await crisis.book.audience_size(EVERYBODY) == 5
    broadcast = await crisis.sent(await crisis.prepared())
    assert crisis.called == [(AUTHOR, broadcast.id)]
    assert await desk.send() == 6
    assert desk.messenger.receivers == ["0", "1", "2", "3", "4", "5"]
    assert desk.messenger.sent[0][1].startswith("!/en: **Flood at Quay \\[2\\] until 09:05.**")
    await desk.tick()
    assert (await crisis.book.get(broadcast.id)).state == CampaignState.DONE


async def test_it_stands_in_no_list_of_campaigns_and_has_no_other_way(crisis: Crisis) -> None:
    broadcast = await crisis.prepared()
    assert await crisis.desk.planner.list() == []
    with pytest.raises(NotFound):
        await crisis.desk.planner.get(broadcast.id)
    with pytest.raises(NotFound):
        await crisis.desk.planner.submit(AUTHOR, broadcast.id, 1)
    assert [one.id for one in await crisis.book.list()] == [broadcast.id]


async def test_whoever_wrote_or_confirmed_it_does_not_confirm_it_again(crisis: Crisis) -> None:
    broadcast = await crisis.prepared()
    await crisis.book.confirm("carla", broadcast.id, broadcast.content_hash, WORD)
    for member in (AUTHOR, "carla"):
        with pytest.raises(NotAllowed):
            await crisis.book.send(member, broadcast.id, broadcast.content_hash, WORD)
        with pytest.raises(NotAllowed):
            await crisis.book.send_alone(member, broadcast.id, broadcast.content_hash, WORD)
    crisis.follow_rules(PASSES.model_copy(update={"single_person": True}))
    with pytest.raises(NotAllowed):
        await crisis.book.send_alone("dora", broadcast.id, broadcast.content_hash, WORD)
    alone = await crisis.book.send_alone(AUTHOR, broadcast.id, broadcast.content_hash, WORD)
    assert alone.state == CampaignState.APPROVED


async def test_a_wrong_word_an_old_hash_or_no_first_confirmation_sends_nothing(crisis: Crisis) -> None:
    broadcast = await crisis.prepared()
    with pytest.raises(Invalid):
        await crisis.book.confirm(AUTHOR, broadcast.id, broadcast.content_hash, "yes")
    with pytest.raises(Conflict):
        await crisis.book.confirm(AUTHOR, broadcast.id, "0" * 64, WORD)
    with pytest.raises(Conflict):
        await crisis.book.send(APPROVER, broadcast.id, broadcast.content_hash, WORD)


async def test_the_first_confirmation_holds_for_ten_minutes(crisis: Crisis) -> None:
    broadcast = await crisis.prepared()
    waiting = await crisis.book.confirm(AUTHOR, broadcast.id, broadcast.content_hash, WORD)
    assert waiting.waits_until == crisis.desk.clock() + SECOND_WITHIN
    with pytest.raises(Conflict):
        await crisis.book.confirm("carla", broadcast.id, broadcast.content_hash, WORD)
    crisis.desk.clock.move(minutes=10, seconds=1)
    assert (await crisis.book.get(broadcast.id)).state == CampaignState.DRAFT
    with pytest.raises(Conflict):
        await crisis.book.send(APPROVER, broadcast.id, broadcast.content_hash, WORD)
    await crisis.sent(await crisis.book.get(broadcast.id))
    assert await crisis.desk.tick() == 0


async def test_what_was_written_hours_ago_is_written_anew(crisis: Crisis) -> None:
    broadcast = await crisis.prepared()
    crisis.desk.clock.now += GOOD_FOR + timedelta(seconds=1)
    with pytest.raises(Conflict):
        await crisis.book.confirm(AUTHOR, broadcast.id, broadcast.content_hash, WORD)


async def test_rows_changed_behind_the_confirmations_are_not_sent(crisis: Crisis) -> None:
    desk, broadcast = crisis.desk, await crisis.prepared()
    await desk.subscribe(1)
    await crisis.book.confirm(AUTHOR, broadcast.id, broadcast.content_hash, WORD)
    await crisis.book.send(APPROVER, broadcast.id, broadcast.content_hash, WORD)
    async with desk.database.begin() as session:
        await session.execute(update(CampaignTextRow).values(body="Pay here."))
    assert await desk.tick() == 0
    assert await desk.send() == 0


async def test_only_a_district_when_it_is_for_a_district(crisis: Crisis) -> None:
    await crisis.desk.subscribe(4)
    async with crisis.desk.database.begin() as session:
        await session.execute(update(RecipientRow).where(RecipientRow.pseudonym == citizen(2).pseudonym).values(district="harbour"))
    await crisis.sent(await crisis.prepared(("harbour",)))
    await crisis.desk.send()
    assert crisis.desk.messenger.receivers == ["2"]


async def test_it_goes_before_a_campaign_that_began_earlier(crisis: Crisis) -> None:
    desk = crisis.desk
    await desk.fired(30)
    await crisis.sent(await crisis.prepared())
    sender = desk.sender_on(desk.database, in_flight=1)
    await sender.run_once()
    assert {text.split("/")[0] for _, text in desk.messenger.sent[:30]} == {"!"}
    assert len(desk.messenger.sent) == 60


@pytest.mark.parametrize("rules", [PASSES, EmergencyRules(news=PASSES.news)])
async def test_it_passes_night_pauses_own_hours_and_the_cap_only_where_the_city_says_so(crisis: Crisis, rules: EmergencyRules) -> None:
    desk, own = crisis.desk, {"paused_until": crisis.desk.clock() + timedelta(days=7), "evening": 18}
    await desk.subscribe(2)
    desk.city = replace(desk.city, weekly_cap=1)
    crisis.follow_rules(PASSES)
    await crisis.sent(await crisis.prepared())
    await desk.send()
    desk.messenger.sent.clear()
    crisis.follow_rules(rules)
    async with desk.database.begin() as session:
        await session.execute(update(RecipientRow).where(RecipientRow.pseudonym == citizen(1).pseudonym).values(**own))
    desk.clock.move(hours=4)
    await crisis.sent(await crisis.prepared())
    assert crisis.book.must_wait() is not rules.passes_quiet_hours
    assert await desk.send() == (2 if rules.passes_quiet_hours else 0)
    assert desk.messenger.receivers == (["0", "1"] if rules.passes_quiet_hours else [])


@pytest.mark.parametrize(("rules", "reason"), [({"passes_pauses": True}, "weekly_cap"), ({"passes_weekly_cap": True}, "paused_by_person")])
async def test_each_rule_is_passed_by_its_own_word(crisis: Crisis, rules: dict[str, bool], reason: str) -> None:
    desk = crisis.desk
    await desk.subscribe(1)
    desk.city = replace(desk.city, weekly_cap=1)
    crisis.follow_rules(PASSES)
    await crisis.sent(await crisis.prepared())
    await desk.send()
    async with desk.database.begin() as session:
        await session.execute(update(RecipientRow).values(paused_until=desk.clock() + timedelta(days=7)))
    crisis.follow_rules(EmergencyRules(news=PASSES.news, **rules))
    second = await crisis.sent(await crisis.prepared())
    await desk.send()
    assert (await crisis.book.progress(second.id)).reasons == {"stopped": {reason: 1}}


async def test_at_night_other_campaigns_still_wait(crisis: Crisis) -> None:
    desk = crisis.desk
    campaign = await desk.fired(3, draft(late_after=timedelta(hours=24)))
    desk.clock.move(hours=4)
    await crisis.sent(await crisis.prepared())
    assert await desk.send() == 3
    assert (await desk.progress(campaign)).sent == 0


async def test_uncertain_ones_are_sent_again_and_errors_do_not_stop_it(crisis: Crisis) -> None:
    desk = crisis.desk
    await desk.subscribe(60)
    desk.messenger.faults = {str(number): [Refused()] for number in range(1, 31)}
    desk.messenger.faults["0"] = [Uncertain()]
    broadcast = await crisis.sent(await crisis.prepared())
    await desk.send()
    desk.clock.move(minutes=1)
    await desk.send()
    assert "0" in desk.messenger.receivers
    progress = await crisis.book.progress(broadcast.id)
    assert (progress.sent, progress.failed) == (30, 30)
    assert await crisis.book.tried_again(broadcast.id) is None


async def test_cancelling_stops_it_in_flight(crisis: Crisis) -> None:
    desk = crisis.desk
    await desk.subscribe(40)
    desk.messenger.turn.clear()
    broadcast = await crisis.sent(await crisis.prepared())
    sending = asyncio.create_task(desk.send())
    await until(lambda: desk.messenger.waiting > 0)
    await crisis.book.cancel("carla", broadcast.id)
    desk.messenger.turn.set()
    await sending
    assert desk.messenger.sent == []
    assert (await crisis.book.progress(broadcast.id)).stopped == 40


async def test_an_all_clear_goes_to_exactly_those_who_may_have_got_it_and_ends_the_rest(crisis: Crisis) -> None:
    desk = crisis.desk
    await desk.subscribe(6)
    desk.messenger.faults = {"1": [Uncertain()] * 5, "2": [Refused()]}
    broadcast = await crisis.sent(await crisis.prepared())
    await desk.send()
    # These two are told later: one joins after the broadcast, one got the first message with an unknown fate and is tried again.
    await desk.subscriptions.add(citizen(9), "bikes")
    assert desk.messenger.receivers == ["0", "3", "4", "5"]
    over = await crisis.book.follow(APPROVER, broadcast.id, ALL_CLEAR)
    assert (over.follows, over.draft.texts[FR]) == (broadcast.id, "L’alerte de 18:00 pour Quay \\[2\\] est finie.")
    desk.messenger.sent.clear()
    desk.messenger.faults = {}
    await crisis.book.confirm(APPROVER, over.id, over.content_hash, WORD)
    await crisis.book.send(AUTHOR, over.id, over.content_hash, WORD)
    earlier = await crisis.book.get(broadcast.id)
    assert (earlier.state, earlier.followed_by) == (CampaignState.CANCELLED, (over.id,))
    await desk.tick()
    await desk.send()
    assert desk.messenger.receivers == ["0", "1", "3", "4", "5"]


async def test_only_what_was_sent_is_corrected_and_only_by_what_corrects(crisis: Crisis) -> None:
    broadcast = await crisis.prepared()
    with pytest.raises(Conflict):
        await crisis.book.follow(AUTHOR, broadcast.id, "oops")
    with pytest.raises(NotFound):
        await crisis.book.prepare(AUTHOR, "oops", {}, (), "A reason")
    await crisis.sent(broadcast)
    with pytest.raises(NotFound):
        await crisis.book.follow(AUTHOR, broadcast.id, "flood")
    correction = await crisis.book.follow(AUTHOR, broadcast.id, "oops")
    assert correction.draft.texts[EN] == "Our message from 18:00 was wrong."


@pytest.mark.parametrize(
    ("field", "typed", "districts", "reason"),
    [("place", {"until": "9:05"}, (), "x"), ("reason", FLOOD, (), " "), ("districts", FLOOD, ("atlantis",), "x")],
)
async def test_what_is_not_filled_in_is_not_kept(
    crisis: Crisis, field: str, typed: dict[str, str], districts: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await crisis.book.prepare(AUTHOR, "flood", typed, districts, reason)
    assert refused.value.field == field
    assert await crisis.book.list() == []


async def test_a_broadcast_is_posted_in_public_places_at_night_and_again_where_nobody_knows(crisis: Crisis) -> None:
    square = Square(crisis.desk)
    place = await square.allowed()
    square.board.faults = {place.chat: [Uncertain()]}
    crisis.desk.clock.now = at("2026-11-27T22:00")
    blanks = {"place": "Quay [2]", "until": "9.05"}
    prepared = await crisis.book.prepare(AUTHOR, "flood", blanks, (), "The river rises", (Destination(place.id, EN),))
    await crisis.sent(prepared)
    assert await square.poster.run_once() == 1
    crisis.desk.clock.move(minutes=1)
    assert await square.poster.run_once() == 1
    assert square.board.posted[0][1].startswith("!/en: **Flood at Quay")
    await crisis.desk.tick()
    assert (await crisis.book.get(prepared.id)).state == CampaignState.DONE
    follower = await crisis.book.follow(AUTHOR, prepared.id, ALL_CLEAR)
    assert follower.draft.places == prepared.draft.places
