"""Ready campaigns and series of the city folder, ``campaigns/*.yml``, to start from. Officers copy them; nothing sends them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.campaigns.city import CityFacts
from bot.campaigns.exchange import Content, Series, read
from bot.campaigns.plain_yaml import MAXIMUM_BYTES
from bot.errors import NotFound

_FOLDER = "campaigns"


@dataclass(frozen=True, slots=True)
class Item:
    """One file of the library; its name without the ending is its address in the console."""

    slug: str
    content: Content | Series

    @property
    def episodes(self) -> tuple[Content, ...]:
        """Its messages in their order; a campaign has one."""
        return self.content.episodes if isinstance(self.content, Series) else (self.content,)


class Library:
    """The files of the folder, read when they are first asked for and then kept: a change needs a restart, as with the rest.

    Args:
        folder: the city folder.
    """

    def __init__(self, folder: Path, city: CityFacts) -> None:
        self._folder = folder / _FOLDER
        self._city = city

    async def items(self) -> tuple[Item, ...]:
        """What can be used in this city, in the order of its topics, campaigns before series."""
        return (await self._shelf())[0]

    async def get(self, slug: str) -> Item:
        """One of :meth:`items`. Raises NotFound."""
        for item in await self.items():
            if item.slug == slug:
                return item
        raise NotFound

    async def mistakes(self) -> tuple[str, ...]:
        """What is wrong in the folder, as ``file: reason``. Files with a mistake are left out, the others still serve."""
        return (await self._shelf())[1]

    async def _shelf(self) -> tuple[tuple[Item, ...], tuple[str, ...]]:
        return await asyncio.to_thread(lambda: self._read)

    @cached_property
    def _read(self) -> tuple[tuple[Item, ...], tuple[str, ...]]:
        found: list[Item] = []
        mistakes: list[str] = []
        for path in sorted(self._folder.glob("*.yml")):
            content = self._content(path)
            wrong = [content] if isinstance(content, str) else list(self._unfit(content))
            mistakes += [f"{_FOLDER}/{path.name}: {reason}" for reason in wrong]
            if not wrong and not isinstance(content, str):
                found.append(Item(path.stem, content))
        topics = self._city.topics
        return tuple(sorted(found, key=lambda one: (topics.index(one.content.topic), len(one.episodes), one.slug))), tuple(mistakes)

    def _content(self, path: Path) -> Content | Series | str:
        try:
            with path.open("rb") as file:
                text = file.read(MAXIMUM_BYTES + 1).decode()
        except (OSError, UnicodeDecodeError) as error:
            return f"cannot be read ({type(error).__name__})"
        content = read(text)
        return "; ".join(map(str, content)) if isinstance(content, tuple) else content

    def _unfit(self, content: Content | Series) -> Iterator[str]:
        """Why a sound file does not serve in this city."""
        if content.topic not in self._city.topics:
            yield f"topic: {content.topic} is not one of the city's topics (city.yml, topics)"
        for number, one in enumerate(content.episodes if isinstance(content, Series) else (content,), start=1):
            written = [("texts", one.texts), *([("quiz", one.quiz.texts)] if one.quiz else [])]
            for language in self._city.languages:
                yield from (f"message {number}: {key}.{language} is missing" for key, texts in written if language not in texts)
