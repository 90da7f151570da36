"""The Telegram channel with a fake conversation, real HTTP and a real store."""

from __future__ import annotations

import asyncio
import logging

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from bot.channels.telegram import Limits, Window
from bot.channels.telegram.tables import InboxRow
from bot.errors import MediaUnavailable, NotSent, Refused, Uncertain, Unreachable
from bot.messages import Address, Button, Channel, Incoming, Language, Media, Membership, Press, Reply, Turn
from bot.storage import Database
from tests.emulator import BotApi, Fault, Rates
from tests.integration.channels.telegram_harness import Bot, FakeConversation, echo, keyring, words_of


async def rows(database: Database, *, waiting: bool) -> int:
    condition = InboxRow.chat.is_not(None) if waiting else InboxRow.chat.is_(None)
    async with database.read() as session:
        return (await session.execute(select(func.count()).select_from(InboxRow).where(condition))).scalar_one()


async def settled(bot: Bot) -> None:
    """Everything received was answered and its content destroyed."""
    await bot.until(lambda: bot.channel.state.waiting == 0)


async def test_a_message_is_answered_and_its_content_destroyed(database: Database) -> None:
    async with BotApi() as api, Bot(api, database) as bot:
        person = api.person()
        person.send_text("hello")
        assert await person.hears(1) == ["hello"]
        await settled(bot)
        async with database.read() as session:
            (row,) = (await session.execute(select(InboxRow))).scalars()
        assert (row.sealed, row.chat) == (None, None)


async def test_an_update_delivered_twice_is_handled_once(database: Database) -> None:
    async with BotApi() as api, Bot(api, database) as bot:
        person = api.person()
        first = person.send_text("once")
        await person.hears(1)
        api.repeat(first)
        person.send_text("afterwards")
        assert await person.hears(2) == ["once", "afterwards"]
        assert bot.conversation.words() == ["once", "afterwards"]


async def test_a_server_that_counts_anew_is_still_heard(database: Database) -> None:
    keys = keyring()
    for words in ("before", "after"):
        async with BotApi(first_update=7) as api, Bot(api, database, keys=keys):
            person = api.person(number=1000 if words == "before" else 1001)
            person.send_text(words)
            assert await person.hears(1) == [words]


async def test_updates_left_by_a_killed_process_are_taken_up_again_in_order(database: Database) -> None:
    keys, stuck = keyring(), asyncio.Event()

    async def never(_: Incoming) -> Turn:
        stuck.set()
        await asyncio.Event().wait()
        return Turn()

    async with BotApi() as api:
        person = api.person()
        async with Bot(api, database, FakeConversation(never), keys) as first:
            for number in range(5):
                person.send_text(f"message {number}")
            await stuck.wait()
            await first.until(lambda: first.channel.state.waiting == 5)
            await first.dies()
        assert await rows(database, waiting=True) == 5
        async with Bot(api, database, keys=keys) as second:
            assert await person.hears(5) == [f"message {number}" for number in range(5)]
            await settled(second)
            assert second.conversation.words() == person.texts() == [f"message {number}" for number in range(5)]


async def test_what_waits_is_unreadable_in_the_store(database: Database) -> None:
    never = FakeConversation(lambda _: asyncio.sleep(3600, Turn()))
    async with BotApi() as api, Bot(api, database, never) as bot:
        person = api.person(number=777_000_777)
        person.send_text("a secret sentence")
        await bot.until(lambda: bot.conversation.asked)
        async with database.read() as session:
            (row,) = (await session.execute(select(InboxRow))).scalars()
        assert row.sealed is not None
        assert b"secret" not in row.sealed
        assert "777000777" not in str(row.chat)


async def test_fifty_messages_at_once_are_answered_in_order_and_others_do_not_wait(database: Database) -> None:
    async with BotApi(rates=Rates.none()) as api, Bot(api, database, limits=Limits(Window(10_000, 1.0), Window(1, 0.02))) as bot:
        flooder, other = api.person(), api.person()
        for number in range(50):
            flooder.send_text(f"{number}")
        other.send_text("and me")
        assert await other.hears(1) == ["and me"]
        assert len(flooder.heard()) < 25
        assert await flooder.hears(50) == [f"{number}" for number in range(50)]
        assert len(bot.conversation.asked) == 51


async def test_a_full_conversation_is_shared_fairly(database: Database) -> None:
    async def slow(incoming: Incoming) -> Turn:
        await asyncio.sleep(0.01)
        return echo(incoming)

    async with BotApi(rates=Rates.none()) as api, Bot(api, database, FakeConversation(slow)):
        crowd, other = [api.person() for _ in range(20)], api.person()
        for person in crowd:
            for number in range(10):
                person.send_text(f"{number}")
        other.send_text("and me")
        await other.hears(1)
        assert sum(len(person.heard()) for person in crowd) < 100


async def test_a_handler_that_fails_three_times_is_put_aside_with_an_honest_word(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(incoming: Incoming) -> Turn:
        if words_of(incoming.content) == "poison words":
            raise RuntimeError("poison words")
        return echo(incoming)

    async with BotApi() as api, Bot(api, database, FakeConversation(crash)) as bot:
        person = api.person()
        person.send_text("poison words")
        person.send_text("good")
        assert await person.hears(2) == ["Something went wrong", "good"]
        assert bot.conversation.words() == ["poison words"] * 3 + ["good"]
        assert bot.channel.state.put_aside == 1
    assert "put aside" in caplog.text
    assert "poison words" not in caplog.text


async def test_a_message_that_kills_the_process_is_put_aside_after_the_third_time(database: Database) -> None:
    keys = keyring()
    async with BotApi() as api:
        person = api.person()
        person.send_text("deadly")
        for _ in range(3):
            deadly = FakeConversation(lambda _: asyncio.sleep(3600, Turn()))
            async with Bot(api, database, deadly, keys) as bot:
                await bot.until(lambda deadly=deadly: deadly.asked)
                await bot.dies()
        async with Bot(api, database, keys=keys) as bot:
            assert await person.hears(1) == ["Something went wrong"]
            assert bot.conversation.asked == []


async def test_a_locked_store_delays_the_answer_and_says_so(database: Database) -> None:
    failures = iter([OperationalError("INSERT", {}, Exception("database is locked"))] * 5)

    def locked(incoming: Incoming) -> Turn:
        for failure in failures:
            raise failure
        return echo(incoming)

    async with BotApi() as api, Bot(api, database, FakeConversation(locked)) as bot:
        person = api.person()
        person.send_text("patience")
        assert await person.hears(2) == ["It takes longer", "patience"]
        assert bot.channel.state.put_aside == 0


async def test_presses_are_answered_at_once_even_when_never_issued_or_inaccessible(database: Database) -> None:
    buttons = ((Button("Yes", "safety:safe"), Button("Read", url="https://example.org/")),)
    async with BotApi() as api, Bot(api, database, FakeConversation(lambda i: Turn((Reply(words_of(i.content), buttons),)))):
        person = api.person()
        person.send_text("hello")
        await person.hears(1)
        query = person.press("Yes")
        await person.hears(2)
        await person.until(lambda: api.world.presses[query])
        person.press_data("tip:yesterday")
        person.press_data("invented:never", known=False)
        assert await person.hears(4) == ["hello", "pressed safety:safe", "pressed tip:yesterday", "pressed invented:never"]


async def test_a_press_stops_spinning_while_earlier_messages_are_still_worked_on(database: Database) -> None:
    never = FakeConversation(lambda _: asyncio.sleep(3600, Turn()))
    async with BotApi() as api, Bot(api, database, never) as bot:
        person = api.person()
        person.send_text("slow")
        await bot.until(lambda: never.asked)
        query = person.press_data("menu:open")
        await person.until(lambda: api.world.presses[query])


async def test_each_kind_of_message_gets_its_answer(database: Database) -> None:
    async with BotApi(rates=Rates.none()) as api, Bot(api, database):
        person = api.person()
        number = person.send_text("first")
        person.edit(api.world.history[number]["message"]["message_id"], text="first, changed")
        person.send_text("/start tip-42")
        person.send_text("/HELP@faro_test_bot")
        person.send_text('/intent{"x":"y"}')
        person.send_photo(b"jpeg")
        person.send_document(b"pdf")
        for kind in ("voice", "audio", "video", "video_note", "animation", "sticker"):
            person.send_media(kind)
        place = {"latitude": 45.0, "longitude": 9.0}
        person.send(location=place)
        person.send(location=place, venue={"location": place, "title": "Station", "address": "Square 1"})
        person.send(contact={"phone_number": "+0", "first_name": "Somebody"})
        person.send(dice={"emoji": "🎲", "value": 3})
        person.answer_poll("1", 0)
        person.block()
        person.unblock()
        files = ["photo", "document", "voice", "audio", "video", "video", "video", "sticker"]
        kinds = [*files, "location", "location", "contact", "other", "poll"]
        expected = ["first", "edited first, changed", "command start tip-42", "command help", '/intent{"x":"y"}']
        heard = await person.hears(5 + len(kinds) + 2)
        assert heard == [*expected, *(f"media {kind}" for kind in kinds), "reachable False", "reachable True"]


async def test_a_group_hears_the_bot_only_when_it_is_spoken_to(database: Database) -> None:
    async with BotApi(rates=Rates.none()) as api, Bot(api, database) as bot:
        person, group = api.person(), api.group()
        talker = group.member(person)
        group.add_bot(person)
        talker.send_text("we talk among ourselves")
        talker.send_text("/start@another_bot")
        talker.send_text("hey @Faro_Test_Bot")
        talker.send_text("/help")
        talker.send(new_chat_title="other title")
        group.remove_bot(person)
        person.send_text("in private")
        await person.hears(1)
        await settled(bot)
        in_group = [incoming for incoming in bot.conversation.asked if incoming.group]
        assert [words_of(incoming.content) for incoming in in_group] == ["command start", "hey @Faro_Test_Bot", "command help"]
        assert {incoming.address.id for incoming in in_group} == {str(group.room.id)}


async def test_a_message_that_the_library_cannot_read_still_gets_an_answer(database: Database) -> None:
    async with BotApi() as api, Bot(api, database):
        person = api.person()
        api.world.push("message", {"chat": person.room.chat, "text": "no number, no date"})
        assert await person.hears(1) == ["media other"]


async def test_files_are_fetched_only_when_asked_for_and_never_above_20_mb(database: Database) -> None:
    outcome: list[object] = []

    async def fetch(incoming: Incoming) -> Turn:
        assert isinstance(incoming.content, Media) and incoming.content.fetch
        if incoming.content.caption != "leave it":
            try:
                outcome.append(await incoming.content.fetch())
            except MediaUnavailable as error:
                outcome.append(error)
        return Turn((Reply("ok"),))

    async with BotApi(rates=Rates.none()) as api, Bot(api, database, FakeConversation(fetch)):
        person = api.person()
        person.send_photo(b"large picture", caption="leave it")
        await person.hears(1)
        assert api.called("getFile") == []
        person.send_photo(b"large picture")
        person.send_document(None, size=21 * 2**20)
        await person.hears(3)
        assert outcome[0] == b"large picture"
        assert isinstance(outcome[1], MediaUnavailable)
        assert len(api.called("getFile")) == 1
        person.send(document={"file_id": "expired", "file_unique_id": "x"})
        await person.hears(4)
        assert isinstance(outcome[2], MediaUnavailable)


async def test_an_erased_message_is_gone_and_a_sensitive_answer_can_be_deleted(database: Database) -> None:
    answer = Turn((Reply("six words", sensitive=True),), erase=True, language=Language("en"))
    async with BotApi() as api, Bot(api, database, FakeConversation(lambda _: answer)) as bot:
        person = api.person()
        person.send_text("too private")
        await person.hears(1)
        await person.until(lambda: all(m.get("text") != "too private" for m in person.room.messages))
        person.press("Delete this message")
        await person.until(lambda: person.heard() == [])
        assert len(bot.conversation.asked) == 1


async def test_failing_to_erase_does_not_fail_the_answer(database: Database) -> None:
    async with BotApi() as api, Bot(api, database, FakeConversation(lambda _: Turn((Reply("ok"),), erase=True))):
        api.faults.unknown_methods.add("deleteMessage")
        person = api.person()
        person.send_text("hello")
        assert await person.hears(1) == ["ok"]


async def test_typing_is_shown_only_when_the_answer_takes_a_while(database: Database) -> None:
    async def slow(incoming: Incoming) -> Turn:
        await asyncio.sleep(0.5 if words_of(incoming.content) == "slow" else 0.0)
        return echo(incoming)

    async with BotApi() as api, Bot(api, database, FakeConversation(slow)):
        person = api.person()
        person.send_text("quick")
        await person.hears(1)
        assert person.room.actions == []
        person.send_text("slow")
        await person.hears(2)
        assert "typing" in person.room.actions


async def test_a_long_answer_is_split_and_its_buttons_stand_under_the_last_part(database: Database) -> None:
    long = "\n\n".join("A paragraph with **bold** words & <angles>. " * 10 for _ in range(15))
    async with BotApi() as api, Bot(api, database, FakeConversation(lambda _: Turn((Reply(long, ((Button("Menu", "menu:open"),),)),)))):
        person = api.person()
        person.send_text("tell me")
        heard = await person.hears(2)
        assert "".join(heard).count("bold") == 150
        assert "<angles>" in heard[0] and "**" not in heard[0]
        assert [("reply_markup" in message) for message in person.heard()] == [False, True]


async def test_formatting_that_the_server_refuses_is_sent_plain(database: Database) -> None:
    async with BotApi() as api, Bot(api, database):
        api.faults.plan(Fault("sendMessage", code=400, description="Bad Request: can't parse entities"))
        person = api.person()
        person.send_text("1 < 2")
        assert await person.hears(1) == ["1 < 2"]
        assert "parse_mode" not in api.called("sendMessage")[-1].arguments


@pytest.mark.parametrize("fault", [{"code": 500}, {"code": 502, "description": "Bad Gateway"}, {"code": 429, "retry_after": 1}])
async def test_a_failed_reply_is_tried_again(database: Database, fault: dict[str, object]) -> None:
    async with BotApi() as api, Bot(api, database):
        api.faults.plan(Fault("sendMessage", times=2, **fault))  # type: ignore[arg-type]
        person = api.person()
        person.send_text("hello")
        assert await person.hears(1) == ["hello"]


async def test_a_reply_whose_answer_was_lost_is_sent_again(database: Database) -> None:
    async with BotApi() as api, Bot(api, database):
        api.faults.plan(Fault("sendMessage", lost=True))
        person = api.person()
        person.send_text("hello")
        assert await person.hears(2) == ["hello", "hello"]


async def test_a_person_who_blocked_the_bot_counts_as_unreachable(database: Database) -> None:
    async with BotApi() as api, Bot(api, database) as bot:
        person = api.person()
        person.room.blocked = True
        person.send_text("hello")
        await bot.until(lambda: len(bot.conversation.asked) == 2)
        assert bot.conversation.asked[1].content == Membership(reachable=False)
        assert bot.conversation.asked[1].address == Address(Channel.TELEGRAM, str(person.user["id"]))


async def test_the_limits_are_kept_so_that_a_strict_server_never_refuses(database: Database) -> None:
    limits = Limits(Window(30, 0.1), Window(1, 0.1), Window(20, 6.0))
    async with BotApi(rates=Rates.none()) as api, Bot(api, database, limits=limits):
        people = [api.person() for _ in range(40)]
        for person in people:
            person.send_text("one")
            person.send_text("two")
        for person in people:
            await person.hears(2)
        times = [call.at for call in api.called("sendMessage")]
        assert all(later - earlier > 0.1 for earlier, later in zip(times, times[30:], strict=False))


async def test_a_429_stops_the_whole_bot_until_its_deadline(database: Database) -> None:
    async with BotApi() as api, Bot(api, database, hurry=1.0) as bot:
        first, second = api.person(), api.person()
        api.faults.plan(Fault("sendMessage", code=429, retry_after=1))
        first.send_text("meets it")
        await bot.until(lambda: bot.channel.halted_for > 0)
        refused = next(call.at for call in api.calls if call.code == 429)
        second.send_text("comes later")
        with pytest.raises(NotSent) as told:
            await bot.channel.messenger.send(Address(Channel.TELEGRAM, str(first.user["id"])), Reply("broadcast"))
        assert 0 < told.value.retry_after <= 1.1
        await first.hears(1)
        await second.hears(1)
        assert min(call.at for call in api.called("sendMessage") if call.code == 200) - refused >= 1.0


async def test_a_wrong_token_is_one_clear_state_and_mending_it_needs_no_restart(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with BotApi("42:right") as api, Bot(api, database, token="42:wrong-secret") as bot:
        await bot.until(lambda: len(api.called("getMe")) >= 3)
        assert not bot.channel.state.healthy
        assert "TELEGRAM_TOKEN" in bot.channel.state.meaning
        with pytest.raises(NotSent):
            await bot.channel.messenger.send(Address(Channel.TELEGRAM, "1"), Reply("x"))
        api.world.token = "42:wrong-secret"
        await bot.until(lambda: bot.channel.state.healthy)
    assert caplog.text.count("does not know this token") == 1
    assert "wrong-secret" not in caplog.text


@pytest.mark.parametrize(("token", "phase"), [("42:right", "accepted"), ("42:wrong", "token_refused"), ("nonsense", "token_refused")])
async def test_the_doctor_learns_whether_the_token_is_right(database: Database, token: str, phase: str) -> None:
    async with BotApi("42:right") as api:
        state = await Bot(api, database, token=token).channel.probe()
    assert (state.phase, state.healthy) == (phase, phase == "accepted")


async def test_a_server_that_is_away_at_the_start_is_waited_for(database: Database) -> None:
    async with BotApi() as gone:
        pass
    async with Bot(gone, database) as bot:
        await bot.until(lambda: bot.channel.state.phase == "unreachable")
        async with BotApi(port=int(gone.url.rsplit(":", 1)[1])) as api:
            person = api.person()
            person.send_text("back again")
            assert await person.hears(1) == ["back again"]
            assert bot.channel.state.link == "https://t.me/faro_test_bot"


async def test_a_server_that_knows_only_the_necessary_methods_is_enough(database: Database) -> None:
    async with BotApi() as api:
        optional = ("setMyCommands", "deleteWebhook", "setWebhook", "sendChatAction", "answerCallbackQuery", "deleteMessage", "getFile")
        api.faults.unknown_methods.update(optional)
        async with Bot(api, database, public_url="http://127.0.0.1:1") as bot:
            person = api.person()
            person.send_text("hello")
            person.press_data("menu:open")
            assert await person.hears(2) == ["hello", "pressed menu:open"]
            assert bot.channel.state.phase == "polling"


async def test_the_command_menu_is_registered_in_each_language(database: Database) -> None:
    async with BotApi() as api, Bot(api, database) as bot:
        await bot.until(lambda: len(api.world.commands) == 3)
        french = api.world.commands["all_private_chats", "fr"]
        assert french == [{"command": "start", "description": "Commencer"}]
        assert api.world.commands["all_private_chats", ""] == [{"command": "start", "description": "Start"}]


async def test_updates_that_could_not_be_stored_are_not_acknowledged(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.channels.telegram.inbox import Inbox

    store, failures = Inbox.store, iter([OSError("disk full")] * 2)

    async def full(self: Inbox, updates: object) -> object:
        for failure in failures:
            raise failure
        return await store(self, updates)  # type: ignore[arg-type]

    monkeypatch.setattr(Inbox, "store", full)
    async with BotApi() as api, Bot(api, database):
        person = api.person()
        person.send_text("survives")
        assert await person.hears(1) == ["survives"]


class TestWebhook:
    """Webhook instead of polling."""

    async def serve(self, bot: Bot, request: httpx.Request) -> httpx.Response:
        return httpx.Response(await bot.channel.webhook(request.headers.get("X-Telegram-Bot-Api-Secret-Token"), request.content))

    async def test_updates_come_with_the_secret_and_are_stored_before_200(self, database: Database) -> None:
        async with BotApi() as api, Bot(api, database, public_url="http://127.0.0.1:9") as bot:
            await bot.until(lambda: bot.channel.state.phase == "webhook")
            assert api.world.webhook["url"] == "http://127.0.0.1:9/telegram/webhook"
            person = api.person()
            number = person.send_text("by webhook")
            body = httpx.Request("POST", "http://x", json=api.world.history[number]).content
            secret = api.world.webhook["secret"]
            assert await bot.channel.webhook(secret, body) == 200
            assert await bot.channel.webhook(secret, body) == 200
            assert await person.hears(1) == ["by webhook"]
            assert len(bot.conversation.asked) == 1

    @pytest.mark.parametrize(
        ("secret", "body", "status"),
        [(None, b"{}", 403), ("wrong", b"{}", 403), ("é", b"{}", 403), ("right", b"not json", 400), ("right", b"[]", 400),
         ("right", b'{"update_id": "x"}', 400), ("right", b" " * 1_000_001, 413)],
    )  # fmt: skip
    async def test_anything_else_is_refused(self, database: Database, secret: str | None, body: bytes, status: int) -> None:
        async with BotApi() as api, Bot(api, database, public_url="http://127.0.0.1:9") as bot:
            await bot.until(lambda: bot.channel.state.phase == "webhook")
            shown = bot.channel.webhook_secret if secret == "right" else secret
            assert await bot.channel.webhook(shown, body) == status
            assert await rows(database, waiting=True) == 0

    async def test_before_the_bot_is_signed_in_telegram_is_asked_to_come_back(self, database: Database) -> None:
        async with BotApi("1:other") as api, Bot(api, database, public_url="http://127.0.0.1:9") as bot:
            assert await bot.channel.webhook(bot.channel.webhook_secret, b'{"update_id": 1}') == 503


class TestMessenger:
    """Broadcasts: at most once, and an honest word about each."""

    async def test_a_broadcast_arrives(self, database: Database) -> None:
        async with BotApi() as api, Bot(api, database) as bot:
            await bot.until(lambda: bot.channel.state.healthy)
            person = api.person()
            await bot.channel.messenger.send(Address(Channel.TELEGRAM, str(person.user["id"])), Reply("**News**"))
            assert person.texts() == ["News"]

    @pytest.mark.parametrize(
        ("fault", "outcome"),
        [
            ({"code": 403, "description": "Forbidden: bot was blocked by the user"}, Unreachable),
            ({"code": 400, "description": "Bad Request: chat not found"}, Unreachable),
            ({"code": 400, "description": "Bad Request: BUTTON_DATA_INVALID"}, Refused),
            ({"code": 429, "retry_after": 3}, NotSent),
            ({"code": 500}, Uncertain),
            ({"lost": True}, Uncertain),
        ],
    )
    async def test_each_failure_has_one_meaning(self, database: Database, fault: dict[str, object], outcome: type[Exception]) -> None:
        async with BotApi() as api, Bot(api, database) as bot:
            await bot.until(lambda: bot.channel.state.healthy)
            person = api.person()
            api.faults.plan(Fault("sendMessage", **fault))  # type: ignore[arg-type]
            with pytest.raises(outcome):
                await bot.channel.messenger.send(Address(Channel.TELEGRAM, str(person.user["id"])), Reply("News"))
            assert len(api.called("sendMessage")) == 1

    async def test_without_a_connection_nothing_was_sent(self, database: Database) -> None:
        async with BotApi() as api, Bot(api, database) as bot:
            await bot.until(lambda: bot.channel.state.healthy)
            await api.__aexit__(None, None, None)
            with pytest.raises((NotSent, Uncertain)):
                await bot.channel.messenger.send(Address(Channel.TELEGRAM, "1000"), Reply("News"))


async def test_two_processes_answer_each_update_once_and_each_chat_in_order(postgres_url: str) -> None:
    from bot.storage import Base

    one, other, keys = Database(postgres_url), Database(postgres_url), keyring()
    async with one.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)

    async def slow(incoming: Incoming) -> Turn:
        await asyncio.sleep(0.005)
        return echo(incoming)

    conversations = FakeConversation(slow), FakeConversation(slow)
    url = "http://127.0.0.1:9"
    async with (
        BotApi(rates=Rates.none()) as api,
        Bot(api, one, conversations[0], keys, public_url=url) as left,
        Bot(api, other, conversations[1], keys, public_url=url) as right,
    ):
        await left.until(lambda: left.channel.state.healthy and right.channel.state.healthy)
        people = [api.person() for _ in range(5)]
        for number in range(8):
            for person in people:
                update = api.world.history[person.send_text(f"{number}")]
                body = httpx.Request("POST", "http://x", json=update).content
                process = (left, right)[update["update_id"] % 2]
                assert await process.channel.webhook(process.channel.webhook_secret, body) == 200
        for person in people:
            assert await person.hears(8) == [f"{number}" for number in range(8)]
        assert all(conversation.asked for conversation in conversations)
    await one.close()
    await other.close()


async def test_a_press_is_told_by_its_payload(database: Database) -> None:
    async with BotApi() as api, Bot(api, database) as bot:
        person = api.person(language=None)
        person.press_data("menu:open")
        await person.hears(1)
        assert bot.conversation.asked[0].content == Press("menu:open")
        assert bot.conversation.asked[0].language_hint is None
