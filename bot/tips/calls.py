"""Whom to call for an urgent tip, and when to call next. Pure.

Each person on duty is called twice, two minutes apart, and the next one five minutes after the one before. When all of them
stayed silent, everybody who takes pages is called, every ten minutes until somebody acknowledges.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

AGAIN = timedelta(minutes=2)
NEXT = timedelta(minutes=5)
ROUNDS = timedelta(minutes=10)

_CALLS_EACH = 2


def whom(step: int, on_duty: Sequence[str], everybody: Sequence[str]) -> Sequence[str]:
    """Ids of those to call at a step; the first step is 0."""
    person = step // _CALLS_EACH
    return (on_duty[person],) if person < len(on_duty) else everybody


def wait_after(step: int, on_duty: Sequence[str]) -> timedelta:
    """How long to wait for somebody who was called at a step, before the next one."""
    if step // _CALLS_EACH >= len(on_duty):
        return ROUNDS
    return AGAIN if step % _CALLS_EACH == 0 else NEXT - AGAIN


def step_after_silence(step: int, on_duty: Sequence[str]) -> int:
    """The next step where a call surely reached nobody: the next person, without calling the same one again."""
    person = step // _CALLS_EACH
    return (person + 1) * _CALLS_EACH if person < len(on_duty) else step
