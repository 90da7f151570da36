"""Links from public posts open what they promise, and nothing else."""

from __future__ import annotations

import pytest

from bot.conversation.doors import payload_of


@pytest.mark.parametrize(("argument", "payload"), [("help", "help:lines"), ("topics", "topics:open"), ("quiz_12", "quiz:12:ask")])
def test_a_door_presses_a_button(argument: str, payload: str) -> None:
    assert payload_of(argument) == payload


@pytest.mark.parametrize("argument", ["", "quiz_", "quiz_0", "quiz_1:2", "quiz_1234567890123456", "tip:start", "help:lines", "privacy"])
def test_what_is_no_door_presses_nothing(argument: str) -> None:
    assert payload_of(argument) is None
