"""What a link into the private chat begins with (``https://t.me/<bot>?start=…``), and the button that it presses.

Links stand below what Faro posts in public: there are no buttons of its own there. Whatever else comes is words.
"""

from __future__ import annotations

import re

_DOORS = {"help": "help:lines", "topics": "topics:open"}
_QUIZ = re.compile(r"quiz_([1-9][0-9]{0,14})")


def payload_of(argument: str) -> str | None:
    """The payload behind the argument of ``/start``; None: it is not a door of ours."""
    if (quiz := _QUIZ.fullmatch(argument)) is not None:
        return f"quiz:{quiz[1]}:ask"
    return _DOORS.get(argument)
