"""What a tip leaves in the chat: which messages belong to it, and how they go."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import wraps
from typing import Any, ParamSpec

from bot.messages import Choice, Deed, Step, Trail

P = ParamSpec("P")
Answer = Callable[P, Coroutine[Any, Any, Step]]

ALL = "all"
"""In a button: every message about tips that is remembered of this chat."""


def noted(answer: Answer[P]) -> Answer[P]:
    """Have the channel remember the messages of an exchange, under the ``trail`` of the flow's state (its last argument)."""

    @wraps(answer)
    async def noting(*args: P.args, **kwargs: P.kwargs) -> Step:
        step = await answer(*args, **kwargs)
        before = kwargs.get("state", args[-1])
        state = step.state or (before if isinstance(before, dict) else {})
        mark = state.get("trail")
        return step if step.trail is not None or not mark else replace(step, trail=Trail(Deed.NOTE, mark))

    return noting


def swept(step: Step, mark: str) -> Step:
    """The same, and the messages of a trail go from the chat."""
    return replace(step, trail=Trail(Deed.SWEEP, "" if mark == ALL else mark))


def clear_button(mark: str, label: str = "tip.button.clear") -> Choice:
    """Deletes the messages of a trail from the chat. It needs no draft, so it works as long as it stands there."""
    return Choice(f"tip:clear:{mark}", label)
