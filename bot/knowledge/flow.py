"""The flow ``know``: topics, articles, and asking in own words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.errors import FaroError, StaleButton
from bot.knowledge.alarm import Alarm, Hear, SecondEar
from bot.knowledge.answers import Answers
from bot.knowledge.embedding import Embedder
from bot.knowledge.library import Library
from bot.knowledge.saying import Speech
from bot.messages import Citizen, Media, Step, Utterance

_ASKING = {"asking": True}


class KnowFlow:
    """Questions and answers.

    Args:
        embedder: says what a question means; everything else works without it.
        hear: the safety net. Where it heard danger, the conversation has already said what to do.
        ear: the second net, for what the rules did not hear.
    """

    name = "know"

    def __init__(
        self, library: Library, answers: Answers, embedder: Embedder, speech: Speech, hear: Hear, ear: SecondEar
    ) -> None:
        self._library = library
        self._answers = answers
        self._embedder = embedder
        self._speech = speech
        self._hear = hear
        self._ear = ear

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """``open``, ``topic:<topic>``, ``article:<slug>``, ``ask``, ``none``, ``cancel``. Anything else raises StaleButton."""
        match rest.split(":"):
            case ["open"]:
                return Step((self._speech.topics(self._library.topics, citizen.language),))
            case ["topic", topic] if topic in self._library.topics:
                return Step((self._speech.topic(topic, self._library.of_topic(topic), citizen.language),))
            case ["article", slug] if (article := self._library.articles.get(slug)) is not None:
                return Step((self._speech.article(article, citizen.language, citizen.now),))
            case ["ask"]:
                return Step((self._speech.asking(),), dict(_ASKING))
            case ["none"]:
                return self._answers.none_of_these(citizen.pseudonym, citizen.language, state)
            case ["cancel"]:
                return Step((Utterance("utter_cancel"),))
        raise StaleButton

    async def text(self, citizen: Citizen, text: str, state: dict[str, Any]) -> Step:
        """Typed words are the question. Whatever the answer, the next words are free again."""
        alarm = await self._ear.listen(text) if self._hear(text) is not Alarm.ACUTE else Alarm.NONE
        if alarm is Alarm.ACUTE:
            return Step((Utterance("utter_suicide_risk"),))
        step = await self._answer(citizen, text)
        return replace(step, say=(*step.say, Utterance("safety.soft"))) if alarm is Alarm.SOFT else step

    async def _answer(self, citizen: Citizen, text: str) -> Step:
        try:
            embedded = await self._embedder.embed([text])
        except FaroError:
            return Step((self._speech.away(self._library.topics, citizen.language),))
        return self._answers.answer(citizen.pseudonym, citizen.language, embedded.vectors[0], text)

    async def media(self, citizen: Citizen, media: Media, state: dict[str, Any]) -> Step:
        """Nothing is opened here; the question is still awaited."""
        return Step((Utterance("know.words_only", choices=self._speech.asking().choices),), state, erase=True)
