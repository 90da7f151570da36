"""Keeps the index up to date, in the background and without taking the dialogue model's time from people.

A passage's vector is computed once and stored. After an edit here the index follows at once, after one in another process
within seconds. While nobody can compute vectors the index stays as it is, and it is tried again.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping

import numpy as np
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import FaroError
from bot.knowledge.articles import Article, passages_of
from bot.knowledge.embedding import Embedder, PassageVectors, as_array, name_of
from bot.knowledge.index import Index, Passage, Verdict
from bot.knowledge.library import Library
from bot.messages import Language

log = structlog.get_logger(__name__)

AT_ONCE = 16
"""Passages in one request: whoever writes meanwhile waits for one such batch at most."""
LOOK_SECONDS = 3.0
"""How often to look whether another process changed an article."""
ENCODER_SECONDS = 60.0
"""How often to ask whether the encoder is still the same."""
LONGEST_REST_SECONDS = 10.0
"""Between tries while the dialogue model is away: it takes about ten seconds to load."""


class Keeper:
    """Owns the index.

    Args:
        pause: waits for seconds; a test may wait less.
    """

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        store: PassageVectors,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._library = library
        self._embedder = embedder
        self._store = store
        self._pause = pause
        self._index: Index | None = None
        self._known: dict[str, bytes] = {}
        self._behind = True
        self._rest = LOOK_SECONDS
        self._asked_at = 0.0
        self._woken = asyncio.Event()
        self.encoder = ""
        """Whose vectors the index holds; empty before there is one."""
        self.words: frozenset[str] = frozenset()
        """Every word of the articles in small letters: no names of people."""

    @property
    def index(self) -> Index | None:
        """The present index, None before the first is made."""
        return self._index

    def judge(self, language: Language, vector: bytes) -> Verdict:
        """What the index says about a question; nothing while there is no index of such vectors."""
        if self._index is None or len(vector) != 4 * self._index.dimensions:
            return Verdict()
        return self._index.judge(language, as_array(vector))

    async def refresh(self) -> None:
        """Somebody changed an article in this process: show it at once, and find it soon."""
        self._behind = await self._library.refresh() or self._behind
        self._woken.set()

    async def run(self) -> None:
        """Keep up to date until cancelled."""
        while True:
            try:
                await self.look()
            except (SQLAlchemyError, OSError) as error:
                log.error("knowledge.store_failed", error=type(error).__name__)
            self._woken.clear()
            try:
                await asyncio.wait_for(self._woken.wait(), self._rest)
            except TimeoutError:
                continue

    async def look(self) -> None:
        """See whether articles or encoder changed, and follow."""
        self._behind = await self._library.refresh() or self._behind
        now = asyncio.get_running_loop().time()
        if not self._behind and now - self._asked_at < ENCODER_SECONDS:
            return
        self._asked_at = now
        try:
            await self._follow()
        except FaroError:
            # The dialogue model is away or still loading: tried again, less and less often.
            self._behind = True
            self._rest = min(self._rest * 2, LONGEST_REST_SECONDS)
        else:
            self._rest = LOOK_SECONDS

    async def _follow(self) -> None:
        articles = self._library.articles
        rows = list(_rows(articles))
        self.words = frozenset(word for text, _ in rows for word in re.findall(r"\w[\w-]*", text) if word.islower())
        if not rows:
            self._index, self._behind = None, False
            return
        encoder = (await self._embedder.embed([rows[0][0]])).encoder
        if encoder == self.encoder and not self._behind:
            return
        if encoder != self.encoder or not self._known:
            self._known = await self._store.load(encoder)
        await self._learn(encoder, list(dict.fromkeys(text for text, _ in rows)))
        vectors = np.stack([as_array(self._known[name_of(text)]) for text, _ in rows])
        self._index = await asyncio.to_thread(Index, [passage for _, passage in rows], vectors)
        self.encoder = encoder
        self._behind = self._library.articles is not articles
        log.info("knowledge.indexed", articles=len(articles), passages=len(rows), encoder=encoder)
        await self._forget_unused({name_of(text) for text, _ in rows})

    async def _learn(self, encoder: str, texts: list[str]) -> None:
        """Compute what is not known yet, a few at a time, resting for as long as each took: half the time is for people."""
        missing = [text for text in texts if name_of(text) not in self._known]
        loop = asyncio.get_running_loop()
        for start in range(0, len(missing), AT_ONCE):
            some, begun = missing[start : start + AT_ONCE], loop.time()
            embedded = await self._embedder.embed(some)
            if embedded.encoder != encoder:
                raise FaroError("the encoder changed meanwhile")
            learned = dict(zip(map(name_of, some), embedded.vectors, strict=True))
            await self._store.save(encoder, learned)
            self._known |= learned
            await self._pause(loop.time() - begun)

    async def _forget_unused(self, used: set[str]) -> None:
        await self._store.forget(self.encoder, self._known.keys() - used)
        self._known = {name: vector for name, vector in self._known.items() if name in used}


def _rows(articles: Mapping[str, Article]) -> Iterator[tuple[str, Passage]]:
    """Every passage with its text: the languages one after the other, so that equal work lies together."""
    for article in articles.values():
        for language, part in article.texts.items():
            for text in passages_of(part):
                yield text, Passage(article.slug, language, text in part.questions)
