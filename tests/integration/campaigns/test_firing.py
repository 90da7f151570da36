"""The clockwork: every approved campaign fires once, whatever happens to processes and clocks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from bot.campaigns.clockwork import Clockwork
from bot.campaigns.tables import CampaignRow, CampaignState, CampaignTextRow, DeliveryRow, OccurrenceRow, RecipientRow
from bot.storage import Base, Database
from tests.integration.campaigns.conftest import Desk
from tests.unit.campaigns.kit import EN, FR, citizen, draft


async def occurrences(desk: Desk) -> int:
    async with desk.database.read() as session:
        return await session.scalar(select(func.count()).select_from(OccurrenceRow)) or 0


async def test_nothing_fires_before_its_time(desk: Desk) -> None:
    await desk.subscribe(1)
    campaign = await desk.approved()
    assert await desk.clockwork.tick(campaign.fires_at - timedelta(seconds=1)) == 0
    assert await desk.clockwork.tick(campaign.fires_at) == 1


async def test_nothing_fires_that_nobody_approved(desk: Desk) -> None:
    campaign = await desk.planner.create("anna", draft())
    await desk.planner.submit("anna", campaign.id, campaign.version)
    assert await desk.clockwork.tick(campaign.fires_at) == 0


async def test_two_clockworks_fire_a_campaign_once(desk: Desk, another_process: Database) -> None:
    await desk.subscribe(50)
    for title in ("one", "two", "three"):
        await desk.approved(draft(title=title))
    clockworks = [desk.clockwork, Clockwork(another_process, desk.city)]
    now = desk.clock.move(minutes=30)
    fired = await asyncio.gather(*(clockwork.tick(now) for clockwork in clockworks * 4))
    assert sum(fired) == await occurrences(desk) == 3
    assert sum((await desk.states()).values()) == 150


async def test_a_clockwork_does_not_wait_for_another_one(postgres_url: str) -> None:
    """On PostgreSQL; on SQLite there is one writer at a time anyway."""
    database, another = Database(postgres_url), Database(postgres_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    desk = Desk(database)
    campaign = await desk.approved()
    async with another.begin() as session, asyncio.timeout(5):
        await session.get(CampaignRow, campaign.id, with_for_update=True)
        assert await desk.clockwork.tick(campaign.fires_at) == 0
    assert await desk.clockwork.tick(campaign.fires_at) == 1
    for one in (database, another):
        await one.close()


async def test_a_clock_set_back_does_not_fire_again(desk: Desk) -> None:
    await desk.fired(3)
    desk.clock.move(days=-1)
    assert await desk.tick() == 0
    desk.clock.move(days=1, minutes=1)
    assert await desk.tick() == 0
    assert await occurrences(desk) == 1


async def test_a_tick_that_dies_leaves_nothing_half_done(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.subscribe(3)
    campaign = await desk.approved()

    async def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("bot.campaigns.ledger.tidy", dies)
        with pytest.raises(KeyboardInterrupt):
            await desk.clockwork.tick(campaign.fires_at)
    assert await occurrences(desk) == 0
    assert await desk.clockwork.tick(campaign.fires_at) == 1


async def test_what_is_noticed_too_late_is_counted_as_expired(desk: Desk) -> None:
    await desk.subscribe(3)
    campaign = await desk.approved()
    desk.clock.now = campaign.fires_at + campaign.late_after
    await desk.tick()
    assert await desk.send() == 0
    progress = await desk.progress(campaign.id)
    assert (progress.total, progress.expired, progress.reasons["expired"]) == (3, 3, {"too_late": 3})
    assert (await desk.planner.get(campaign.id)).state == CampaignState.DONE


async def test_an_empty_audience_is_done_at_once(desk: Desk) -> None:
    campaign = await desk.approved()
    await desk.clockwork.tick(campaign.fires_at)
    assert (await desk.planner.get(campaign.id)).state == CampaignState.DONE
    assert (await desk.progress(campaign.id)).total == 0


async def test_rows_changed_behind_an_approval_are_not_sent(desk: Desk) -> None:
    await desk.subscribe(1)
    campaign = await desk.approved()
    async with desk.database.begin() as session:
        await session.execute(update(CampaignTextRow).values(body="Buy now"))
    assert await desk.clockwork.tick(campaign.fires_at) == 0
    changed = await desk.planner.get(campaign.id)
    assert (changed.state, changed.note) == (CampaignState.DRAFT, "changed_after_approval")


async def test_the_audience_is_who_can_be_reached_in_their_language(desk: Desk) -> None:
    await desk.subscriptions.add(citizen(1), "bikes")
    await desk.subscriptions.add(citizen(2, FR), "bikes")
    await desk.subscriptions.add(citizen(3), "scams")
    await desk.subscriptions.add(citizen(4), "bikes")
    await desk.subscriptions.reachability_changed(citizen(4).pseudonym, False)
    await desk.subscriptions.add(citizen(5), "bikes")
    await desk.subscriptions.language_changed(citizen(5).pseudonym, "lv")  # type: ignore[arg-type]
    campaign = await desk.approved()
    await desk.clockwork.tick(campaign.fires_at)
    async with desk.database.read() as session:
        rows = (await session.execute(select(DeliveryRow.pseudonym, DeliveryRow.language))).all()
    assert {row.pseudonym: row.language for row in rows} == {citizen(1).pseudonym: EN, citizen(2).pseudonym: FR, citizen(5).pseudonym: EN}


async def test_after_a_month_only_counts_are_left(desk: Desk) -> None:
    campaign_id = await desk.fired(6)
    await desk.send()
    await desk.tick()
    before = await desk.progress(campaign_id)
    await desk.clockwork.purge(desk.clock.move(days=29))
    assert sum((await desk.states()).values()) == 6
    await desk.clockwork.purge(desk.clock.move(days=2))
    assert sum((await desk.states()).values()) == 0
    after = await desk.progress(campaign_id)
    assert replace(after, as_of=before.as_of, lately=before.lately) == before  # the moment of looking, and what was sent just before it
    assert before.sent == 6


async def test_addresses_that_cannot_be_reached_for_months_are_deleted(desk: Desk) -> None:
    await desk.subscribe(2)
    await desk.subscriptions.reachability_changed(citizen(1).pseudonym, False)
    await desk.clockwork.purge(desk.clock.move(days=91))
    async with desk.database.read() as session:
        assert list(await session.scalars(select(RecipientRow.pseudonym))) == [citizen(0).pseudonym]


async def test_the_state_names_in_the_rows_are_the_promised_ones(desk: Desk) -> None:
    await desk.fired(1)
    async with desk.database.read() as session:
        assert await session.scalar(select(CampaignRow.state)) == "running"
