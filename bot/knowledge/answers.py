"""From the meaning of a question to what is said: the article, a choice of three, or that nobody knows."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.errors import FaroError
from bot.knowledge.alarm import Alarm, Hear
from bot.knowledge.articles import Article
from bot.knowledge.embedding import Embedder
from bot.knowledge.index import Verdict
from bot.knowledge.keeper import Keeper
from bot.knowledge.library import Library
from bot.knowledge.questions import Questions
from bot.knowledge.saying import Speech
from bot.messages import Choice, Clock, Language, Step, Utterance

EVERYBODY = "everybody"
"""Shares one daily allowance: where the conversation asks, it does not say for whom."""
_OFFERED = 3
_TITLES = 2
"""Titles beside the help for somebody to whom it happened."""
_KEPT = timedelta(hours=1)
"""How long "None of these" can still take the question down."""


class Answers:
    """Finds articles by meaning, and takes down what nobody could answer.

    Args:
        hear: the safety net; a cry for help is never taken down as a question.
        embedder: says what a question means that came without a vector.
    """

    def __init__(
        self,
        library: Library,
        keeper: Keeper,
        questions: Questions,
        speech: Speech,
        hear: Hear,
        clock: Clock,
        embedder: Embedder,
    ) -> None:
        self._library = library
        self._keeper = keeper
        self._questions = questions
        self._speech = speech
        self._hear = hear
        self._clock = clock
        self._embedder = embedder

    def find(self, language: Language, vector: bytes, text: str) -> Step | None:
        """What the conversation says where the dialogue model finds none of its meanings; None: nothing comes near."""
        found = self._found(language, vector, text)
        if found is None:
            self._note(EVERYBODY, language, text, vector)
        return found

    async def titles(self, language: Language, text: str) -> Sequence[Choice]:
        """Buttons of the articles nearest to a question, best first; empty where none is near or nobody can say what it means."""
        try:
            embedded = await self._embedder.embed([text])
        except FaroError:
            return ()
        return [self._speech.title(one, language) for one in self._near(self._keeper.judge(language, embedded.vectors[0]))[:_TITLES]]

    def answer(self, asker: str, language: Language, vector: bytes, text: str) -> Step:
        """What somebody hears who asked for an answer. In acute danger no "I do not know" follows what was said about it."""
        found = self._found(language, vector, text)
        if found is None and self._hear(text) is Alarm.ACUTE:
            return Step()
        return found or self.unknown(asker, language, vector, text)

    def unknown(self, asker: str, language: Language, vector: bytes, text: str) -> Step:
        """Say that it is not known, name the nearest topics, and take the question down."""
        self._note(asker, language, text, vector)
        return Step((self._unknown(language, vector),))

    def none_of_these(self, asker: str, language: Language, state: dict[str, Any] | None) -> Step:
        """The offered titles were not it. ``state``: what :meth:`find` kept with them."""
        if not state or "question" not in state:
            return Step((self._unknown(language, b""),))
        return self.unknown(asker, language, base64.b64decode(state["vector"]), state["question"])

    def _found(self, language: Language, vector: bytes, text: str) -> Step | None:
        verdict = self._keeper.judge(language, vector)
        live = self._near(verdict)[:_OFFERED]
        if not live:
            return None
        if verdict.sure and live[0].slug == verdict.near[0]:
            return Step((self._speech.article(live[0], language, self._clock()),))
        state = {"question": text, "vector": base64.b64encode(vector).decode()}
        return Step((self._speech.unsure(live, language),), state, resting=True, keep_for=_KEPT)

    def _near(self, verdict: Verdict) -> list[Article]:
        return [article for slug in verdict.near if (article := self._library.articles.get(slug)) is not None]

    def _unknown(self, language: Language, vector: bytes) -> Utterance:
        nearest = (self._library.articles.get(slug) for slug in self._keeper.judge(language, vector).nearest)
        topics = list(dict.fromkeys(article.topic for article in nearest if article is not None))
        return self._speech.unknown(topics[:_OFFERED], language)

    def _note(self, asker: str, language: Language, text: str, vector: bytes) -> None:
        if self._hear(text) is Alarm.NONE:
            self._questions.note(asker, language, text, vector, self._keeper.encoder, self._keeper.words)
