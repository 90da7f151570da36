"""Pictures on Telegram: uploaded once for each bot, then sent by number; on a number that Telegram forgot, uploaded again."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.errors import NotSent, Refused, Uncertain, Unreachable
from bot.messages import Address, Button, Channel, Picture, Reply
from bot.storage import Database
from tests.emulator import BotApi
from tests.emulator.faults import Fault
from tests.emulator.people import Person
from tests.integration.channels.telegram_harness import Bot
from tests.pictures import picture

DATA = picture()


class Shelf:
    """Gives the picture's bytes, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def fetch(self) -> bytes:
        self.asked += 1
        return DATA

    def reply(self, text: str = "**Lock** it twice.") -> Reply:
        """A message with the picture."""
        shown = Picture(hashlib.sha256(DATA).hexdigest(), "A bike", self.fetch)
        return Reply(text, ((Button("I need help now", "help:lines"),),), picture=shown)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
async def bot(api: BotApi, database: Database) -> AsyncIterator[Bot]:
    async with Bot(api, database) as bot:
        await bot.until(lambda: bot.channel.state.healthy)
        yield bot


async def send(bot: Bot, person: Person, reply: Reply) -> None:
    await bot.channel.messenger.send(Address(Channel.TELEGRAM, str(person.room.id)), reply)


def uploads(api: BotApi) -> int:
    return sum(isinstance(call.arguments.get("photo"), bytes) for call in api.called("sendPhoto") if call.code == 200)


def last(person: Person) -> dict[str, Any]:
    return person.room.messages[-1]


async def test_it_comes_with_the_words_and_buttons_below(api: BotApi, bot: Bot, shelf: Shelf) -> None:
    person = api.person()
    await send(bot, person, shelf.reply())
    message = last(person)
    assert message["caption"] == "Lock it twice." and message["caption_entities"][0]["type"] == "bold"
    assert message["reply_markup"]["inline_keyboard"] == [[{"text": "I need help now", "callback_data": "help:lines"}]]
    assert api.world.files[message["photo"][-1]["file_id"]].data == DATA
    assert api.called("sendMessage") == []


async def test_it_is_uploaded_once_however_many_get_it_at_the_same_time(api: BotApi, bot: Bot, shelf: Shelf) -> None:
    people = [api.person() for _ in range(12)]
    await asyncio.gather(*(send(bot, person, shelf.reply()) for person in people))
    assert (uploads(api), shelf.asked) == (1, 1)
    assert len({last(person)["photo"][-1]["file_id"] for person in people}) == 1


async def test_another_process_of_the_bot_sends_it_by_number(api: BotApi, bot: Bot, database: Database, shelf: Shelf) -> None:
    await send(bot, api.person(), shelf.reply())
    await bot.dies()
    async with Bot(api, database) as other:
        await other.until(lambda: other.channel.state.healthy)
        await send(other, api.person(), shelf.reply())
    assert uploads(api) == 1


async def test_another_bot_uploads_it_for_itself(api: BotApi, bot: Bot, database: Database, shelf: Shelf) -> None:
    await send(bot, api.person(), shelf.reply())
    async with BotApi("43:another") as theirs, Bot(theirs, database, token="43:another") as other:
        await other.until(lambda: other.channel.state.healthy)
        await send(other, theirs.person(), shelf.reply())
        assert uploads(theirs) == 1


async def test_on_a_stale_number_it_is_uploaded_again_and_sent_once(api: BotApi, bot: Bot, shelf: Shelf) -> None:
    await send(bot, api.person(), shelf.reply())
    api.world.files.clear()
    people = [api.person() for _ in range(5)]
    await asyncio.gather(*(send(bot, person, shelf.reply()) for person in people))
    assert uploads(api) == 2
    assert [len(person.room.messages) for person in people] == [1] * 5


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"code": 403, "description": "Forbidden: bot was blocked by the user"}, Unreachable),
        ({"code": 400, "description": "Bad Request: PHOTO_INVALID_DIMENSIONS"}, Refused),
        ({"code": 429, "retry_after": 3}, NotSent),
        ({"code": 500}, Uncertain),
        ({"lost": True}, Uncertain),
    ],
)
async def test_each_failure_has_one_meaning(api: BotApi, bot: Bot, shelf: Shelf, fault: dict[str, Any], outcome: type[Exception]) -> None:
    api.faults.plan(Fault("sendPhoto", **fault))
    with pytest.raises(outcome):
        await send(bot, api.person(), shelf.reply())
    assert len(api.called("sendPhoto")) == 1


async def test_words_too_long_for_a_caption_are_refused_before_anything_is_sent(api: BotApi, bot: Bot, shelf: Shelf) -> None:
    person = api.person()
    await send(bot, person, shelf.reply("**" + "🚲" * 512 + "**"))
    with pytest.raises(Refused):
        await send(bot, person, shelf.reply("🚲" * 512 + "x"))
    assert len(api.called("sendPhoto")) == 1


async def test_a_picture_that_is_gone_is_refused_and_nothing_is_sent(api: BotApi, bot: Bot) -> None:
    async def gone() -> bytes:
        raise Refused

    for fetch in (gone, None):
        with pytest.raises(Refused):
            await send(bot, api.person(), Reply("x", picture=Picture("0" * 64, "", fetch)))
    assert api.called("sendPhoto") == api.called("sendMessage") == []
