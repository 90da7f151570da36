"""Withdrawing a tip destroys it, on every store: keys, words, photos, address. One line without content stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.errors import NotFound, StaleButton
from bot.tips.holding import Cause
from tests.integration.tips.conftest import NOW, Person, Sent, World, photo, reach_story


async def told_with_everything(world: World) -> Sent:
    """A tip with a photo, an answer, a note of who read it, and an address for news."""
    person = world.tipster()
    await reach_story(person, "dangerous_place")
    await person.write("A hole in the road.")
    await person.send_media(photo())
    await person.press("done")
    await person.press("notify")
    await person.press("send")
    said = person.said("tip.receipt").params
    [tip] = await world.tips.review.queue()
    await world.tips.review.open(world.moderator, tip.id)
    await world.tips.review.reply(world.moderator, tip.id, "How deep is it?")
    return Sent(person, tip.id, said["locator"], said["words"])


async def opened(world: World, sent: Sent) -> Person:
    visitor = world.visitor()
    await visitor.press_raw("start")
    await visitor.write(f"{sent.locator} {sent.words}")
    return visitor


async def rows(world: World) -> dict[str, int]:
    async with world.database.read() as session:
        tables = ("tip", "tip_entry", "tip_grant", "tip_attachment", "tip_notice", "tip_read", "tip_likeness")
        return {table: await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in tables}


async def test_withdrawing_asks_twice_and_destroys_everything(world: World) -> None:
    sent = await told_with_everything(world)
    assert all((await rows(world)).values()) and list((world.data / "tips").iterdir())
    visitor = await opened(world, sent)
    await visitor.press("withdraw")
    assert visitor.names() == ["receipt.withdraw"] and all((await rows(world)).values())
    await visitor.press("withdraw_yes")
    assert visitor.names() == ["receipt.withdraw_really"] and all((await rows(world)).values())
    await visitor.press("withdraw_yes")

    assert visitor.names() == ["receipt.withdrawn"] and visitor.state is None
    assert not any((await rows(world)).values()) and not list((world.data / "tips").iterdir())


async def test_the_receipt_opens_nothing_any_more_and_moderators_see_only_that_it_was_withdrawn(world: World) -> None:
    sent = await told_with_everything(world)
    visitor, elsewhere = await opened(world, sent), await opened(world, sent)
    for action in ("withdraw", "withdraw_yes", "withdraw_yes"):
        await visitor.press(action)
    await elsewhere.press("refresh")
    assert elsewhere.names() == ["receipt.deleted"]

    assert (await opened(world, sent)).names() == ["receipt.wrong"]
    assert await world.tips.review.queue() == []
    with pytest.raises(NotFound):
        await world.tips.review.open(world.moderator, sent.tip_id)
    [line] = await world.tips.moderation.holding.deletions()
    assert (line.category, line.cause, line.on) == ("dangerous_place", Cause.TIPSTER, NOW.date())


async def test_one_may_think_again(world: World) -> None:
    visitor = await opened(world, await told_with_everything(world))
    await visitor.press("withdraw")
    await visitor.press("withdraw_yes")
    await visitor.press("withdraw_no")
    assert visitor.names() == ["receipt.open"]
    nonce = (visitor.state or {})["nonce"]

    with pytest.raises(StaleButton):
        await visitor.press_raw(f"{nonce}:withdraw_yes")


async def test_pressing_again_after_a_crash_says_that_it_is_gone(world: World) -> None:
    visitor = await opened(world, await told_with_everything(world))
    await visitor.press("withdraw")
    await visitor.press("withdraw_yes")
    before = visitor.state
    await visitor.press("withdraw_yes")
    visitor.state = before
    await visitor.press_raw(f"{(before or {})['nonce']}:withdraw_yes")

    assert visitor.names() == ["receipt.deleted"]
    assert len(await world.tips.moderation.holding.deletions()) == 1


async def test_a_hold_does_not_keep_what_its_writer_takes_back(world: World) -> None:
    sent = await told_with_everything(world)
    until = NOW + timedelta(days=30)
    await world.tips.moderation.holding.hold(world.moderator, sent.tip_id, until, "a court asked")
    visitor = await opened(world, sent)
    for action in ("withdraw", "withdraw_yes", "withdraw_yes"):
        await visitor.press(action)

    assert not any((await rows(world)).values())
