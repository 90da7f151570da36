"""One office per test and kind of store."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integration.staff.support import Office, open_office


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    office = await open_office(database_url)
    yield office
    await office.database.close()
