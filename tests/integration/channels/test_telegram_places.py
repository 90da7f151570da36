"""Groups and channels on Telegram: what the bot learns about them, posting there, and taking a post back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram import Limits, Window
from bot.errors import Moved, Muted, NotSent, Refused, Unreachable
from bot.messages import Address, Button, Channel, Reply
from bot.places import News, PlaceKind, PlaceMoved, PlaceSeen, Standing
from bot.storage import Database
from tests.emulator import BotApi, Group, Rates
from tests.emulator.faults import Fault
from tests.integration.channels.telegram_harness import Bot

WORDS = Reply("**Lock** it twice.", ((Button("I need help now", url="https://t.me/faro_test_bot?start=help"),),))


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(rates=Rates.strict()) as api:
        yield api


@pytest.fixture
def heard() -> list[News]:
    return []


@pytest.fixture
async def bot(api: BotApi, database: Database, heard: list[News]) -> AsyncIterator[Bot]:
    async def hear(news: News) -> None:
        heard.append(news)

    async with Bot(api, database, hear=hear) as bot:
        await bot.until(lambda: bot.channel.state.healthy)
        yield bot


def address(group: Group) -> Address:
    return Address(Channel.TELEGRAM, str(group.room.id))


async def test_the_bot_tells_where_it_came_in_and_what_it_may_do_there(api: BotApi, bot: Bot, heard: list[News]) -> None:
    owner, channel, group = api.person(), api.group("channel"), api.group("group")
    channel.room.chat["username"] = "portclair"
    channel.promote_bot(owner)
    channel.promote_bot(owner, may_post=False)
    group.add_bot(owner)
    group.silence_bot(owner)
    group.remove_bot(owner)
    await bot.until(lambda: len(heard) == 5)
    seen = [(one.kind, one.username, one.standing) for one in heard if isinstance(one, PlaceSeen)]
    assert [one for one in seen if one[0] is PlaceKind.CHANNEL] == [
        (PlaceKind.CHANNEL, "portclair", Standing.PRESENT),
        (PlaceKind.CHANNEL, "portclair", Standing.MUTED),
    ]
    assert [one[2] for one in seen if one[0] is PlaceKind.GROUP] == [Standing.PRESENT, Standing.MUTED, Standing.GONE]


async def test_a_post_has_a_link_and_can_be_taken_back_twice_without_harm(api: BotApi, bot: Bot) -> None:
    channel = api.group("channel")
    channel.room.chat["username"] = "portclair"
    channel.promote_bot(api.person())
    posted = await bot.channel.board.post(address(channel), WORDS)
    (message,) = channel.posts()
    assert (message["text"], posted.messages) == ("Lock it twice.", (message["message_id"],))
    assert posted.link == f"https://t.me/portclair/{message['message_id']}"
    assert "callback_data" not in str(message["reply_markup"])
    await bot.channel.board.take_back(address(channel), posted.messages)
    await bot.channel.board.take_back(address(channel), posted.messages)
    assert channel.posts() == []


async def test_each_way_of_being_shut_out_has_its_own_name(api: BotApi, bot: Bot) -> None:
    owner, channel, group = api.person(), api.group("channel"), api.group("group")
    channel.promote_bot(owner, may_post=False)
    with pytest.raises(Muted):
        await bot.channel.board.post(address(channel), WORDS)
    group.add_bot(owner)
    group.remove_bot(owner)
    with pytest.raises(Unreachable):
        await bot.channel.board.post(address(group), WORDS)
    api.faults.plan(Fault("deleteMessage", code=400, description="Bad Request: message can't be deleted for everyone"))
    with pytest.raises(Refused):
        await bot.channel.board.take_back(address(channel), (1,))


async def test_a_group_that_became_a_supergroup_says_where_it_is_now(api: BotApi, bot: Bot, heard: list[News]) -> None:
    group = api.group("group")
    group.add_bot(api.person())
    new = group.migrate()
    await bot.until(lambda: any(isinstance(one, PlaceMoved) for one in heard))
    assert PlaceMoved(address(group), address(new)) in heard
    with pytest.raises(Moved) as moved:
        await bot.channel.board.post(address(group), WORDS)
    assert moved.value.to == str(new.room.id)
    posted = await bot.channel.board.post(address(new), WORDS)
    assert posted.link == f"https://t.me/c/{str(new.room.id).removeprefix('-100')}/{posted.messages[0]}"


async def test_a_groups_own_limit_is_told_with_its_wait(api: BotApi, bot: Bot) -> None:
    """The harness paces nothing, so it is the emulated Telegram that says 429."""
    group = api.group("supergroup")
    group.add_bot(api.person())
    api.traffic.rates = Rates(group=api.traffic.rates.group.__class__(1, 60.0))
    await bot.until(lambda: group.posts())
    with pytest.raises(NotSent) as wait:
        await bot.channel.board.post(address(group), WORDS)
    assert wait.value.retry_after > 50


async def test_posts_keep_the_limit_of_groups_by_themselves(api: BotApi, database: Database) -> None:
    limits = Limits(Window(100, 1.0), Window(100, 1.0), Window(2, 0.3))
    async with Bot(api, database, limits=limits) as bot:
        await bot.until(lambda: bot.channel.state.healthy)
        api.traffic.rates = Rates.none()
        group = api.group("supergroup")
        group.room.started = True
        for _ in range(3):
            await bot.channel.board.post(address(group), WORDS)
        calls = api.called("sendMessage")
        assert calls[2].at - calls[0].at >= 0.3
