"""A tip being told: the state of the flow ``tip``. The conversation seals it and lets it expire."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from bot.errors import StaleButton
from bot.tips.words import Receipt

MAX_MESSAGES = 30
MAX_CHARACTERS = 20_000
MAX_PHOTOS = 5
MAX_ANSWER = 300
"""Characters of a place or a time in words."""


class Stage(StrEnum):
    """Where the telling is. The four questions come in this order."""

    INTRO = "intro"
    CATEGORY = "category"
    WHERE = "where"
    WHEN = "when"
    STORY = "story"
    IDENTITY = "identity"
    REVIEW = "review"
    SENT = "sent"


QUESTIONS = (Stage.CATEGORY, Stage.WHERE, Stage.WHEN, Stage.STORY)


@dataclass(slots=True)
class Draft:
    """Everything told so far.

    ``nonce`` stands in every button, so that a keyboard of an earlier question is known as such. ``tip_id`` and the
    receipt are chosen before sending: sending twice, or again after a crash, makes one tip with one receipt.
    """

    stage: str = Stage.INTRO
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(4))
    category: str | None = None
    district: str | None = None
    place: str = field(default="", repr=False)
    when_code: str | None = None
    when: str = field(default="", repr=False)
    texts: list[str] = field(default_factory=list, repr=False)
    photos: list[list[str]] = field(default_factory=list, repr=False)
    """Id and key (hex) of each sealed draft photo."""
    notify: bool = False
    correcting: bool = False
    """A single answer is being changed: the next step is the review again."""
    kept: bool = False
    """The person saw what may identify them, and keeps it as it is."""
    paused: bool = False
    tip_id: str | None = None
    locator: str = ""
    words: list[str] = field(default_factory=list, repr=False)
    shown_until: float = 0.0
    """Until when the receipt can be shown again, in seconds since 1970."""

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Draft:
        """The draft that a state holds. Raises StaleButton for one of another version of Faro."""
        try:
            return cls(**state)
        except TypeError as error:
            raise StaleButton() from error

    def to_state(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)

    def enter(self, stage: Stage) -> None:
        """Go to a stage; buttons of the one before are outdated from now on."""
        self.stage = stage
        self.paused = False
        self.nonce = secrets.token_urlsafe(4)

    def next_question(self) -> Stage:
        """What comes after the present question."""
        if self.correcting or self.stage == Stage.STORY:
            return Stage.REVIEW
        return QUESTIONS[QUESTIONS.index(Stage(self.stage)) + 1]

    def previous(self) -> Stage:
        """What came before."""
        if self.correcting and self.stage in QUESTIONS:
            return Stage.REVIEW
        if self.stage in (Stage.IDENTITY, Stage.REVIEW):
            return Stage.STORY
        index = QUESTIONS.index(Stage(self.stage)) if self.stage in QUESTIONS else 0
        return QUESTIONS[index - 1] if index > 0 else Stage.INTRO

    @property
    def characters(self) -> int:
        """Length of the story so far."""
        return sum(map(len, self.texts))

    @property
    def receipt(self) -> Receipt:
        """The receipt chosen for this tip."""
        return Receipt(self.locator, tuple(self.words))
