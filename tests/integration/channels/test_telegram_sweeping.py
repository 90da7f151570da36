"""Messages of both sides go from the chat, and who wrote them is told what stays."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bot.channels.telegram.trails import DELETABLE_FOR, MOST, Trails
from bot.messages import Deed, Incoming, Language, Reply, Trail, Turn
from bot.storage import Database
from tests.emulator import BotApi, Fault
from tests.integration.channels.telegram_harness import Bot, FakeConversation, keyring, words_of

NOW = datetime(2026, 3, 1, 12, 20, tzinfo=UTC)


def telling(incoming: Incoming) -> Turn:
    """Notes everything, except what is said aside; sweeps what belongs to the word behind "sweep"."""
    deed, _, mark = words_of(incoming.content).partition(" ")
    trail = {"sweep": Trail(Deed.SWEEP, mark), "forget": Trail(Deed.FORGET, mark), "aside": None}.get(deed, Trail(Deed.NOTE, deed))
    return Turn((Reply(f"to {deed}"), Reply("and more")), language=Language("en"), trail=trail)


async def test_both_sides_messages_go_also_after_a_restart_and_others_stay(database: Database) -> None:
    keys = keyring()
    async with BotApi() as api:
        person = api.person()
        async with Bot(api, database, FakeConversation(telling), keys):
            for number, words in enumerate(("tip one", "aside", "tip two"), start=1):
                person.send_text(words)
                await person.hears(2 * number)
        async with Bot(api, database, FakeConversation(telling), keys):
            person.send_text("sweep tip")
            await person.until(lambda: "All gone" in [m["text"] for m in person.heard()])

        assert [m["text"] for m in person.room.messages] == ["aside", "to aside", "and more", "to sweep", "and more", "All gone"]
        assert len(api.called("deleteMessages")) == 1
    async with database.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM telegram_trail"))).scalar() == 0


async def test_a_message_that_cannot_be_deleted_is_counted_and_the_others_go(database: Database) -> None:
    async with BotApi() as api, Bot(api, database, FakeConversation(telling)):
        person = api.person()
        person.send_text("tip")
        await person.hears(2)
        person.room.messages[0]["date"] = int(time.time()) - 49 * 3600
        person.send_text("sweep tip")
        await person.until(lambda: "1 stay" in [m["text"] for m in person.heard()])

        assert [m["text"] for m in person.room.messages] == ["tip", "to sweep", "and more", "1 stay"]


async def test_a_server_without_delete_messages_deletes_one_by_one(database: Database) -> None:
    async with BotApi() as api, Bot(api, database, FakeConversation(telling)):
        api.faults.unknown_methods.add("deleteMessages")
        person = api.person()
        person.send_text("tip")
        await person.hears(2)
        person.send_text("sweep tip")
        await person.until(lambda: "All gone" in [m["text"] for m in person.heard()])

        assert len(api.called("deleteMessage")) == 4


async def test_a_server_that_is_away_for_a_moment_is_asked_again(database: Database) -> None:
    async with BotApi() as api, Bot(api, database, FakeConversation(telling)):
        person = api.person()
        person.send_text("tip")
        await person.hears(2)
        api.faults.plan(Fault("deleteMessages", code=502, description="Bad Gateway"))
        person.send_text("sweep tip")
        await person.until(lambda: "All gone" in [m["text"] for m in person.heard()])

        assert len(api.called("deleteMessages")) == 2


async def test_with_nothing_remembered_and_nothing_deleted_it_is_said_so(database: Database) -> None:
    async with BotApi() as api, Bot(api, database, FakeConversation(telling)):
        person = api.person()
        person.send_text("tip")
        await person.hears(2)
        person.send_text("forget")
        await person.hears(4)
        person.press_data("pressed")
        await person.hears(6)
        person.send_text("sweep tip")
        await person.until(lambda: "All gone" in [m["text"] for m in person.heard()])

        assert "tip" in [m["text"] for m in person.room.messages], "what was forgotten stays"


async def test_numbers_are_sealed_and_become_a_count_after_two_days(database: Database) -> None:
    now = [NOW]
    trails = Trails(database, keyring(), 7, lambda: now[0])
    await trails.note(4711, "a", [1, 2])
    now[0] += timedelta(hours=30)
    await trails.note(4711, "a", [3])
    await trails.note(4711, "b", [4])
    assert list((await trails.of(4711, "")).numbers) == [1, 2, 3, 4]
    now[0] += timedelta(hours=20)

    a = await trails.of(4711, "a")

    assert (list(a.numbers), a.too_old) == ([3], 2)
    async with database.read() as session:
        [row] = (await session.execute(text("SELECT chat, sealed FROM telegram_trail"))).all()
    assert "4711" not in row.chat and b"[" not in bytes(row.sealed)[:1]
    now[0] += DELETABLE_FOR
    assert (await trails.of(4711, "a")).numbers == {}
    assert await trails.purge() == 1 and await trails.purge() == 0


async def test_another_key_opens_no_trail_and_a_flood_is_bounded(database: Database) -> None:
    await Trails(database, keyring(), 7, lambda: NOW).note(4711, "a", [1])
    keys = keyring()
    mine = Trails(database, keys, 7, lambda: NOW)
    await mine.note(4711, "a", range(MOST + 5))

    found = await mine.of(4711, "a")

    assert len(found.numbers) == MOST and found.too_old == 5 and 0 not in found.numbers
