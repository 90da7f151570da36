"""Which messages a tip has the channel remember, and when they go from the chat."""

from __future__ import annotations

import pytest

from bot.errors import StaleButton
from bot.messages import Deed, Trail
from tests.integration.tips.conftest import World, reach_review


async def test_every_message_of_the_intake_is_noted_under_one_mark(world: World) -> None:
    person = world.tipster()
    await reach_review(person)
    assert person.state is not None
    mark = person.state["trail"]

    assert set(person.trails) == {Trail(Deed.NOTE, mark)}
    await person.press("send")
    assert person.state["trail"] == mark and person.trails[-1] == Trail(Deed.NOTE, mark)


async def test_the_receipt_goes_only_when_the_person_says_so(world: World) -> None:
    person = world.tipster()
    await reach_review(person)
    await person.press("send")
    assert person.state is not None
    mark = person.state["trail"]
    await person.press("noted")
    assert person.trails[-1] == Trail(Deed.NOTE, mark), "noting it leaves the chat as it is"

    await person.press_raw(f"clear:{mark}")

    assert person.names() == ["tip.cleared"] and person.trails[-1] == Trail(Deed.SWEEP, mark)


async def test_clearing_forgets_the_receipt_and_dropping_clears_by_itself(world: World) -> None:
    person = world.tipster()
    await reach_review(person)
    assert person.state is not None
    with pytest.raises(StaleButton):
        await person.press_raw(f"clear:{person.state['trail']}")
    await person.press("send")
    await person.press_raw(f"clear:{person.state['trail']}")
    assert person.state is None

    await person.press_raw("start")
    await person.press("begin")
    assert person.state is not None
    mark = person.state["trail"]
    await person.press("cancel")
    assert person.names() == ["tip.dropped"] and person.trails[-1] == Trail(Deed.SWEEP, mark)


async def test_a_tip_that_is_being_told_goes_on_when_an_earlier_one_is_cleared(world: World) -> None:
    person = world.tipster()
    await reach_review(person)

    await person.press_raw("clear:earlier")

    assert person.names() == ["tip.review"] and person.trails[-1] == Trail(Deed.SWEEP, "earlier")
    await person.press_raw("clear:all")
    assert person.trails[-1] == Trail(Deed.SWEEP, "") and person.state is not None


async def test_withdrawing_clears_the_visit_and_offers_the_rest(world: World) -> None:
    person = world.tipster()
    await reach_review(person)
    await person.press("send")
    receipt = person.said("tip.receipt").params
    visitor = world.visitor()
    await visitor.press_raw("start")
    await visitor.write("abandon")
    await visitor.write(f"{receipt['locator']} {receipt['words']}")
    assert len(set(visitor.trails)) == 1
    for action in ("withdraw", "withdraw_yes", "withdraw_yes"):
        await visitor.press(action)

    first = visitor.trails[0]
    assert first is not None and visitor.trails[-1] == Trail(Deed.SWEEP, first.mark)
    assert [row[0].payload for row in visitor.said("receipt.withdrawn").choices] == ["tip:clear:all", "receipt:start"]
