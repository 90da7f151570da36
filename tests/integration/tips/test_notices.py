"""News for those who asked: once, without content, and gone when they opt out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.crypto import PrivateKey
from bot.errors import NotSent, Refused, SealBroken, Uncertain, Unreachable
from bot.messages import Address, Channel, Confirm, Language, Reply
from bot.tips.sealing import open_address
from bot.tips.tables import TipNoticeRow
from tests.integration.tips.conftest import HOME, NOW, World


@dataclass
class FakeMessenger:
    """Remembers what it sent; raises what it is told to."""

    fails: list[Exception] = field(default_factory=list)
    sent: list[tuple[Address, Reply]] = field(default_factory=list)

    async def send(self, address: Address, reply: Reply, confirm: Confirm | None = None) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append((address, reply))


def compose(language: Language) -> Reply:
    return Reply(f"news in {language}")


async def states(world: World) -> list[str]:
    async with world.database.read() as session:
        return list(await session.scalars(select(TipNoticeRow.state)))


async def test_an_answer_is_announced_once_and_without_content(world: World) -> None:
    sent = await world.told(notify=True)
    messenger = FakeMessenger()
    await world.tips.notices.run_once({Channel.TELEGRAM: messenger}, compose)
    assert messenger.sent == [], "nothing to tell yet"
    await world.tips.review.reply(world.moderator, sent.tip_id, "A secret answer")
    reports = [await world.tips.notices.run_once({Channel.TELEGRAM: messenger}, compose) for _ in range(3)]

    assert messenger.sent == [(HOME, Reply("news in en"))] and [report.sent for report in reports] == [1, 0, 0]


async def test_a_second_answer_is_announced_again(world: World) -> None:
    sent = await world.told(notify=True)
    messenger = FakeMessenger()
    for _ in range(2):
        await world.tips.review.reply(world.moderator, sent.tip_id, "An answer")
        await world.tips.notices.run_once({Channel.TELEGRAM: messenger}, compose)

    assert len(messenger.sent) == 2


async def test_who_did_not_ask_leaves_no_address(world: World) -> None:
    sent = await world.told()
    await world.tips.review.reply(world.moderator, sent.tip_id, "An answer")

    assert await states(world) == []


@pytest.mark.parametrize(
    ("error", "counted", "after"),
    [
        (NotSent(), "later", ["due"]),
        (Uncertain(), "uncertain", ["idle"]),
        (RuntimeError("a fault"), "uncertain", ["idle"]),
        (Unreachable(), "gone", []),
        (Refused(), "gone", []),
    ],
)
async def test_each_way_to_fail_is_counted_and_only_a_sure_failure_is_repeated(
    world: World, error: Exception, counted: str, after: list[str]
) -> None:
    sent = await world.told(notify=True)
    await world.tips.review.reply(world.moderator, sent.tip_id, "An answer")
    report = await world.tips.notices.run_once({Channel.TELEGRAM: FakeMessenger([error])}, compose)

    assert getattr(report, counted) == 1 and report.sent == 0 and await states(world) == after


async def test_a_notice_claimed_by_a_dead_process_is_counted_uncertain_and_not_repeated(world: World) -> None:
    sent = await world.told(notify=True)
    await world.tips.review.reply(world.moderator, sent.tip_id, "An answer")
    await world.tips.notices._claim()
    messenger = FakeMessenger()
    assert (await world.tips.notices.run_once({Channel.TELEGRAM: messenger}, compose)).uncertain == 0, "it may still be at work"
    world.now = NOW + timedelta(hours=1)

    assert (await world.tips.notices.run_once({Channel.TELEGRAM: messenger}, compose)).uncertain == 1
    assert messenger.sent == []


async def test_opting_out_with_the_receipt_destroys_the_address(world: World) -> None:
    sent = await world.told(notify=True)
    visitor = world.visitor()
    await visitor.press_raw("start")
    await visitor.write(f"{sent.locator} {sent.words}")
    await visitor.press("notify")
    assert "receipt.news_off" in visitor.names() and await states(world) == []
    await visitor.press("notify")
    assert "receipt.news_on" in visitor.names() and await states(world) == ["idle"]


async def test_an_address_can_be_forgotten_everywhere(world: World) -> None:
    await world.told(notify=True)
    await world.told(notify=True)
    await world.told(notify=True, address=Address(Channel.TELEGRAM, "other"))

    assert await world.tips.notices.forget(HOME) == 2 and len(await states(world)) == 1


async def test_only_the_notify_key_opens_an_address_and_only_at_its_tip(world: World) -> None:
    sent = await world.told(notify=True)
    async with world.database.read() as session:
        row = (await session.scalars(select(TipNoticeRow))).one()

    assert open_address(world.keyring.notify, sent.tip_id, row.address).address == HOME
    for key, tip_id in ((world.moderator.private_key, sent.tip_id), (PrivateKey.generate(), sent.tip_id), (world.keyring.notify, "other")):
        with pytest.raises(SealBroken):
            open_address(key, tip_id, row.address)


async def test_all_sealed_addresses_have_one_length(world: World) -> None:
    await world.told(notify=True)
    await world.told(notify=True, address=Address(Channel.WEBCHAT, "x" * 60))
    async with world.database.read() as session:
        lengths = {len(sealed) for sealed in await session.scalars(select(TipNoticeRow.address))}

    assert len(lengths) == 1
