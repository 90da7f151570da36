"""What typed words mean: the dialogue model's answer, a second look for danger, and the articles where the model has none."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from bot.conversation.dialogue import Clarify, DialogueAway, PressFor, Said, Understanding
from bot.conversation.flows import press_for
from bot.conversation.people import Memory
from bot.conversation.safety import Danger, Finding
from bot.conversation.sayings import Saying
from bot.conversation.second_net import SUICIDE, Dialogue, SecondNet
from bot.conversation.texts import Catalogue
from bot.messages import Choice, Citizen, Language, Step, Utterance

_SESSION_TURNS = 4
"""Turns after which Rasa gets a new session: its time per message grows with the events of a session."""
_SESSION_SECONDS = 15 * 60
_WITHOUT_MEANING = frozenset({"out_of_scope", "nlu_fallback"})
"""What the model says when the words are none of its meanings, or it is not sure which."""
_ALSO_READ_ABOUT = frozenset({"scam", "account_takeover", "stolen_bike", "report_crime"})
"""Answers for somebody to whom it happened. Who asks how to prevent it may rather read an article; none of these is about danger now."""
_MODEL_MAY_PRESS = re.compile(
    r"(tip|receipt):start|topics:(open|(add|drop):\w+)|help:lines(:\w+)?|safety:(crisis|emergency)|handoff:open|say:\w+|menu:open"
)
"""Buttons that the model may press on a person's behalf: none that deletes or sends anything."""

Meant = Utterance | PressFor | Finding | Step
"""Something to say, a button to press, a danger, or a step of the flow ``know``."""


class Answers(Protocol):
    """Whoever may know an answer where the dialogue model has none, found by what the words mean."""

    def find(self, language: Language, vector: bytes, text: str) -> Step | None:
        """The answer, in the name of the flow ``know``; None: nothing comes near. ``vector`` is :attr:`Understanding.vector`."""

    async def titles(self, language: Language, text: str) -> Sequence[Choice]:
        """Buttons of the articles nearest to a question; none comes near enough, or nobody can say: empty."""


class Interpreter:
    """Finds out what words mean.

    Args:
        second: weighs how sure the model is of a risk of suicide.
        answers: asked where the model finds none of its meanings, before the person is told so, and for who only wonders.
        wonder: tells questions such as "how do I spot a fake shop?", about nothing that happened.
    """

    def __init__(
        self, dialogue: Dialogue, second: SecondNet, catalogue: Catalogue, answers: Answers | None, wonder: Saying
    ) -> None:
        self._dialogue = dialogue
        self._second = second
        self._catalogue = catalogue
        self._answers = answers
        self._wonder = wonder

    async def read(self, memory: Memory, citizen: Citizen, text: str) -> list[Meant]:
        """What the words mean, in the order in which it is to be said or done; never nothing."""
        try:
            understanding = await self._dialogue.ask(_session(memory, citizen.now), text)
        except DialogueAway:
            return [Utterance("utter_away")]
        danger = self._second.danger(understanding, text)
        if danger is Danger.SUICIDE:
            return [Finding(danger, "model", citizen.language)]
        asked: list[Meant] = [Utterance("safety.soft")] if danger is not None else []
        if asked and understanding.intent == SUICIDE:
            return asked
        wondered = await self._wondered(understanding, citizen.language, text)
        return [*(wondered or self._harmless(understanding, citizen.language, text)), *asked]

    async def _wondered(self, understanding: Understanding, language: Language, text: str) -> list[Meant]:
        """One question with the articles and the help as buttons, where words ask how to prevent what the model takes as happened."""
        if self._answers is None or understanding.intent not in _ALSO_READ_ABOUT or not self._wonder.is_said_by(text):
            return []
        titles = await self._answers.titles(language, text)
        rows = (*((title,) for title in titles), (Choice(press_for(understanding.intent), "unclear.happened"),))
        return [Utterance("unclear.article", choices=rows)] if titles else []

    def _harmless(self, understanding: Understanding, language: Language, text: str) -> list[Meant]:
        if (article := self._article(understanding, language, text)) is not None:
            return [article]
        return list(self._meant(understanding)) or [Utterance("utter_out_of_scope")]

    def _article(self, understanding: Understanding, language: Language, text: str) -> Step | None:
        if self._answers is None or understanding.vector is None or understanding.intent not in _WITHOUT_MEANING:
            return None
        return self._answers.find(language, understanding.vector, text)

    def _meant(self, understanding: Understanding) -> Iterator[Meant]:
        for said in understanding.said:
            match said:
                case PressFor(payload) if _MODEL_MAY_PRESS.fullmatch(payload):
                    yield said
                case Clarify(intents):
                    yield _clarification(intents)
                case Said(key, params):
                    yield Utterance(key if self._catalogue.has(key) else "utter_out_of_scope", params)


def _clarification(intents: Sequence[str]) -> Utterance:
    rows = tuple((Choice(press_for(intent), f"intent.{intent}"),) for intent in intents)
    return Utterance("clarify.question", choices=(*rows, (Choice("menu:open", "clarify.none"),)))


def _session(memory: Memory, now: datetime) -> str:
    """The name of the session in Rasa: random, and new after some turns or a pause, so that Rasa stays quick and forgets."""
    moment = now.timestamp()
    if not memory.session or memory.session_turns >= _SESSION_TURNS or moment - memory.session_at > _SESSION_SECONDS:
        memory.session, memory.session_turns = secrets.token_hex(8), 0
    memory.session_turns += 1
    memory.session_at = moment
    return memory.session
