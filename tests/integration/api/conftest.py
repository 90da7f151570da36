"""One desk per test and kind of store."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integration.api.support import Desk, open_desk


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with open_desk(database_url) as desk:
        yield desk


@pytest.fixture
async def small_desk(sqlite_url: str) -> AsyncIterator[Desk]:
    """On SQLite only: for what has nothing to do with the store."""
    async with open_desk(sqlite_url) as desk:
        yield desk
