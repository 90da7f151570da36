"""python-telegram-bot, unchanged, against the emulator: its objects are those of the Bot API."""

from __future__ import annotations

import asyncio

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter
from telegram.request import HTTPXRequest

import bot.channels.telegram  # noqa: F401  (durations as timedelta)
from tests.emulator import BotApi, Rates
from tests.emulator.server import TOKEN
from tests.pictures import picture


def client(api: BotApi, token: str = TOKEN) -> Bot:
    return Bot(token, f"{api.url}/bot", f"{api.url}/file/bot", *(HTTPXRequest(httpx_kwargs={"trust_env": False}) for _ in range(2)))


async def test_a_whole_conversation_in_the_librarys_objects() -> None:
    async with BotApi(rates=Rates.none()) as api, client(api) as bot:
        person = api.person()
        assert (await bot.get_me()).username == "faro_test_bot"
        person.send_text("/start now")
        (update,) = await bot.get_updates(timeout=1)
        assert update.message is not None and update.message.text == "/start now"
        assert update.message.entities[0].type == "bot_command"
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="a:yes")]])
        sent = await bot.send_message(person.room.id, "<b>Hello</b> &amp; welcome", parse_mode="HTML", reply_markup=keyboard)
        assert sent.text == "Hello & welcome"
        person.press("Yes")
        (press,) = await bot.get_updates(offset=update.update_id + 1, timeout=1)
        assert press.callback_query is not None and press.callback_query.data == "a:yes"
        assert await press.callback_query.answer()
        assert (await bot.edit_message_text("Done", person.room.id, sent.message_id)).text == "Done"  # type: ignore[union-attr]
        assert await bot.delete_message(person.room.id, sent.message_id)


async def test_files_go_both_ways() -> None:
    async with BotApi(rates=Rates.none()) as api, client(api) as bot:
        person = api.person()
        sent = await bot.send_photo(person.room.id, picture(), caption="look")
        assert await (await sent.photo[-1].get_file()).download_as_bytearray() == picture()
        assert (sent.photo[-1].width, sent.photo[-1].height) == (640, 420)
        again = await bot.send_photo(person.room.id, sent.photo[-1].file_id)
        assert again.photo[-1].file_id == sent.photo[-1].file_id
        for unfit, says in ((b"words", "(?i)image_process"), (picture(2100, 100), "(?i)invalid_dim"), ("AgAC", "(?i)wrong file")):
            with pytest.raises(BadRequest, match=says):
                await bot.send_photo(person.room.id, unfit)
        person.send_document(b"report", "application/pdf")
        person.send_document(None, size=21 * 2**20)
        small, large = await bot.get_updates(timeout=1)
        assert small.message and small.message.document and large.message and large.message.document
        assert await (await small.message.document.get_file()).download_as_bytearray() == b"report"
        with pytest.raises(BadRequest, match="too big"):
            await large.message.document.get_file()


async def test_polls_and_every_kind_of_media_can_be_read() -> None:
    async with BotApi(rates=Rates.none()) as api, client(api) as bot:
        person = api.person()
        poll = await bot.send_poll(person.room.id, "Which?", ["one", "two"], is_anonymous=False)
        assert poll.poll is not None
        person.answer_poll(poll.poll.id, 1)
        for kind in ("voice", "audio", "video", "video_note", "animation", "sticker"):
            person.send_media(kind)
        person.block()
        updates = await bot.get_updates(timeout=1)
        assert updates[0].poll_answer is not None and updates[0].poll_answer.option_ids == (1,)
        assert updates[-1].my_chat_member is not None and updates[-1].my_chat_member.new_chat_member.status == "kicked"
        assert len(updates) == 8
        assert (await bot.get_chat(api.person().room.id)).type == "private"


async def test_refusals_are_the_librarys_exceptions() -> None:
    async with BotApi(rates=Rates.strict()) as api, client(api) as bot:
        person = api.person()
        await bot.send_message(person.room.id, "one")
        with pytest.raises(RetryAfter):
            await bot.send_message(person.room.id, "two")
        person.block()
        with pytest.raises(Forbidden):
            await bot.send_message(person.room.id, "three")
        with pytest.raises(BadRequest):
            await bot.answer_callback_query("never issued")
        stranger = client(api, "1:wrong")
        with pytest.raises(InvalidToken):
            await stranger.initialize()
        await stranger.shutdown()


async def test_a_second_poller_ends_the_first_and_a_webhook_both() -> None:
    async with BotApi() as api, client(api) as bot, client(api) as other:
        first = asyncio.create_task(bot.get_updates(timeout=5))
        await asyncio.sleep(0.2)
        second = asyncio.create_task(other.get_updates(timeout=1))
        with pytest.raises(Conflict):
            await first
        await second
        await bot.set_webhook("http://127.0.0.1:1/hook", secret_token="secret")
        with pytest.raises(Conflict, match="webhook"):
            await bot.get_updates()
        await bot.delete_webhook()
        assert await bot.get_updates() == ()


async def test_a_webhook_is_called_with_its_secret_until_it_takes_the_update() -> None:
    calls: list[bytes] = []

    async def hook(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        calls.append(head)
        status = b"503 Busy" if len(calls) == 1 else b"200 OK"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(hook, "127.0.0.1", 0)
    async with server, BotApi() as api, client(api) as bot:
        await bot.set_webhook(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook", secret_token="the-secret")
        person = api.person()
        person.send_text("hello")
        async with asyncio.timeout(5):
            while api.world.updates:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert len(calls) == 2
    assert b"x-telegram-bot-api-secret-token: the-secret" in calls[1].lower()
