"""A mapping that forgets."""

from __future__ import annotations

from rasa_side.forgetting import Forgetting


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_an_entry_ends_after_its_time_without_use() -> None:
    clock = Clock()
    store: Forgetting[str] = Forgetting(10, 60, clock)
    store["a"] = "x"
    clock.seconds = 59
    assert store["a"] == "x"
    clock.seconds = 60
    assert store.get("a") is None
    assert "a" not in store
    assert len(store) == 0


def test_writing_keeps_an_entry_alive() -> None:
    clock = Clock()
    store: Forgetting[str] = Forgetting(10, 60, clock)
    store["a"] = "x"
    clock.seconds = 50
    store["a"] = "y"
    clock.seconds = 100
    assert store["a"] == "y"


def test_the_longest_unused_goes_first() -> None:
    store: Forgetting[str] = Forgetting(2, 60, Clock())
    store["a"] = store["b"] = "x"
    store["a"] = "y"
    store["c"] = "x"
    assert list(store) == ["a", "c"]


def test_ended_entries_leave_memory_when_others_write() -> None:
    clock = Clock()
    store: Forgetting[str] = Forgetting(10, 60, clock)
    store["a"] = "x"
    clock.seconds = 61
    store["b"] = "x"
    assert list(store._entries) == ["b"]


def test_an_entry_can_be_dropped() -> None:
    store: Forgetting[str] = Forgetting(10, 60, Clock())
    store["a"] = "x"
    del store["a"]
    assert store.get("a") is None
