"""What answers one of the intake's buttons: the person, the draft, and what stands behind the action's name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.messages import Citizen, Step
from bot.tips.draft import Draft

Handler = Callable[[Citizen, Draft, str], Awaitable[Step]]
