"""Stopping cleanly, dying without warning, and coming back: nothing that was told is lost."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from tests.e2e.house import House, city_awake
from tests.emulator import BotApi
from tests.emulator.people import Person
from tests.emulator.server import TOKEN

pytestmark = pytest.mark.asyncio(loop_scope="session")

AWAY = {"FARO_RASA_URL": "http://127.0.0.1:9", "FARO_RASA_SECRET": "s" * 32}
"""No Rasa: these tests are about everything that works without it."""


@pytest_asyncio.fixture(loop_scope="session")
async def telegram() -> AsyncIterator[BotApi]:
    """A Telegram of its own for each test."""
    async with BotApi() as api:
        yield api


def _house(folder: Path, telegram: BotApi, **more: str) -> House:
    city = city_awake(folder / "city", datetime.now(UTC))
    return House(folder / "var", FARO_CITY=str(city), TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url, **AWAY, **more)


async def _asked_for_the_category(person: Person) -> None:
    person.send_text("/tip")
    await person.until(lambda: any("begin" in data for data in _payloads(person)), 20)
    person.press(next(b["text"] for b in _buttons(person) if "begin" in b["callback_data"]))
    await person.until(lambda: any(":about:" in data for data in _payloads(person)), 20)


def _buttons(person: Person) -> list[dict[str, str]]:
    rows = person.heard()[-1].get("reply_markup", {}).get("inline_keyboard", []) if person.heard() else []
    return [button for row in rows for button in row]


def _payloads(person: Person) -> list[str]:
    return [button.get("callback_data", "") for button in _buttons(person)]


async def test_a_draft_survives_kill_9_and_goes_on_where_it_was(tmp_path: Path, telegram: BotApi) -> None:
    house, person = _house(tmp_path, telegram), telegram.person()
    await house.start()
    await _asked_for_the_category(person)
    await house.kill()
    person.send_text("Drugs")  # sent while nobody is there
    await house.start()
    try:
        await person.until(lambda: any(":in:" in data for data in _payloads(person)), 30)
    finally:
        await house.stop()


async def test_a_message_that_was_being_answered_at_kill_9_is_answered_after_all(tmp_path: Path, telegram: BotApi) -> None:
    house, people = _house(tmp_path, telegram), [telegram.person() for _ in range(20)]
    await house.start()
    for person in people:
        person.send_text("i want to die")
    await people[0].until(lambda: any(person.heard() for person in people), 20)
    await house.kill()
    await house.start()
    try:
        for person in people:
            await person.until(lambda person=person: any("carry this alone" in text for text in person.texts()), 60)  # type: ignore[misc]
    finally:
        await house.stop()


async def test_the_end_leaves_no_process_behind(tmp_path: Path, telegram: BotApi) -> None:
    house = _house(tmp_path, telegram)
    await house.start()
    children = [child.pid for child in house.children()]
    assert await house.stop() == 0
    assert not any(psutil.pid_exists(pid) for pid in children)
    assert any("has stopped" in line for line in house.printed)


async def test_rasa_does_not_outlive_a_killed_bot(model: Path, tmp_path: Path) -> None:
    house = House(tmp_path / "var")
    await house.start()
    await house.dialogue_ready()
    rasa = next(child for child in house.children() if "rasa_side" in child.cmdline())
    await house.kill()
    gone, alive = psutil.wait_procs([rasa], timeout=15)
    assert gone and not alive


async def test_telegram_may_call_instead_of_being_asked(tmp_path: Path, telegram: BotApi) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    house = _house(tmp_path, telegram, FARO_PORT=str(port), FARO_PUBLIC_URL=f"http://127.0.0.1:{port}")
    await house.start()
    try:
        person = telegram.person()
        await person.until(lambda: telegram.called("setWebhook"), 20)
        person.send_text("/start")
        await person.until(lambda: any("I am Faro" in text for text in person.texts()), 20)
        assert not telegram.called("getUpdates")
    finally:
        await house.stop()


async def test_a_wrong_token_stops_only_telegram(tmp_path: Path, telegram: BotApi) -> None:
    house = House(tmp_path / "var", TELEGRAM_TOKEN="1:wrong", TELEGRAM_API_URL=telegram.url, **AWAY)
    await house.start()
    try:
        await house.until(lambda: any("token" in line for line in house.logged), 20)
        assert house.process.returncode is None
        assert "1:wrong" not in "".join(house.logged + house.printed)
    finally:
        await house.stop()
