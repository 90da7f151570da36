"""What is being put together while one message is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.conversation.people import Person
from bot.messages import Choice, Step, Trail, Utterance


@dataclass(slots=True)
class Answer:
    """What to say, and what else to do: ``erase`` the person's message from the chat, ``forget`` the person."""

    say: list[Utterance] = field(default_factory=list)
    erase: bool = False
    forget: bool = False
    trail: Trail | None = None

    def add(self, key: str, *rows: tuple[Choice, ...], **params: object) -> None:
        """Say a text."""
        self.say.append(Utterance(key, params, rows))

    def take(self, person: Person, flow: str, step: Step, now: datetime) -> None:
        """Take over what a flow answered: its words, and its state for the next message."""
        self.say.extend(step.say)
        self.erase = self.erase or step.erase
        self.trail = step.trail or self.trail
        person.keep(flow, step, now)

    def keys(self) -> set[str]:
        """The names of the texts."""
        return {utterance.key for utterance in self.say}
