"""The order of measuring, with sides that only count."""

from __future__ import annotations

import pytest

from benchmarks.machine import Memory
from benchmarks.messages.corpus import Message
from benchmarks.messages.measuring import Measuring, Plan
from benchmarks.messages.page import page
from benchmarks.messages.side import NoAnswer, Start, Writer

PLAN = Plan(
    starts=2, warm_up=2, rounds=3, typed=4, pressed=4, crowd=4, crowd_rounds=2, crowd_messages=8,
    early_turn=6, late_turn=30, turns=10, pause=0,
)
MESSAGES = [Message(language, "scam", f"{language} {number}") for number in range(5) for language in ("en", "fr")]


class Counting:
    """A side that takes ``seconds`` for everything, without waiting."""

    def __init__(self, name: str, diary: list[tuple[str, str, object]], seconds: float, breaks_at: str = "") -> None:
        self.name = name
        self._diary = diary
        self._seconds = seconds
        self._breaks_at = breaks_at

    async def start(self) -> Start:
        return Start(self._note("start", None), self._seconds)

    async def ask(self, writer: Writer, message: Message) -> float:
        return self._note("ask", (writer, message.text))

    async def press(self, writer: Writer, intent: str) -> float:
        return self._note("press", (writer, intent))

    def memory(self) -> Memory:
        return Memory(self._seconds, self._seconds)

    async def stop(self) -> None:
        self._diary.append((self.name, "stop", None))

    def _note(self, what: str, about: object) -> float:
        if what == self._breaks_at:
            raise NoAnswer("broken")
        self._diary.append((self.name, what, about))
        return self._seconds


def _measuring(diary: list[tuple[str, str, object]], breaks_at: str = "") -> Measuring:
    sides = [("a", lambda: Counting("a", diary, 0.01)), ("b", lambda: Counting("b", diary, 0.03, breaks_at))]
    return Measuring(sides, PLAN, MESSAGES, ["scam", "hate"], lambda _: None)


async def test_both_sides_are_asked_the_same_by_the_same_people() -> None:
    diary: list[tuple[str, str, object]] = []
    await _measuring(diary).run()
    asked = {name: [(what, about) for who, what, about in diary if who == name] for name in "ab"}
    assert asked["a"] == asked["b"]


async def test_the_sides_take_turns_round_by_round() -> None:
    diary: list[tuple[str, str, object]] = []
    await _measuring(diary).run()
    pressing = [who for who, what, _ in diary if what == "press"]
    assert "".join(pressing) == "aaaabbbb" * PLAN.rounds


async def test_everything_started_is_stopped_also_after_a_failure() -> None:
    diary: list[tuple[str, str, object]] = []
    with pytest.raises(NoAnswer):
        await _measuring(diary, breaks_at="press").run()
    for name in "ab":
        assert sum(entry[:2] == (name, "start") for entry in diary) == sum(entry[:2] == (name, "stop") for entry in diary) == PLAN.starts


async def test_at_once_means_different_people() -> None:
    diary: list[tuple[str, str, object]] = []
    measuring = _measuring(diary)
    await measuring._crowd("a", Counting("a", diary, 0.01), 10_000)
    assert len({about[0] for _, _, about in diary if isinstance(about, tuple)}) == PLAN.crowd


async def test_the_late_turn_lies_around_its_number() -> None:
    diary: list[tuple[str, str, object]] = []
    measuring = _measuring(diary)
    await measuring._long_conversation("a", Counting("a", diary, 0.01), 5)
    own = [index for index, (_, _, about) in enumerate(diary) if isinstance(about, tuple) and about[0] == Writer(5, "en")]
    assert len(own) == PLAN.late_turn - PLAN.turns // 2 - 1 + PLAN.turns
    assert [len(series) for series in (measuring.measured["a"].early, measuring.measured["a"].late)] == [1, 1]


async def test_the_page_judges_each_target_once() -> None:
    measured = await _measuring([]).run()
    rows = {row.name: row for row in page(measured["a"], measured["b"], PLAN, []).rows}
    assert rows["typed message, p50"].is_met is True
    assert rows["button, p50"].is_met is False  # a third, and a quarter is asked for
    assert rows["memory after the load, PSS"].is_met is True
    assert rows["turn 30 beside turn 6 (Faro's own)"].is_met is True
    assert sum(row.is_met is not None for row in rows.values()) == 6
