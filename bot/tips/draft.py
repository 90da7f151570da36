"""A tip being told: the state of the flow ``tip``. The conversation seals it and lets it expire."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from bot.city import TipQuestion
from bot.errors import StaleButton
from bot.tips.waiting import Waiting
from bot.tips.words import Receipt

MAX_MESSAGES = 30
MAX_CHARACTERS = 20_000
MAX_ANSWER = 300
"""Characters of an answer in words, other than what happened."""

WHEN_CODES = ("now", "today", "yesterday", "this_week", "earlier")
_SURE = ("yes", "no", "unsure")
CHOICES: Mapping[str, tuple[str, ...]] = {
    TipQuestion.DANGER_NOW: _SURE,
    TipQuestion.STILL_THERE: _SURE,
    TipQuestion.WEAPON_SEEN: ("yes", "heard", "no"),
    TipQuestion.HOW_OFTEN: ("once", "several", "often"),
}
"""Questions with answers to choose from; words are taken, too. ``when`` and ``where`` have their own."""


class Stage(StrEnum):
    """Where the telling is. ``ASKING`` goes through the questions of the category."""

    INTRO = "intro"
    CATEGORY = "category"
    ASKING = "asking"
    IDENTITY = "identity"
    REVIEW = "review"
    SENT = "sent"


@dataclass(slots=True)
class Draft:
    """Everything told so far.

    ``nonce`` stands in every button, so that a keyboard of an earlier question is known as such. ``tip_id`` and the
    receipt are chosen before sending: sending twice, or again after a crash, makes one tip with one receipt.
    """

    stage: str = Stage.INTRO
    question: str = ""
    """The question being asked."""
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(4))
    category: str | None = None
    asked: list[str] = field(default_factory=list)
    """Questions that were answered or skipped."""
    district: str | None = None
    place: str = field(default="", repr=False)
    when_code: str | None = None
    when: str = field(default="", repr=False)
    moment: dict[str, Any] | None = field(default=None, repr=False)
    """How the words of ``when`` were understood (:class:`bot.tips.moments.Moment`); None: not, or not rightly."""
    answers: dict[str, str] = field(default_factory=dict, repr=False)
    """Answers in words to the other questions."""
    choices: dict[str, str] = field(default_factory=dict, repr=False)
    """Answers chosen from :data:`CHOICES`."""
    texts: list[str] = field(default_factory=list, repr=False)
    files: list[Waiting] = field(default_factory=list, repr=False)
    """Photos, recordings, videos and documents, sealed on disk."""
    notify: bool = False
    correcting: bool = False
    """A single answer is being changed: the next step is the review again, or what a new topic still has to ask."""
    kept: list[str] = field(default_factory=list, repr=False)
    """What may identify the person, and is to stay."""
    paused: bool = False
    escrow: bool = False
    """There is an escrow, and the person is told who can open the tip by it."""
    tip_id: str | None = None
    locator: str = ""
    words: list[str] = field(default_factory=list, repr=False)
    shown_until: float = 0.0
    """Until when the receipt can be shown again, in seconds since 1970."""
    trail: str = field(default_factory=lambda: secrets.token_urlsafe(4))
    """Mark of the messages in the chat that belong to this tip."""

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

    def enter(self, stage: Stage, question: str = "") -> None:
        """Go to a stage; buttons of the one before are outdated from now on."""
        self.stage, self.question = stage, question
        self.paused = False
        self.nonce = secrets.token_urlsafe(4)

    def following(self, questions: Sequence[str]) -> str | None:
        """The question that comes next, None when all are asked."""
        if self.correcting:
            return next((question for question in questions if question not in self.asked), None)
        start = questions.index(self.question) + 1 if self.question in questions else 0
        return questions[start] if start < len(questions) else None

    def go_back(self, questions: Sequence[str]) -> None:
        """To what came before."""
        if self.stage == Stage.CATEGORY:
            self.enter(Stage.INTRO)
        elif self.stage in (Stage.IDENTITY, Stage.REVIEW):
            self.enter(Stage.ASKING, questions[-1])
        elif self.question in questions[1:]:
            self.enter(Stage.ASKING, questions[questions.index(self.question) - 1])
        else:
            self.enter(Stage.CATEGORY)

    def forget(self, question: str) -> None:
        """Take an answer out. What happened stays."""
        match question:
            case TipQuestion.WHERE:
                self.district, self.place = None, ""
            case TipQuestion.WHEN:
                self.when_code, self.when, self.moment = None, "", None
            case _:
                self.answers.pop(question, None)
                self.choices.pop(question, None)

    def keep_only(self, questions: Sequence[str]) -> None:
        """Take out what another topic does not ask."""
        for question in set(self.asked) - set(questions):
            self.forget(question)
        self.asked = [question for question in self.asked if question in questions]

    @property
    def is_empty(self) -> bool:
        """Whether nothing of what happened was told yet."""
        return not self.texts and not self.files

    @property
    def characters(self) -> int:
        """Length of the story so far."""
        return sum(map(len, self.texts))

    @property
    def receipt(self) -> Receipt:
        """The receipt chosen for this tip."""
        return Receipt(self.locator, tuple(self.words))
