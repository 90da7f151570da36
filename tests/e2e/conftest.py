"""The real processes: a Faro with Rasa beside it, and the emulator of the Bot API on the other side."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.house import House, city_awake
from tests.emulator import BotApi
from tests.emulator.server import TOKEN


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def telegram() -> AsyncIterator[BotApi]:
    """Telegram."""
    async with BotApi() as api:
        yield api


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(model: Path, telegram: BotApi, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A Faro connected to it, with the model loaded."""
    folder = Path(tmp_path_factory.mktemp("faro"))
    city = city_awake(folder / "city", datetime.now(UTC))
    house = House(folder / "var", FARO_CITY=str(city), TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url)
    await house.start()
    try:
        await house.dialogue_ready()
        yield house
    finally:
        await house.stop()
