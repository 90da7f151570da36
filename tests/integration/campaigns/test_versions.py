"""Versions on both stores: each saving leaves one, whoever it was by."""

from __future__ import annotations

import pytest

from bot.campaigns.versions import Versions
from bot.errors import Conflict, NotFound
from tests.integration.campaigns.conftest import Desk
from tests.unit.campaigns.kit import QUIZ, draft


async def test_each_saving_leaves_a_version_with_who_and_when(desk: Desk) -> None:
    versions = Versions(desk.database)
    first = await desk.planner.create("anna", draft())
    desk.clock.move(hours=1)
    second = await desk.planner.edit("ben", first.id, first.version, draft(title="Another", quiz=QUIZ))
    kept = await versions.list(first.id)
    assert [(one.number, one.staff_id, one.saved_at) for one in kept] == [
        (second.version, "ben", second.updated_at),
        (first.version, "anna", first.updated_at),
    ]
    assert [one.draft for one in kept] == [second.draft, first.draft]
    assert await versions.get(first.id, first.version) == kept[1]


async def test_approving_and_the_like_leave_none(desk: Desk) -> None:
    approved = await desk.approved()
    assert len(await Versions(desk.database).list(approved.id)) == 1


async def test_what_is_not_saved_leaves_none(desk: Desk) -> None:
    campaign = await desk.planner.create("anna", draft())
    with pytest.raises(Conflict):
        await desk.planner.edit("ben", campaign.id, 7, draft(title="Another"))
    assert len(await Versions(desk.database).list(campaign.id)) == 1


async def test_each_episode_of_a_series_has_its_own(desk: Desk) -> None:
    versions = Versions(desk.database)
    one, other = await desk.planner.create_series("anna", [draft(title="One"), draft(title="Two")])
    assert [kept.draft.title for kept in await versions.list(one.id)] == ["One"]
    with pytest.raises(NotFound):
        await versions.get(other.id, 99)
