"""The API below ``/api/v1``: planning and results of campaigns for programs, with tokens of staff members (``docs/api.md``).

It can do what its token's member can do in the console, and less: nothing about tips, and no approving, which stays with a
second person who looks at the message.
"""

from bot.api.build import build_api
from bot.api.once import Answers
from bot.api.services import Services

__all__ = ["Answers", "Services", "build_api"]
