"""What becomes of an exchange's messages in the chat: remembered, deleted, or forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.telegram.erasing import Eraser
from bot.channels.telegram.outbox import Target
from bot.channels.telegram.trails import Trails
from bot.messages import Deed, Trail


@dataclass(frozen=True, slots=True)
class Swept:
    """How many messages were deleted, and how many still stand in the chat."""

    deleted: int
    left: int

    @property
    def said_by(self) -> str:
        """Key of the text that tells it."""
        if self.left:
            return "telegram.swept_partly"
        return "telegram.swept" if self.deleted else "telegram.swept_nothing"


class Sweeper:
    """Does what a turn's :class:`bot.messages.Trail` asks for."""

    def __init__(self, trails: Trails, eraser: Eraser) -> None:
        self._trails = trails
        self._eraser = eraser

    async def before(self, target: Target, trail: Trail | None, own: Sequence[int]) -> Swept | None:
        """Before the answer is shown: delete what is to go, with the person's message of this exchange; None: nothing is."""
        if trail is None or trail.deed is not Deed.SWEEP:
            return None
        remembered = await self._trails.of(target.chat, trail.mark)
        numbers = list(dict.fromkeys([*remembered.numbers, *own]))
        left = await self._eraser.many(target, numbers)
        return Swept(len(numbers) - left, left + remembered.too_old)

    async def after(self, target: Target, trail: Trail | None, numbers: Sequence[int]) -> None:
        """After the answer was shown: remember the messages of both sides, or forget those that are done with.

        What was deleted is forgotten only now: until the person was told, the same may have to be done once more.
        """
        match trail:
            case Trail(Deed.NOTE, mark):
                await self._trails.note(target.chat, mark, numbers)
            case Trail(_, mark):
                await self._trails.forget(target.chat, mark)
